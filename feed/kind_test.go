package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

var (
	elisity  = &corpus.Mark{Kind: corpus.MarkOffering, ID: "16930", Slug: "elisity", Name: "Elisity", URL: "https://www.medigy.com/offering/elisity"}
	magazine = &corpus.Mark{Kind: corpus.MarkSource, ID: "hcinnovationgroup.com", Slug: "hcinnovationgroup-com", Name: "Healthcare Innovation"}
	radhika  = &corpus.Mark{Kind: corpus.MarkAuthor, ID: "radhika-narayanan", Slug: "radhika-narayanan", Name: "Radhika Narayanan"}
)

// marked are articles 1 to 4, the newest first.
func marked() *corpus.Corpus {
	one, two := article(1, day(4), cybersecurity, business), article(2, day(3), cybersecurity)
	three, four := article(3, day(2), business, opinion), article(4, day(1))
	one.Marks = []*corpus.Mark{elisity, magazine, radhika}
	two.Marks = []*corpus.Mark{magazine}
	three.Marks = []*corpus.Mark{radhika}
	two.Language = "es"
	return corpus.New([]*corpus.Article{one, two, three, four})
}

// contents gives each feed's folder, title and articles.
func contents(list []*feed.Feed) (all []string) {
	for _, f := range list {
		var ids []string
		for _, i := range f.Items {
			ids = append(ids, strings.TrimLeft(i.ID[len(i.ID)-12:], "0"))
		}
		all = append(all, fmt.Sprintf("%s %s: %s", f.Path, strings.TrimSuffix(f.Title, " – Medigy News"), strings.Join(ids, " ")))
	}
	return all
}

func TestKinds(t *testing.T) {
	for _, test := range []struct {
		by   []feed.Kind
		want []string
	}{
		{[]feed.Kind{}, []string{" Medigy News: 1 2 3 4"}},
		{feed.Kinds, []string{
			" Medigy News: 1 2 3 4",
			"topic/healthcare-it-news-cybersecurity/ Cybersecurity (Healthcare IT News): 1 2",
			"topic/himss-business/ Business & Policy/Law (HIMSS): 1 3",
			"topic/opinion/ Opinion: 3",
			"vocabulary/healthcare-it-news/ Healthcare IT News: 1 2",
			"vocabulary/himss/ HIMSS: 1 3",
			"source/hcinnovationgroup-com/ From Healthcare Innovation: 1 2",
			"author/radhika-narayanan/ By Radhika Narayanan: 1 3",
			"offering/elisity/ Elisity: 1",
			"language/en-us/ American English: 1 3 4",
			"language/es/ español: 2",
		}},
	} {
		o := options()
		o.By = test.by
		if diff := cmp.Diff(test.want, contents(feed.Build(marked(), o))); diff != "" {
			t.Errorf("by %v:\n%s", test.by, diff)
		}
	}
}

// A named feed has the articles that match every list, by name or by slug.
func TestNamed(t *testing.T) {
	for _, test := range []struct {
		named feed.Named
		want  string // articles
	}{
		{feed.Named{Topics: []string{"Healthcare IT News: Cybersecurity"}}, "1 2"},
		{feed.Named{Topics: []string{"opinion", "healthcare-it-news-cybersecurity"}}, "1 2 3"},
		{feed.Named{Topics: []string{"opinion"}, Authors: []string{"Radhika Narayanan"}}, "3"},
		{feed.Named{Topics: []string{"opinion"}, Languages: []string{"es"}}, ""},
		{feed.Named{Languages: []string{"EN"}}, "1 3 4"},
		{feed.Named{Languages: []string{"en-GB"}}, ""},
		{feed.Named{Vocabularies: []string{"himss"}}, "1 3"},
		{feed.Named{Sources: []string{"hcinnovationgroup.com"}, Vocabularies: []string{"HIMSS"}}, "1"},
		{feed.Named{Sources: []string{"Healthcare Innovation"}}, "1 2"},
		{feed.Named{Offerings: []string{"Elisity"}}, "1"},
		{feed.Named{Authors: []string{"elisity"}}, ""},
	} {
		o := options()
		test.named.Slug = "mine"
		o.By, o.Named = []feed.Kind{}, []feed.Named{test.named}
		list := feed.Build(marked(), o)
		if got, want := contents(list[1:])[0], "named/mine/ mine: "+test.want; got != want {
			t.Errorf("%+v: %s, want %s", test.named, got, want)
		}
		for _, format := range feed.Formats {
			if got := len(read(t, encode(t, format, list[1]))); got != len(strings.Fields(test.want)) {
				t.Errorf("%+v: %d items in %s", test.named, got, format.Title)
			}
		}
	}
}

// Marks are asked for if a feed is chosen by them.
func TestOptionsMarks(t *testing.T) {
	for _, test := range []struct {
		options feed.Options
		want    []corpus.MarkKind
	}{
		{feed.Options{}, nil},
		{feed.Options{By: []feed.Kind{feed.KindTopic, feed.KindSource}}, []corpus.MarkKind{corpus.MarkSource}},
		{feed.Options{Named: []feed.Named{{Authors: []string{"a"}}, {Topics: []string{"t"}}}}, []corpus.MarkKind{corpus.MarkAuthor}},
	} {
		if diff := cmp.Diff(test.want, test.options.Marks()); diff != "" {
			t.Errorf("%+v: %s", test.options, diff)
		}
	}
}

// Two feeds of one folder are an error that names both.
func TestCollisions(t *testing.T) {
	other := &corpus.Mark{Kind: corpus.MarkOffering, ID: "2", Slug: "elisity", Name: "Elisity II", URL: "https://other.example/elisity"}
	a := article(1, day(1))
	a.Marks = []*corpus.Mark{elisity, other}
	o := options()
	o.By = []feed.Kind{feed.KindOffering}
	o.Named = []feed.Named{{Slug: "x", Title: "X"}, {Slug: "x", Title: "Y"}}
	heads := []*corpus.Head{a.Head}
	want := `two feeds would be named/x/: "X" of https://www.medigy.com/ and "Y" of https://www.medigy.com/ (give one of them another address or name)
two feeds would be offering/elisity/: "Elisity II" of https://other.example/elisity and "Elisity" of https://www.medigy.com/offering/elisity (give one of them another address or name)`
	if got := feed.NewPlan(heads, o).Err(); fmt.Sprint(got) != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
	if err := feed.NewPlan(heads, options()).Err(); err != nil {
		t.Error(err)
	}
}

// Feeds planned in parts are as those planned at once: here 40,000 articles of
// three parts and their order.
func TestPlanInParts(t *testing.T) {
	var heads []*corpus.Head
	for n := range 40_000 {
		a := article(n, day(28).AddDate(0, 0, -n/100))
		if n%7 == 0 {
			a.Marks = []*corpus.Mark{radhika}
		}
		if n == 39_999 {
			a.Marks, a.Language = []*corpus.Mark{elisity}, "fr"
		}
		heads = append(heads, a.Head)
	}
	o := options()
	o.By, o.Items = []feed.Kind{feed.KindAuthor, feed.KindOffering, feed.KindLanguage}, 3000
	o.Named = []feed.Named{{Slug: "mine", Authors: []string{"radhika narayanan"}}}
	wanted := feed.NewPlan(heads, o).Wanted()
	want := map[*corpus.Head]bool{heads[39_999]: true}
	for n, h := range heads {
		if n < 3000 || n%7 == 0 && n < 21_000 {
			want[h] = true
		}
	}
	for _, h := range wanted {
		if !want[h] {
			t.Fatalf("%s is wanted", h.Path)
		}
	}
	if len(wanted) != len(want) {
		t.Errorf("%d articles are wanted, want %d", len(wanted), len(want))
	}
}

// TestRemoved takes an article away, and with it the feed of its topic, and gives
// it back.
func TestRemoved(t *testing.T) {
	for _, test := range []struct {
		removed feed.Removed
		items   int // of the removed feed's files; -1 if there are none
	}{{feed.RemovedKeep, 1}, {feed.RemovedEmpty, 0}, {feed.RemovedGone, -1}} {
		sign := &corpus.Topic{Slug: "✓ done", Name: "Done & <dusted>", Label: "Done & <dusted>", URL: "https://www.medigy.com/topic/done/"}
		stays, goes := article(1, day(2), opinion), article(2, day(1), sign)
		o := options()
		o.Removed = test.removed
		out := t.TempDir()
		dir := open(t, out)
		for round, articles := range [][]*corpus.Article{{stays, goes}, {stays}, {stays}, {stays, goes}} {
			stats, err := feed.Write(dir, feed.Build(corpus.New(articles), o), templates, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := round == 1 && test.removed != feed.RemovedKeep; (stats.Removed == 1) != want {
				t.Errorf("%s: round %d removed %d feeds", test.removed, round, stats.Removed)
			}
			want := test.items
			if len(articles) == 2 {
				want = 1
			}
			var gone []string
			for _, format := range feed.Formats {
				name := "topic/✓ done/" + format.File
				gone = append(gone, name+"\n")
				data, err := os.ReadFile(filepath.Join(out, name))
				switch {
				case os.IsNotExist(err) && want == -1:
				case err != nil || want == -1:
					t.Errorf("%s: round %d: %s is there: %t", test.removed, round, name, err == nil)
				case len(read(t, data)) != want:
					t.Errorf("%s: round %d: %s has %d items, want %d", test.removed, round, name, len(read(t, data)), want)
				case want == 0 && !strings.Contains(string(data), "dusted"):
					t.Errorf("%s has lost its title:\n%s", name, data)
				}
			}
			wantGone := ""
			if want == -1 {
				wantGone = gone[1] + gone[2] + gone[0]
			}
			if text, _ := os.ReadFile(filepath.Join(out, "gone.txt")); string(text) != wantGone {
				t.Errorf("%s: round %d: gone.txt is %q, want %q", test.removed, round, text, wantGone)
			}
		}
	}
}
