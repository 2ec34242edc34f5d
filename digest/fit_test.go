package digest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/corpus"
)

// many is an edition of n stories in sections of several sizes.
func many(t testing.TB, n int) *Edition {
	var all []*corpus.Article
	for i := range n {
		a := article(t, "2021-09-30", fmt.Sprintf("Self-Scheduling Fills the Canceled Hour of a Rural Clinic, Part %d", i))
		a.ID = fmt.Sprint(i)
		a.URL = fmt.Sprintf("https://www.medigy.com/news/2021/09/30/part-%d/", i)
		a.Original = fmt.Sprintf("https://example.org/2021/%d/part", i)
		a.Summary = strings.Repeat("Gloves, masks and shared workstations defeated two earlier attempts, ", 4)
		a.Topics = topics([]string{fmt.Sprint("Topic", i%7*i%3)})
		all = append(all, a)
	}
	return Compile(corpus.New(all), week39(t), Options{Title: "Medigy News", Language: "en"})
}

// A mail that Gmail would clip is made shorter, the largest sections first; its
// notes name every story that is missing, and the public page has them all.
func TestFit(t *testing.T) {
	for _, tt := range []struct{ stories, trimmed, notes int }{
		{40, 0, 0},
		{88, 0, 2}, // shorter summaries, still large
		{130, 70, 72},
	} {
		e := many(t, tt.stories)
		i := render(t, e, testTheme, testLinks)
		if len(i.HTML) > trimSize {
			t.Errorf("%d stories: the HTML has %d bytes", tt.stories, len(i.HTML))
		}
		if got := len(i.Trimmed); (got > 0) != (tt.trimmed > 0) || got > tt.trimmed || len(i.Notes) != got+min(tt.notes, 2) {
			t.Errorf("%d stories: %d trimmed and %d notes: %q", tt.stories, got, len(i.Notes), i.Notes)
		}
		for name, part := range map[string][]byte{"HTML": i.HTML, "text": i.Text} {
			if got := bytes.Count(part, []byte("Part ")) - bytes.Count(part, []byte("\nParts")); got < tt.stories-len(i.Trimmed) || len(i.Trimmed) > 0 && got > tt.stories {
				t.Errorf("%d stories: %s shows %d, %d are trimmed", tt.stories, name, got, len(i.Trimmed))
			}
			for _, h := range i.Trimmed {
				if bytes.Contains(part, []byte(h.Title+"<")) || bytes.Contains(part, []byte(h.Title+"\n")) {
					t.Errorf("%d stories: %s has the trimmed %q", tt.stories, name, h.Title)
				}
			}
			if shown := bytes.Contains(part, []byte("more on the site")) && bytes.Contains(part, []byte(i.URL)); shown != (len(i.Trimmed) > 0) {
				t.Errorf("%d stories: %s says that there is more: %v", tt.stories, name, shown)
			}
		}
		for _, s := range e.Stories() {
			if !bytes.Contains(i.Archive, []byte(s.URL)) {
				t.Errorf("%d stories: the public page lacks %q", tt.stories, s.Title)
			}
		}
		if again := render(t, e, testTheme, testLinks); again.Hash() != i.Hash() {
			t.Errorf("%d stories: trimmed in two ways", tt.stories)
		}
	}
}

// The largest section loses first, of two as large the later one, and a section
// may lose all.
func TestDrop(t *testing.T) {
	section := func(n int) Section { return Section{Stories: make([]*Story, n)} }
	e := &Edition{Sections: []Section{section(4), section(2), section(4)}}
	r := room{cut: make([]int, 3)}
	for _, want := range []string{"[0 0 1]", "[1 0 1]", "[1 0 2]", "[2 0 2]", "[2 0 3]", "[2 1 3]", "[3 1 3]", "[3 1 4]", "[3 2 4]", "[4 2 4]"} {
		if !r.drop(e, 0, 1000) || fmt.Sprint(r.cut) != want {
			t.Fatalf("cut %v, want %s", r.cut, want)
		}
	}
	if r.drop(e, 0, 1000) {
		t.Error("dropped from nothing")
	}
}

// Not even a lead, a topic, a publisher or an offering with names and addresses
// of 36,000 characters makes a mail that Gmail clips; what is left out for its
// address's length is told.
func TestFitLongNames(t *testing.T) {
	words, word := strings.Repeat("word ", 7200), strings.Repeat("w", 36_000)
	var all []*corpus.Article
	for i, s := range []string{words, word, words, word} {
		a := article(t, "2021-09-30", fmt.Sprint("a", i))
		a.ID, a.Title, a.Summary, a.Source.Name = fmt.Sprint(i), s+fmt.Sprint(i), s, s
		a.Contributors = []corpus.Person{{Name: s}}
		a.URL = "https://www.medigy.com/news/" + word
		a.Original = "https://example.org/" + word + fmt.Sprint(i)
		a.Topics = []*corpus.Topic{{Slug: "x", Label: s, Name: s}}
		a.Image = &corpus.Image{URL: "https://example.org/a.png", Alt: s, Width: 1200, Height: 630}
		a.Offerings = []corpus.Offering{{ID: fmt.Sprint(i), Name: s, URL: "https://example.org/offering/" + word, Topics: a.Topics}}
		all = append(all, a)
	}
	i := render(t, Compile(corpus.New(all), week39(t), Options{Title: "Medigy News"}), testTheme, testLinks)
	if len(i.HTML) > warnSize || len(i.Trimmed) > 0 {
		t.Errorf("the HTML has %d bytes, %d stories are trimmed", len(i.HTML), len(i.Trimmed))
	}
	if bytes.Contains(i.HTML, []byte(`href=""`)) || !bytes.Contains(i.HTML, []byte("<a href=\""+i.URL+"\" class=\"ink\"")) {
		t.Error("a headline does not lead to the issue's page")
	}
	notes := strings.Join(i.Notes, "\n")
	for _, want := range []string{"the link to the story's own page is left out", "the link to the original is left out", "the link to the offering is left out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q:\n%.2000s", want, notes)
		}
	}
}
