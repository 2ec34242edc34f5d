package digest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// The editions of all periods together have every article once, at whatever
// instant it was published and with whatever kind of periods, whether or not
// what was in them is recorded.
func TestEveryArticleOnce(t *testing.T) {
	for _, name := range zones {
		z := zone(t, name)
		for _, kind := range Kinds {
			for _, recorded := range []bool{false, true} {
				articles := yearOfArticles(z, kind)
				c := corpus.New(articles)
				s := newSeries()
				for p := kind.Of(articles[0].Published, z); !p.Start.After(articles[len(articles)-1].Published); p = kind.Of(p.End, z) {
					o := Options{LateDays: 14}
					if recorded {
						o.History = s.history
					}
					for _, story := range s.send(c, p, o) {
						if !p.contains(story.Published) {
							t.Errorf("%s: %s has an article of %s", name, p.Name, story.Published)
						}
					}
				}
				s.once(t, fmt.Sprint(name, " ", kind), articles)
			}
		}
	}
}

// yearOfArticles gives articles over more than a year, at random instants and at
// both edges of periods, the oldest first.
func yearOfArticles(z *time.Location, kind Kind) (all []*corpus.Article) {
	r := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2020, 12, 20, 22, 30, 0, 0, z)
	for n := 0; at.Before(time.Date(2022, 1, 10, 0, 0, 0, 0, z)); n++ {
		all = append(all, numbered(n, at))
		p := kind.Of(at, z)
		switch r.IntN(4) {
		case 0:
			at = p.End.Add(-1)
		case 1:
			at = p.End
		default:
			at = at.Add(time.Duration(1 + r.Int64N(int64(120*time.Hour))))
		}
	}
	return all
}

func numbered(n int, at time.Time) *corpus.Article {
	id := fmt.Sprint("urn:test:", n)
	return &corpus.Article{Head: &corpus.Head{ID: id, Path: id, Title: id, Published: at, Updated: at}}
}

// series is a digest with its record.
type series struct {
	history History
	times   map[string]int // editions that had an article, by ID
}

func newSeries() *series {
	return &series{History{Period: map[string]string{}, Left: map[string]string{}}, map[string]int{}}
}

// send compiles an edition and records it.
func (s *series) send(c *corpus.Corpus, p Period, o Options) []*Story {
	e := Compile(c, p, o)
	record := e.record()
	for _, id := range record.Shown {
		s.times[id]++
		s.history.Period[id] = p.Name
	}
	for _, id := range record.Left {
		s.history.Left[id] = p.Name
	}
	if s.history.Since == "" && !e.Empty() {
		s.history.Since = p.Name
	}
	return e.Stories()
}

func (s *series) once(t *testing.T, name string, articles []*corpus.Article) {
	t.Helper()
	for _, a := range articles {
		if s.times[a.ID] != 1 {
			t.Errorf("%s: %s of %s is in %d editions", name, a.ID, a.Published, s.times[a.ID])
		}
	}
}

// What is added after its period's edition went out is in the next edition, once,
// if it is not too late; so is what is moved to another date; and what was in
// room's want left to the site does not come again.
func TestLateArrivalsOnce(t *testing.T) {
	z := zone(t, "America/New_York")
	articles := yearOfArticles(z, Week)
	r := rand.New(rand.NewPCG(3, 4))
	first := Week.Of(articles[0].Published, z)
	added := make(map[*corpus.Article]time.Time) // when an article is there
	for _, a := range articles {
		added[a] = a.Published
		if r.IntN(3) == 0 && !first.contains(a.Published) {
			added[a] = a.Published.AddDate(0, 0, r.IntN(14))
		}
	}
	s := newSeries()
	last := articles[len(articles)-1].Published.AddDate(0, 0, 14)
	late := 0
	for p := first; !p.Start.After(last); p = Week.Of(p.End, z) {
		var there []*corpus.Article
		for _, a := range articles {
			if added[a].Before(p.End) {
				moved := *a
				if s.times[a.ID] > 0 && r.IntN(4) == 0 { // its date is corrected when it is out
					head := *a.Head
					head.Published = head.Published.AddDate(0, 0, 7)
					moved.Head = &head
				}
				there = append(there, &moved)
			}
		}
		for _, story := range s.send(corpus.New(there), p, Options{LateDays: 21, History: s.history}) {
			if !p.contains(story.Published) {
				late++
			}
		}
	}
	s.once(t, "late", articles)
	if late < 10 {
		t.Errorf("%d articles arrived late: this tests nothing", late)
	}
}

// What an edition has no room for, and what its editor leaves out, is not late
// for the next one.
func TestLeftIsNotLate(t *testing.T) {
	c := readArticles(t, "2021-10-06 Next\n2021-09-30 A\n2021-09-29 B\n2021-09-28 C\n2021-09-28 D\n")
	s := newSeries()
	s.send(c, week39(t), Options{Items: 2, Choices: Choices{Exclude: []string{"urn:test:d"}}})
	w40 := Week.Of(week39(t).End, week39(t).End.Location())
	if got := s.send(c, w40, Options{LateDays: 14, History: s.history}); len(got) != 1 || got[0].Title != "Next" {
		t.Errorf("the next edition has %d stories, want Next alone", len(got))
	}
	if got := Compile(c, w40, Options{LateDays: 14, History: s.history, Choices: Choices{Include: []string{"urn:test:d", "urn:test:a"}}}).Stories(); len(got) != 2 || got[1].Title != "D" {
		t.Errorf("with D taken in it has %d stories, want Next and D, and not A again", len(got))
	}
}

// A week with nothing of its own has an edition if something arrived late.
func TestLatestLate(t *testing.T) {
	c := readArticles(t, "2021-09-30 A\n2021-09-24 Late\n2021-09-01 Old\n")
	now := instant(t, "2021-10-12T09:00:00-04:00") // in 2021-W41
	z := week39(t).Start.Location()
	o := Options{LateDays: 14, History: History{Since: "2021-W38", Period: map[string]string{"urn:test:a": "2021-W39"}}}
	for _, tt := range []struct {
		days int
		want string
	}{{0, "2021-W39"}, {10, "2021-W40"}, {14, "2021-W40"}} {
		o.LateDays = tt.days
		if p, _ := Latest(c.Heads, Week, now, z, o); p.Name != tt.want {
			t.Errorf("with %d days the latest is %s, want %s", tt.days, p.Name, tt.want)
		}
	}
}
