package digest

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every language has every text, with the same marks as in English.
func TestTranslations(t *testing.T) {
	mark := regexp.MustCompile(`\{\w+\}`)
	want := english.fields()
	if n := reflect.TypeFor[Words]().NumField(); len(want) != n {
		t.Errorf("%d texts have names, Words has %d", len(want), n)
	}
	for tag, w := range translations {
		for key, field := range w.fields() {
			if strings.TrimSpace(*field) == "" {
				t.Errorf("%s: no %s", tag, key)
			}
			isDate := slices.Contains([]string{"day", "date", "month", "same_month", "same_year", "any_range"}, key)
			got, en := mark.FindAllString(*field, -1), mark.FindAllString(*want[key], -1)
			if slices.Sort(got); !isDate && !slices.Equal(got, en) {
				t.Errorf("%s: %s %q has marks %v, want %v", tag, key, *field, got, en)
			}
		}
		for _, names := range []string{w.Months, w.Short} {
			if n := len(strings.Fields(names)); n != 12 {
				t.Errorf("%s: %d months", tag, n)
			}
		}
	}
}

func TestPeriodInWords(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ language, start, end, want string }{
		{"en-US", "2021-09-27", "2021-10-04", "27 September – 3 October 2021"},
		{"en", "2021-10-04", "2021-10-11", "4–10 October 2021"},
		{"en", "2020-12-28", "2021-01-04", "28 December 2020 – 3 January 2021"},
		{"en", "2021-10-01", "2021-11-01", "October 2021"},
		{"en", "2021-10-01", "2021-10-02", "1 October 2021"},
		{"xx", "2021-10-01", "2021-10-02", "1 October 2021"},
		{"de-AT", "2021-09-27", "2021-10-04", "27. September – 3. Oktober 2021"},
		{"de", "2021-10-04", "2021-10-11", "4.–10. Oktober 2021"},
		{"es", "2021-10-04", "2021-10-11", "4–10 de octubre de 2021"},
		{"fr", "2020-12-28", "2021-01-04", "28 décembre 2020 – 3 janvier 2021"},
		{"he", "2021-10-04", "2021-10-11", "4–10 באוקטובר 2021"},
		{"ar", "2021-10-01", "2021-11-01", "أكتوبر 2021"},
		{"zh-Hans", "2021-09-27", "2021-10-04", "2021年9月27日至10月3日"},
	} {
		p := Period{Start: day(tt.start), End: day(tt.end)}
		if got := wordsOf(tt.language, nil).period(p); got != tt.want {
			t.Errorf("%s: %s to %s is %q, want %q", tt.language, tt.start, tt.end, got, tt.want)
		}
	}
}

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
