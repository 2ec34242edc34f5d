package digest

import (
	"html"
	"html/template"
	"strings"
	"testing"
)

func TestWebURL(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"},
		{"HTTP://example.org/", "HTTP://example.org/"},
		{"https://en.wikipedia.org/wiki/HL7_(standard)", "https://en.wikipedia.org/wiki/HL7_%28standard%29"},
		{"https://example.org/Gesundheit/Ärzte", "https://example.org/Gesundheit/%c3%84rzte"},
		{"https://example.org/a b\"c", "https://example.org/a%20b%22c"},
		{"https://example.org/?q=100%&r=%41", "https://example.org/?q=100%25&r=%41"},
		{"https://example.org/?u=" + MarkUnsubscribe, "https://example.org/?u=https://mark.invalid/unsubscribe"},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"mailto:a@example.org", ""},
		{"//example.org/", ""},
		{"/news/", ""},
		{"https:///path", ""},
		{"https://example.org/\x00", ""},
		{"", ""},
	} {
		if got := webURL(tt.url); got != tt.want {
			t.Errorf("webURL(%q) = %q, want %q", tt.url, got, tt.want)
		}
	}
}

// html/template must not change what webURL gives, or the two parts of a mail
// would have different links.
func FuzzWebURL(f *testing.F) {
	for _, s := range []string{"https://example.org/a?b=c&d=e", "http://x/(%)%4g'\"ü", "https://[::1]:80/|{}", "HTTPS://A/%"} {
		f.Add(s)
	}
	link := template.Must(template.New("").Parse(`<a href="{{.}}">`))
	f.Fuzz(func(t *testing.T, s string) {
		u := webURL(s)
		if u == "" {
			return
		}
		var b strings.Builder
		if err := link.Execute(&b, u); err != nil {
			t.Fatal(err)
		}
		href := strings.TrimSuffix(strings.TrimPrefix(b.String(), `<a href="`), `">`)
		if got := html.UnescapeString(href); got != u {
			t.Errorf("webURL(%q) = %q, but the template writes %q", s, u, got)
		}
	})
}
