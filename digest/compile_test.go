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
	"github.com/medigy/newsdesk/templates"
)

var update = flag.Bool("update", false, "write the wanted output anew")

// TestCompile compiles the articles of each file in testdata/compile into the
// edition of 2021-W39, and compares it with the edition in the same file. An
// article is a line of its date and title, then its properties, indented. Its
// path is its title in lower case. Other parts are the topics of configured
// sections, those of a segment, options, the editor's choices, and the history:
// a line for each period with the articles of its edition.
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
			o := Options{Title: "Medigy News", Language: "en-US", Topics: strings.Fields(parts["topics"])}
			setOptions(t, &o, parts["options"])
			o.Choices, o.History = readChoices(t, parts["choices"]), readHistory(parts["history"])
			e := Compile(readArticles(t, parts["articles"]), week39(t), o)
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

// setting is a line of options or choices.
func settings(text string) (all [][2]string) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		all = append(all, [2]string{key, value})
	}
	return all
}

func setOptions(t testing.TB, o *Options, text string) {
	for _, s := range settings(text) {
		n, _ := strconv.Atoi(s[1])
		switch s[0] {
		case "section_items":
			o.SectionItems = n
		case "items":
			o.Items = n
		case "late_days":
			o.LateDays = n
		case "only topics":
			o.Only.Topics = strings.Split(s[1], ", ")
		case "only vocabularies":
			o.Only.Vocabularies = strings.Split(s[1], ", ")
		case "only sources":
			o.Only.Sources = strings.Split(s[1], ", ")
		case "only language":
			o.Only.Language = s[1]
		default:
			t.Fatalf("unknown option %q", s[0])
		}
	}
}

func readChoices(t testing.TB, text string) (c Choices) {
	for _, s := range settings(text) {
		list := strings.Split(s[1], ", ")
		switch s[0] {
		case "subject":
			c.Subject = s[1]
		case "preheader":
			c.Preheader = s[1]
		case "lead":
			c.Lead = s[1]
		case "pins":
			c.Pins = list
		case "order":
			c.Order = list
		case "include":
			c.Include = list
		case "exclude":
			c.Exclude = list
		default: // an article's override: its title, summary and image
			if len(list) != 3 {
				t.Fatalf("unknown choice %q", s[0])
			}
			if c.Articles == nil {
				c.Articles = map[string]Override{}
			}
			c.Articles[s[0]] = Override{list[0], list[1], list[2]}
		}
	}
	return c
}

func readHistory(text string) History {
	h := History{Period: map[string]string{}, Left: map[string]string{}}
	for _, s := range settings(text) {
		period, left := strings.CutPrefix(s[0], "left ")
		if h.Since == "" {
			h.Since = period
		}
		for _, name := range strings.Split(s[1], ", ") {
			if left {
				h.Left["urn:test:"+name] = period
			} else {
				h.Period["urn:test:"+name] = period
			}
		}
	}
	return h
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
		Head:     &corpus.Head{ID: "urn:test:" + slug, Path: slug + ".md", Title: title, Published: at, Updated: at, Language: "en-US"},
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
	case "id":
		a.ID, a.Path = "urn:test:"+value, value+".md"
	case "original":
		a.Original = value
	case "source":
		a.Source = corpus.Source{Name: value}
		a.Marks = []*corpus.Mark{{Kind: corpus.MarkSource, Slug: corpus.Slug(value), Name: value}}
	case "language":
		a.Language = value
	default:
		t.Fatalf("article %q: unknown property %q", a.Title, key)
	}
}

func topics(labels []string) (all []*corpus.Topic) {
	for _, l := range labels {
		vocabulary, label, ok := strings.Cut(l, "/")
		if !ok {
			vocabulary, label = "Test", l
		}
		all = append(all, &corpus.Topic{Slug: strings.ToLower(label), Name: vocabulary + ": " + label, Label: label, Vocabulary: vocabulary})
	}
	return all
}

// dump writes an edition as an editor would note it down.
func dump(e *Edition) string {
	var b strings.Builder
	fmt.Fprintf(&b, "subject: %s\npreheader: %s\n", e.Subject, e.Preheader)
	if e.Lead != nil {
		fmt.Fprintf(&b, "lead [%s]: %s%s\n", e.Lead.Kicker, e.Lead.Title, also(e.Lead))
	}
	for _, s := range e.Sections {
		label := "no topic"
		if s.Topic != nil {
			label = s.Topic.Label
		}
		fmt.Fprintf(&b, "section [%s]:\n", label)
		for _, story := range s.Stories {
			fmt.Fprintf(&b, "\t%s%s\n", story.Title, also(story))
		}
		if s.More > 0 {
			fmt.Fprintf(&b, "\tand %d more\n", s.More)
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "and %d more\n", e.More)
	}
	for _, o := range e.Offerings {
		fmt.Fprintf(&b, "offering: %s (%d)\n", o.Name, o.Stories)
	}
	for _, d := range e.Decisions {
		fmt.Fprintf(&b, "%v: %s: %s\n", map[bool]string{true: "in", false: "out"}[d.In], d.Head.Title, d.Reason)
	}
	for _, note := range e.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	return b.String()
}

func also(s *Story) string {
	if len(s.Also) == 0 {
		return ""
	}
	return " (" + strings.Join(s.sources(), ", ") + ")"
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

// What an editor words anew is new in the edition only.
func TestOverrideKeepsCorpus(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n\timage: 1200\n")
	e := Compile(c, week39(t), Options{Choices: Choices{Articles: map[string]Override{
		"a.md": {Title: "Better", Summary: "Two\n lines.", Image: "https://example.org/b.png"},
	}}})
	if s := e.Lead; s.Title != "Better" || s.Summary != "Two lines." || s.Image.URL != "https://example.org/b.png" || s.Image.Width != 0 {
		t.Errorf("story %q, %q, image %+v", s.Title, s.Summary, s.Image)
	}
	if a := c.Article(c.Heads[0]); a.Title != "A" || a.Summary != "A, in a sentence." || a.Image.Width != 1200 {
		t.Errorf("the corpus' article is %q, %q, image %+v", a.Title, a.Summary, a.Image)
	}
}

// The issue has the record of the whole edition, whatever part it shows.
func TestIssueRecord(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n\ttopics: X\n2021-09-29 B\n2021-09-29 a\n\tid: c\n2021-09-28 D\n2021-09-28 d\n\tid: e\n\tsource: Other\n2021-09-27 F\n")
	e := Compile(c, week39(t), Options{Items: 4, Choices: Choices{Exclude: []string{"b.md"}}})
	p, err := Parse(templates.FS(nil), testTheme, testLinks)
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Render(e, Selection{Topics: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Record{
		Shown: []string{"urn:test:a", "urn:test:c", "urn:test:d", "urn:test:e", "urn:test:f"},
		Left:  []string{"urn:test:b"},
	}
	if diff := cmp.Diff(want, i.Record); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(i.Text), "Example") {
		t.Error("the text names no source")
	}
	whole, err := p.Render(e, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(whole.Text), "Example, Other") {
		t.Errorf("the byline does not name both sources:\n%s", whole.Text)
	}
}

func TestLinks(t *testing.T) {
	topic := &corpus.Topic{Slug: "größe"}
	for _, tt := range []struct {
		links             Links
		issue, more, home string
	}{
		{Links{Home: "https://x", Base: "https://x/feeds/"}, "https://x/feeds/digest/2021-W39/", "https://x", "https://x"},
		{Links{Home: "https://x", Base: "https://x/", Folder: "digest/monthly/", Topics: true}, "https://x/digest/monthly/2021-W39/", "https://x/topic/gr%C3%B6%C3%9Fe/", "https://x"},
	} {
		got := []string{tt.links.issue(week39(t)), tt.links.more(topic), tt.links.more(nil)}
		if diff := cmp.Diff([]string{tt.issue, tt.more, tt.home}, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.links, diff)
		}
	}
}

func TestOriginalKey(t *testing.T) {
	const want = "leaf.example/a?id=1"
	for _, u := range []string{"https://www.leaf.example/a/?id=1#x", "http://LEAF.example/a?utm_medium=y&id=1", want} {
		if !strings.Contains(u, "://") {
			u = "https://" + u
		}
		if got := originalKey(u); got != want {
			t.Errorf("originalKey(%q) = %q, want %q", u, got, want)
		}
	}
	for _, u := range []string{"", "https://leaf.example", "https://leaf.example/?utm_source=x", "http://[bad"} {
		if got := originalKey(u); got != "" {
			t.Errorf("originalKey(%q) = %q, want none", u, got)
		}
	}
}
