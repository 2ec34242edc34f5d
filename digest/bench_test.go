package digest

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/templates"
)

// large40 is an edition of 40 stories with all that a story can have and URLs
// as long as those of the sample site.
func large40(t testing.TB) *Edition {
	e := Compile(largeWeek(t, 40), week39(t), Options{Title: "Medigy News", Language: "en-US"})
	if n := len(e.Stories()); n != 40 {
		t.Fatalf("%d stories, want 40", n)
	}
	return e
}

func largeWeek(t testing.TB, articles int) *corpus.Corpus {
	var all []*corpus.Article
	for n := range articles {
		a := article(t, fmt.Sprintf("2021-09-%02d", 27+n%4), fmt.Sprintf("Self-Scheduling Fills the Canceled Hour of a Rural Clinic, Part %d", n))
		a.ID += fmt.Sprint(n)
		a.Summary = strings.Repeat("Gloves, masks and shared workstations defeated two earlier attempts, ", 4)
		a.Original = "https://www.example.org/article/" + url.PathEscape(a.ID) + strings.Repeat("-and-more", 6)
		a.Image = &corpus.Image{URL: a.URL + "featuredImage.jpeg", Alt: a.Title, Width: 1200, Height: 630}
		a.Contributors = []corpus.Person{{Name: "Janette Wider"}}
		a.Topics = topics([]string{fmt.Sprint("Topic", n%7), fmt.Sprint("Topic", n%3)})
		set(t, a, "offerings", "Elisity, Armis, Optimum, Digital, Intraprise")
		all = append(all, a)
	}
	return corpus.New(all)
}

// A week of 120 articles fits into a mail with the caps that config.yaml has.
func TestSizeCapped(t *testing.T) {
	e := Compile(largeWeek(t, 120), week39(t), Options{Title: "Medigy News", Language: "en-US", SectionItems: 8, Items: 30})
	i := render(t, e, testTheme, testLinks)
	left := e.More
	for _, s := range e.Sections {
		left += s.More
	}
	if n := len(e.Stories()); n > 30 || n < 20 || n+left != 120 || len(i.HTML) > 80_000 {
		t.Errorf("%d stories, %d left to the site, %d bytes of HTML; want 20 to 30, all, and at most 80,000", n, left, len(i.HTML))
	}
	t.Logf("%d stories, HTML %d bytes", len(e.Stories()), len(i.HTML))
}

// Gmail cuts a mail at 102 KB and drops style sheets beyond 16 KB.
func TestSize(t *testing.T) {
	i := render(t, large40(t), testTheme, testLinks)
	if len(i.HTML) > 75_000 {
		t.Errorf("HTML of 40 stories has %d bytes, want at most 75,000", len(i.HTML))
	}
	sheets := 0
	for _, m := range regexp.MustCompile(`(?s)<style>.*?</style>`).FindAll(i.HTML, -1) {
		sheets += len(m)
	}
	if sheets == 0 || sheets > 16_000 {
		t.Errorf("style sheets have %d bytes, want at most 16,000", sheets)
	}
	t.Logf("HTML %d bytes, style sheets %d, text %d", len(i.HTML), sheets, len(i.Text))
}

// BenchmarkRender renders one issue of 40 stories: HTML, text and public page,
// styled inline, measured and trimmed. The budget is 15 ms on one core.
func BenchmarkRender(b *testing.B) {
	p, err := Parse(templates.FS(nil), testTheme, testLinks)
	if err != nil {
		b.Fatal(err)
	}
	e := large40(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Render(e, Selection{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSegments renders 1,000 segments of one edition, of topics each: handed
// on one by one, as a delivery does, and all held at once. It reports the most
// megabytes of heap in use on the way, of which the budget allows 50, and the mean
// kilobytes of an issue's two parts.
func BenchmarkSegments(b *testing.B) {
	b.Run("one by one", func(b *testing.B) { renderSegments(b, false) })
	b.Run("all at once", func(b *testing.B) { renderSegments(b, true) })
}

func renderSegments(b *testing.B, hold bool) {
	p, err := Parse(templates.FS(nil), testTheme, testLinks)
	if err != nil {
		b.Fatal(err)
	}
	e := large40(b)
	var most uint64
	var size, issues int
	for b.Loop() {
		var held []*Issue
		for n := range 1000 {
			var s Selection
			for t := range 10 {
				if (n+1)>>t&1 == 1 {
					s.Topics = append(s.Topics, fmt.Sprint("topic", t))
				}
			}
			i, err := p.Render(e, s)
			if err != nil && !errors.Is(err, ErrEmpty) {
				b.Fatal(err)
			}
			if err == nil {
				size, issues = size+len(i.HTML)+len(i.Text), issues+1
			}
			if hold {
				held = append(held, i)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
		runtime.KeepAlive(held)
	}
	b.ReportMetric(float64(most)/1e6, "heap-MB")
	b.ReportMetric(float64(size)/float64(issues)/1e3, "issue-KB")
}

func BenchmarkCompile(b *testing.B) {
	var text strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&text, "20%02d-%02d-%02d Title %d\n\ttopics: T%d, T%d\n", n%21+1, n%12+1, n%28+1, n, n%60, n%7)
	}
	c := readArticles(b, text.String())
	week := week39(b)
	for b.Loop() {
		Compile(c, week, Options{})
	}
}
