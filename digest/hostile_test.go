package digest

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/corpus"
)

// Articles come from anywhere. Nothing in them may become markup or a script,
// in the HTML; in the text, it stays as it was written.
func TestHostileArticle(t *testing.T) {
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(2)>--><![endif]--> {{.Title}} ]]>`
	a := article(t, "2021-09-30", "x")
	a.Title, a.Summary, a.Language = evil, evil, `en" onclick="x`
	a.URL, a.Original = "https://www.medigy.com/news/x/", "javascript:alert(3)"
	a.Source.Name, a.Contributors = evil, []corpus.Person{{Name: evil}}
	a.Topics = []*corpus.Topic{{Slug: "x", Label: evil, Name: evil}}
	a.Image = &corpus.Image{URL: `https://example.org/"onload="x`, Alt: evil, Width: 1200, Height: 630}
	a.Offerings = []corpus.Offering{{ID: "1", Name: evil, URL: "javascript:alert(4)", Topics: a.Topics}}
	b := *a
	b.Head = &corpus.Head{ID: "b", Title: evil, Published: a.Published, Topics: a.Topics}
	e := Compile(corpus.New([]*corpus.Article{a, &b}), week39(t), Options{Title: evil})
	i := render(t, e, testTheme, testLinks)

	for name, page := range map[string][]byte{"HTML": i.HTML, "archive": i.Archive} {
		if bytes.Contains(page, []byte("javascript:")) {
			t.Errorf("%s has a javascript: URL", name)
		}
		each(t, page, func(element string, attr map[string]string) {
			if element == "script" {
				t.Errorf("%s has a script", name)
			}
			for key := range attr {
				if strings.HasPrefix(key, "on") {
					t.Errorf("%s has a handler: <%s %s>", name, element, key)
				}
			}
		})
		if !bytes.Contains(page, []byte(html.EscapeString("<script>alert(1)</script>"))) {
			t.Errorf("%s does not show the title as it was written", name)
		}
	}
	if text := string(i.Text); strings.Contains(text, "javascript:") || !strings.Contains(text, "<script>alert(1)</script>") || strings.Contains(text, "&lt;") {
		t.Errorf("text part:\n%s", text)
	}
}

// A mark in an article stays what the article says: nobody's own URL takes its
// place, neither in the text nor inside another link.
func TestMarkInArticle(t *testing.T) {
	const evil = "Go to https://example.com/?u=" + MarkUnsubscribe + " now"
	a := article(t, "2021-09-30", "x")
	a.Title, a.Summary = evil, evil
	a.Original = "https://example.com/?u=" + MarkUnsubscribe
	a.Source.Name, a.Contributors = evil, []corpus.Person{{Name: evil}}
	a.Topics = []*corpus.Topic{{Slug: "x", Label: evil, Name: evil}}
	a.Image = &corpus.Image{URL: "https://example.com/?u=" + MarkView, Alt: evil, Width: 1200, Height: 630}
	a.Offerings = []corpus.Offering{{ID: "1", Name: evil, URL: "https://example.com/?u=" + MarkPreferences, Topics: a.Topics}}
	b := *a
	b.Head = &corpus.Head{ID: "b", Title: evil, Published: a.Published, Topics: a.Topics}
	i := render(t, Compile(corpus.New([]*corpus.Article{a, &b}), week39(t), Options{Title: "Medigy News"}), testTheme, testLinks)
	for name, part := range map[string][]byte{"HTML": i.HTML, "text": i.Text} {
		if n := bytes.Count(part, []byte(markHost)); n != 4 {
			t.Errorf("%s has %d marks, want only the footer's 4:\n%s", name, n, part)
		}
		if !bytes.Contains(part, []byte("https://example.com/?u=https://mark.invalid/unsubscribe")) {
			t.Errorf("%s lacks the original's link", name)
		}
	}
}
