package feed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

var (
	eastern = time.FixedZone("EDT", -4*60*60)

	cybersecurity = &corpus.Topic{
		Slug: "healthcare-it-news-cybersecurity", Name: "Healthcare IT News: Cybersecurity", Label: "Cybersecurity",
		Vocabulary: "Healthcare IT News", Scheme: "https://www.medigy.com/topic/healthcare-it-news/",
		URL: "https://www.medigy.com/topic/healthcare-it-news-cybersecurity/",
	}
	business = &corpus.Topic{
		Slug: "himss-business", Name: "HIMSS: Business & Policy/Law", Label: "Business & Policy/Law",
		Vocabulary: "HIMSS", Scheme: "https://www.medigy.com/topic/himss/",
		URL: "https://www.medigy.com/topic/himss-business/",
	}
	opinion = &corpus.Topic{Slug: "opinion", Name: "Opinion", Label: "Opinion", URL: "https://www.medigy.com/topic/opinion/"}
)

func options() feed.Options {
	return feed.Options{
		Site: feed.Site{
			Title: "Medigy News", Description: "Curated healthcare IT news",
			URL: "https://www.medigy.com/", Language: "en-US",
		},
		URL:    "https://feeds.medigy.com/",
		Hubs:   []string{"https://hub.example.org/"},
		Rights: "&copy; Medigy & friends <b>",
		Icon:   "https://www.medigy.com/icon.png",
		Logo:   &corpus.Image{URL: "https://www.medigy.com/logo.png", Type: "image/png", Width: 600, Height: 200},
	}
}

// article returns the shortest article that a corpus can hold.
func article(n int, published time.Time, topics ...*corpus.Topic) *corpus.Article {
	return &corpus.Article{
		Head: &corpus.Head{
			ID:        fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n),
			Path:      fmt.Sprintf("%d.md", n),
			Title:     fmt.Sprintf("Article %d", n),
			Published: published,
			Updated:   published,
			Topics:    topics,
			Language:  "en-US",
		},
		URL: fmt.Sprintf("https://www.medigy.com/news/%d/", n),
	}
}

func day(d int) time.Time { return time.Date(2021, 9, d, 0, 0, 0, 0, eastern) }

// full is an article with all that one can have.
func full() *corpus.Article {
	a := article(1, day(27), cybersecurity, business)
	a.Updated = time.Date(2021, 9, 27, 4, 33, 19, 181304000, eastern)
	a.Title = "What Were the Biggest Cybersecurity Lessons Learned at HIMSS21?"
	a.Summary = "Leaders cited collaboration & resiliency as two major themes."
	a.HTML = "<p>HIMSS21 took place <em>later</em> in the year than usual.</p>\n<p>“Why?” asked some.</p>"
	a.Original = "https://www.hcinnovationgroup.com/cybersecurity/article/21235513/lessons"
	a.Source = corpus.Source{Name: "Healthcare Innovation", Domain: "hcinnovationgroup.com", FeedURL: "https://www.hcinnovationgroup.com/rss.xml"}
	a.Authors = []corpus.Person{{Name: "Radhika Narayanan"}}
	a.Contributors = []corpus.Person{{Name: "Janette Wider"}}
	a.Image = &corpus.Image{
		URL: "https://www.medigy.com/images/news/43cc.jpeg", Alt: "Two people & a screen",
		Type: "image/jpeg", Bytes: 48213, Width: 1200, Height: 630,
	}
	a.Offerings = []corpus.Offering{
		{ID: "16930", Name: "Elisity", URL: "https://www.medigy.com/offering/elisity", Topics: []*corpus.Topic{cybersecurity}},
		{ID: "16868", Name: "Intraprise Health's <Suite>", URL: "https://www.medigy.com/offering/intraprise"},
	}
	return a
}

// hostile is an article whose strings try to break out of every format.
func hostile() *corpus.Article {
	a := article(2, day(27), business)
	a.Title = `AT&T's "<b>bold</b>" ]]> &amp; 🩺 مرحبا` + "\x00\x0b\ufffe"
	a.Summary = "1 < 2 & \"3\" > 2 </p> &lt;i&gt; ]]>\x1b[0m \xff"
	a.HTML = "<p>A ]]> B ]]]]> C &amp; &lt;script&gt; \x02 &lt;![CDATA[ x ]]></p>\n<pre>a\tb</pre>"
	a.Original = "https://example.com/a b/ü?q=[1]&x=<y>"
	a.Source = corpus.Source{Name: "R&D <x>", FeedURL: "https://example.com/ü.xml"}
	a.Authors = []corpus.Person{{Name: "O'Neil & </b> Sons"}, {Name: "李雷"}}
	a.Contributors = []corpus.Person{{Name: "<Ed>"}}
	a.Language = "ar"
	a.Image = &corpus.Image{URL: "https://example.com/p q.png", Alt: "\"<alt>\" & </i>"} // not measured
	a.Offerings = []corpus.Offering{{Name: "</ul>\"'&", URL: "https://example.com/?a=1&b='\""}}
	return a
}

// sample is a small corpus: articles of one instant, without a topic, image,
// summary, original or body, and the two above.
func sample() *corpus.Corpus {
	bare := article(3, day(27))
	older := article(4, day(1), cybersecurity)
	older.HTML = "<p>Text.</p>"
	noted := article(5, day(27), opinion)
	noted.Original = "https://example.org/5"
	return corpus.New([]*corpus.Article{full(), hostile(), bare, older, noted})
}

func TestBuild(t *testing.T) {
	var got []string
	for _, f := range feed.Build(sample(), options()) {
		var ids []string
		for _, i := range f.Items {
			ids = append(ids, strings.TrimLeft(i.ID[len(i.ID)-12:], "0"))
		}
		got = append(got, fmt.Sprintf("%s%s: %s", f.Path, f.Title, strings.Join(ids, " ")))
	}
	want := []string{
		"Medigy News: 1 2 3 5 4",
		"topic/healthcare-it-news-cybersecurity/Cybersecurity (Healthcare IT News) – Medigy News: 1 4",
		"topic/himss-business/Business & Policy/Law (HIMSS) – Medigy News: 1 2",
		"topic/opinion/Opinion – Medigy News: 5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWanted checks that Build finds every article that it shows among those
// that Wanted asks for, and that Wanted asks for no other.
func TestWanted(t *testing.T) {
	var articles []*corpus.Article
	for n := range 40 {
		topic := cybersecurity
		if n%10 == 9 {
			topic = business
		}
		articles = append(articles, article(n, day(28).AddDate(0, 0, -n), topic))
	}
	c := corpus.New(articles)
	o := feed.Options{Items: 3}
	var want []string
	shown := map[string]bool{}
	for _, f := range feed.Build(c, o) {
		if len(f.Items) != 3 {
			t.Errorf("%s has %d items, want 3", f.Path, len(f.Items))
		}
		for _, i := range f.Items {
			shown[i.Path] = true
		}
	}
	for _, h := range c.Heads {
		if shown[h.Path] {
			want = append(want, h.Path)
		}
	}
	var got []string
	for _, h := range feed.NewPlan(c.Heads, o).Wanted() {
		got = append(got, h.Path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTitlesAreUnique(t *testing.T) {
	twin := *cybersecurity
	twin.Slug = "twin"
	c := corpus.New([]*corpus.Article{article(1, day(1), cybersecurity), article(2, day(2), &twin)})
	list := feed.Build(c, options())
	if got, want := list[2].Title, list[1].Title+" (twin)"; got != want {
		t.Errorf("second title is %q, want %q", got, want)
	}
}

func TestWeeks(t *testing.T) {
	c := corpus.New([]*corpus.Article{
		article(1, day(30)), article(2, day(24)), article(3, day(23)), article(4, day(30).AddDate(0, 0, -7*26)),
	})
	f := feed.Build(c, options())[0]
	if f.Count != 4 {
		t.Errorf("Count is %d, want 4", f.Count)
	}
	want := [26]int{24: 1, 25: 2}
	if f.Weeks != want {
		t.Errorf("Weeks are %v, want %v", f.Weeks, want)
	}
}
