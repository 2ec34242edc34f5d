package digest

import (
	"regexp"
	"strings"
	"testing"
)

// utm_ parameters are on links to the site itself, in both parts alike, and
// never where they would tell of one subscriber, nor on the public page.
func TestUTM(t *testing.T) {
	links := testLinks
	links.UTM = map[string]string{"source": "newsletter", "medium": "email", "campaign": "{digest} {period}"}
	i := render(t, rich(t), testTheme, links)
	const query = "utm_source=newsletter&utm_medium=email&utm_campaign=weekly%202021-W39"
	html := strings.ReplaceAll(string(i.HTML), "&amp;", "&")
	for name, part := range map[string]string{"HTML": html, "text": string(i.Text)} {
		for _, want := range []string{"https://www.medigy.com?" + query, "https://www.medigy.com/plan?" + query, "https://news.medigy.com/?" + query, "https://www.medigy.com/offering/elisity?" + query} {
			if !strings.Contains(part, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for _, u := range regexp.MustCompile(`https://[^\s"]*utm_[^\s"]*`).FindAllString(part, -1) {
			if !strings.Contains(u, ".medigy.com") || !strings.HasSuffix(u, query) || strings.Count(u, "utm_source") != 1 {
				t.Errorf("%s tags %s", name, u)
			}
		}
	}
	if strings.Contains(string(i.Archive), "utm_") {
		t.Error("the public page has utm_ parameters")
	}
}

func TestTagger(t *testing.T) {
	l := Links{Home: "https://www.example.org", Base: "https://news.example.org/", UTM: map[string]string{"medium": "email"}}
	tag := l.tagger(sample(t))
	for _, tt := range []struct{ url, want string }{
		{"https://www.example.org/a", "https://www.example.org/a?utm_medium=email"},
		{"https://WWW.example.org/a?b=c#d", "https://WWW.example.org/a?b=c&utm_medium=email#d"},
		{"https://news.example.org/#d?", "https://news.example.org/?utm_medium=email#d?"},
		{"https://www.example.org/?utm_medium=x", "https://www.example.org/?utm_medium=x"},
		{"https://example.org/", "https://example.org/"},
		{"mailto:desk@www.example.org", "mailto:desk@www.example.org"},
		{MarkUnsubscribe, MarkUnsubscribe},
		{"", ""},
	} {
		if got := tag(tt.url); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.url, got, tt.want)
		}
	}
}
