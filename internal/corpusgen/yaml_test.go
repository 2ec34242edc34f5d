package corpusgen

import (
	"strings"
	"testing"
	"unicode"

	"gopkg.in/yaml.v3"
)

func TestScalar(t *testing.T) {
	for _, test := range []struct {
		depth      int
		text, want string
	}{
		{1, "", "null"},
		{1, " ", "' '"},
		{1, "Health's IT & more", "Health's IT & more"},
		{1, "'Smart' Is Not Enough", "'''Smart'' Is Not Enough'"},
		{1, "HIMSS: Business", "'HIMSS: Business'"},
		{1, "2021-09-27", "'2021-09-27'"},
		{1, "2021", "'2021'"},
		{1, "null", "'null'"},
		{1, "12 Lessons", "12 Lessons"},
		{2, strings.Repeat("word ", 15) + "tail", ">-\n    " + strings.Repeat("word ", 14) + "word\n    tail"},
		{1, "https://www.example.org/" + strings.Repeat("x", 60), ">-\n  https://www.example.org/" + strings.Repeat("x", 60)},
	} {
		if got := scalar(test.depth, test.text); got != test.want {
			t.Errorf("scalar(%d, %q) is\n%s, want\n%s", test.depth, test.text, got, test.want)
		}
	}
}

// Whatever the text, a reader of YAML gets it back.
func FuzzScalar(f *testing.F) {
	for _, seed := range []string{"", "HIMSS: Business", "- a", "1e3", "0x1f", "~", "12:30:45", "a #b", "%x", "yes", "“quoted”", "=", "<<", strings.Repeat("ab 'c' ", 20)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }), " ")
		if strings.ContainsRune(text, unicode.ReplacementChar) {
			return
		}
		for depth := 1; depth <= 4; depth++ {
			source := strings.Repeat("  ", depth-1) + "key: " + scalar(depth, text) + "\n"
			var got map[string]*string
			if err := yaml.Unmarshal([]byte(source), &got); err != nil {
				t.Fatalf("%v in\n%s", err, source)
			}
			switch p := got["key"]; {
			case text == "" && p != nil, text != "" && p == nil, p != nil && *p != text:
				t.Fatalf("%q came back as %v from\n%s", text, p, source)
			}
		}
	})
}
