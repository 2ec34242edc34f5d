package digest

import (
	"strings"
	"testing"
)

func TestReadOfferings(t *testing.T) {
	notes, err := ReadOfferings([]byte("Elisity:\n  logo: https://www.medigy.com/elisity.png\n  line: Identity for every device\n\"42\": {url: https://www.medigy.com/o/42}\n"))
	if err != nil || len(notes) != 2 || notes["Elisity"].Line != "Identity for every device" || notes["42"].URL != "https://www.medigy.com/o/42" {
		t.Errorf("notes %+v, error %v", notes, err)
	}
	for source, want := range map[string]string{
		"":                          "",
		"# none yet\n":              "",
		"Elisity:\n  lnie: x\n":     "line 2: field lnie not found",
		"Elisity:\n  logo: a.png\n": `Elisity: logo "a.png" is not an absolute http or https URL`,
		"- Elisity\n":               "line 1: cannot unmarshal",
	} {
		_, err := ReadOfferings([]byte(source))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", source, err, want)
		}
	}
}

// Offerings stand in one panel with what the site's file says of them, or under
// the first story that names them, each once.
func TestOfferingStyles(t *testing.T) {
	theme := testTheme
	theme.Offerings = map[string]OfferingNote{"Armis": {Logo: "https://www.medigy.com/armis.png", Line: "Sees every device", URL: "https://armis.example/"}}
	page := string(render(t, sample(t), theme, testLinks).HTML)
	for _, want := range []string{`src="https://www.medigy.com/armis.png"`, "Sees every device", `href="https://armis.example/"`, "Related offerings"} {
		if !strings.Contains(page, want) {
			t.Errorf("panel lacks %s", want)
		}
	}
	theme.OfferingsInline = true
	i := render(t, sample(t), theme, testLinks)
	if page := string(i.HTML); strings.Contains(page, "Related offerings") || strings.Count(page, ">Elisity</a>") != 1 || strings.Count(page, "Related:") != 1 {
		t.Errorf("inline, Elisity is there %d times, after %d headings", strings.Count(page, ">Elisity</a>"), strings.Count(page, "Related:"))
	}
	if text := string(i.Text); strings.Contains(text, "RELATED") || strings.Count(text, "Related: Elisity") != 1 {
		t.Errorf("text:\n%s", text)
	}
}
