package digest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/corpus"
)

var update = flag.Bool("update", false, "write the wanted output anew")

// TestCompile compiles the articles of each file in testdata/compile into the
// edition of 2021-W39, and compares it with the edition in the same file. An
// article is a line of its date and title, then its properties, indented.
func TestCompile(t *testing.T) {
	files, err := filepath.Glob("testdata/compile/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			parts := make(map[string]string)
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			e := Compile(readArticles(t, parts["articles"]), week39(t), Options{
				Title: "Medigy News", Language: "en-US", Topics: strings.Fields(parts["topics"]),
			})
			got := dump(e.Select(Selection{Topics: strings.Fields(parts["select"])}))
			if *update {
				archive.Files[len(archive.Files)-1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(parts["edition"], got); diff != "" {
				t.Errorf("edition (-want +got):\n%s", diff)
			}
		})
	}
}

func week39(t testing.TB) Period {
	t.Helper()
	p, err := ParsePeriod("2021-W39", zone(t, "America/New_York"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readArticles makes a corpus of the test's notation.
func readArticles(t testing.TB, text string) *corpus.Corpus {
	t.Helper()
	var all []*corpus.Article
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if property, ok := strings.CutPrefix(line, "\t"); ok {
			key, value, _ := strings.Cut(property, ": ")
			set(t, all[len(all)-1], key, value)
			continue
		}
		day, title, _ := strings.Cut(line, " ")
		all = append(all, article(t, day, title))
	}
	return corpus.New(all)
}

// article gives an article of the simplest kind, published at noon.
func article(t testing.TB, day, title string) *corpus.Article {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" 12:00", zone(t, "America/New_York"))
	if err != nil {
		t.Fatal(err)
	}
	slug := strings.ToLower(strings.Join(strings.FieldsFunc(title, func(r rune) bool { return !('a' <= r|0x20 && r|0x20 <= 'z') }), "-"))
	return &corpus.Article{
		Head:     &corpus.Head{ID: "urn:test:" + slug, Title: title, Published: at, Updated: at, Language: "en-US"},
		URL:      "https://www.medigy.com/news/" + slug + "/",
		Original: "https://example.org/" + slug,
		Source:   corpus.Source{Name: "Example", Domain: "example.org"},
		Summary:  title + ", in a sentence.",
	}
}

func set(t testing.TB, a *corpus.Article, key, value string) {
	t.Helper()
	values := strings.Split(value, ", ")
	switch key {
	case "topics":
		a.Topics = topics(values)
	case "offerings":
		for _, v := range values {
			name, about, _ := strings.Cut(v, " about ")
			o := corpus.Offering{ID: name, Name: name, URL: "https://www.medigy.com/offering/" + strings.ToLower(name)}
			if about != "" {
				o.Topics = topics([]string{about})
			}
			a.Offerings = append(a.Offerings, o)
		}
	case "image":
		width, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		a.Image = &corpus.Image{URL: a.URL + "image.jpeg", Alt: a.Title, Width: width, Height: width / 2}
	case "summary":
		a.Summary = value
	default:
		t.Fatalf("article %q: unknown property %q", a.Title, key)
	}
}

func topics(labels []string) (all []*corpus.Topic) {
	for _, l := range labels {
		all = append(all, &corpus.Topic{Slug: strings.ToLower(l), Name: "Test: " + l, Label: l})
	}
	return all
}

// dump writes an edition as an editor would note it down.
func dump(e *Edition) string {
	var b strings.Builder
	fmt.Fprintf(&b, "subject: %s\npreheader: %s\n", e.Subject, e.Preheader)
	if e.Lead != nil {
		fmt.Fprintf(&b, "lead [%s]: %s\n", e.Lead.Kicker, e.Lead.Title)
	}
	for _, s := range e.Sections {
		label := "no topic"
		if s.Topic != nil {
			label = s.Topic.Label
		}
		fmt.Fprintf(&b, "section [%s]:\n", label)
		for _, story := range s.Stories {
			fmt.Fprintf(&b, "\t%s\n", story.Title)
		}
	}
	for _, o := range e.Offerings {
		fmt.Fprintf(&b, "offering: %s (%d)\n", o.Name, o.Stories)
	}
	for _, d := range e.Decisions {
		fmt.Fprintf(&b, "%v: %s: %s\n", map[bool]string{true: "in", false: "out"}[d.In], d.Head.Title, d.Reason)
	}
	return b.String()
}

func TestCompileIsPure(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n\ttopics: X, Y\n\tofferings: O, P\n2021-09-29 B\n\ttopics: Y, X\n2021-09-28 C\n2021-10-09 D\n")
	options := Options{Title: "Medigy News", Topics: []string{"y"}}
	first := Compile(c, week39(t), options)
	first.Select(Selection{Topics: []string{"x"}})
	again := Compile(c, week39(t), options)
	if diff := cmp.Diff(first, again, cmpopts.IgnoreUnexported(Edition{})); diff != "" {
		t.Errorf("compiled twice (-first +again):\n%s", diff)
	}
}

// An article whose text was not read can't be shown; nobody may overlook that.
func TestCompileUnread(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n2021-09-29 B\n")
	c.Heads = append(c.Heads, &corpus.Head{ID: "urn:test:unread", Title: "Unread", Published: week39(t).Start})
	e := Compile(c, week39(t), Options{})
	d := e.Decisions[2]
	if d.In || d.Head.Title != "Unread" || !strings.Contains(d.Reason, "was not read") {
		t.Errorf("decision %q in=%v: %s", d.Head.Title, d.In, d.Reason)
	}
	if n := len(e.Stories()); n != 2 {
		t.Errorf("%d stories, want 2", n)
	}
}

// A site says how many offerings it wants; one that says nothing gets six.
func TestOfferingsLimit(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n\tofferings: O, P, Q, R, S, T, U, V\n")
	for limit, want := range map[int]int{-1: 0, 0: 6, 2: 2, 8: 8, 9: 8} {
		if got := Compile(c, week39(t), Options{Offerings: limit}).Offerings; len(got) != want {
			t.Errorf("limit %d: %d offerings, want %d", limit, len(got), want)
		}
	}
}

func TestSelectLanguage(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n2021-09-29 B\n2021-09-28 C\n")
	c.Heads[0].Language, c.Heads[2].Language = "fr-CA", "FR"
	part := Compile(c, week39(t), Options{}).Select(Selection{Language: "fr"})
	if got := part.Subject; got != "A, and 1 more" {
		t.Errorf("subject of the French part is %q", got)
	}
	if none := part.Select(Selection{Language: "de"}); !none.Empty() || none.Subject != "" || none.Sections != nil {
		t.Errorf("German part of the French part is not empty:\n%s", dump(none))
	}
}
