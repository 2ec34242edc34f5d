package digest

import (
	"bytes"
	"testing"
)

// The fixed texts are in the edition's language, a site's own before ours.
func TestWords(t *testing.T) {
	e := sample(t)
	e.Language = "de"
	theme := testTheme
	theme.Words = map[string]string{"read_original": "Originalbeitrag", "sponsored": "Werbung"}
	i := render(t, e, theme, testLinks)
	for name, part := range map[string][]byte{"HTML": i.HTML, "text": i.Text} {
		for _, want := range []string{"27. September – 3. Oktober 2021", "5 Beiträge", "Originalbeitrag", "Abbestellen", "Einstellungen", "weil Sie Medigy News abonniert haben"} {
			if !bytes.Contains(part, []byte(want)) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		for _, wrong := range []string{"Zum Original", "Unsubscribe", "stories", "Related"} {
			if bytes.Contains(part, []byte(wrong)) {
				t.Errorf("%s has %q", name, wrong)
			}
		}
	}
}

func TestSubjectInLanguage(t *testing.T) {
	for _, tt := range []struct{ language, title, want string }{
		{"de", "Epic öffnet seine Schnittstelle", "Epic öffnet seine Schnittstelle, und 2 weitere"},
		{"es", "¿Qué enseñó HIMSS21?", "¿Qué enseñó HIMSS21? Y 2 más"},
		{"zh", "医院如何应对网络威胁？", "医院如何应对网络威胁？ 另有 2 篇"},
	} {
		if got := subject(stories(tt.title, "", ""), tt.language); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.language, got, tt.want)
		}
	}
}
