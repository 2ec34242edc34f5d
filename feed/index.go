package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// indexPage is what templates/index.html shows.
type indexPage struct {
	*voice
	Site               Site
	Generator          string
	Icon               string
	Accent, AccentDark string
	Updated            time.Time
	OPML, OPMLType     string
	All                indexRow
	Latest             []*Item
	Groups             []indexGroup
	Topics             int
}

// indexGroup is the feeds of one group.
type indexGroup struct {
	Name string // Words.OtherTopics for those of topics without a vocabulary
	Rows []indexRow
}

type indexRow struct {
	*Feed
	Name    string
	Page    string // newsdesk's, relative to the list, or else the site's
	Recent  int    // articles in the sparkline
	Bars    string // SVG path of the sparkline, one bar a week
	Links   []indexLink
	Address string // of the feed for readers, absolute
	Readers []readerLink
}

type indexLink struct {
	Format
	Href string // relative to the page
}

// The sparkline's measures in SVG user units. The template's viewBox is of
// this size.
const (
	barStep   = 4
	barWidth  = 3
	barHeight = 24
)

// latest are the articles that the page shows.
func latest(all *Feed) []*Item { return all.Items[:min(len(all.Items), 6)] }

func newIndexPage(list []*Feed) indexPage {
	all, topics := list[0], list[1:]
	o := all.Options
	p := indexPage{
		voice: o.voice,
		Site:  o.Site, Generator: o.Generator, Icon: encodeURL(o.Icon),
		Updated: all.Updated, OPML: opmlFile, OPMLType: opmlType,
		All:    newIndexRow(all, o.voice.Words.AllArticles, all.busiestWeek()),
		Latest: latest(all),
		Topics: countTopics(topics),
	}
	p.Accent, p.AccentDark = accents(o.Accent)
	busiest := 0
	for _, f := range topics {
		busiest = max(busiest, f.busiestWeek())
	}
	for _, g := range groups(topics) {
		group := indexGroup{Name: cmp.Or(g.name, o.voice.Words.OtherTopics)}
		for _, f := range g.feeds {
			group.Rows = append(group.Rows, newIndexRow(f, f.Label, busiest))
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// newIndexRow draws the sparkline on a scale that ends at busiest, so that the
// rows of a page can be compared.
func newIndexRow(f *Feed, name string, busiest int) indexRow {
	address := f.URL(rssFile)
	r := indexRow{Feed: f, Name: name, Page: encodeURL(f.Home), Address: address, Readers: readerLinks(address)}
	if f.Options.Pages {
		r.Page = encodeURL(f.Path)
	}
	var bars strings.Builder
	for week, n := range f.Weeks {
		if n > 0 {
			r.Recent += n
			height := max(4, n*barHeight/busiest)
			fmt.Fprintf(&bars, "M%d %dv-%dh%dv%dz", week*barStep, barHeight, height, barWidth, height)
		}
	}
	r.Bars = bars.String()
	for _, format := range Formats {
		r.Links = append(r.Links, indexLink{format, encodeURL(f.Path + format.File)})
	}
	return r
}

func (f *Feed) busiestWeek() int { return slices.Max(f.Weeks[:]) }

// group is feeds that belong together.
type group struct {
	name  string // Feed.Group
	feeds []*Feed
}

// groups sorts feeds into groups, and both by name. Those that have names come
// first, then the topics by vocabulary, those without one last, then the other kinds.
func groups(list []*Feed) []group {
	type key struct {
		kind Kind
		name string
	}
	var all []group
	at := map[key]int{}
	for _, f := range list {
		k := key{f.Kind, f.Group}
		if _, ok := at[k]; !ok {
			at[k] = len(all)
			all = append(all, group{name: f.Group})
		}
		g := &all[at[k]]
		g.feeds = append(g.feeds, f)
	}
	place := func(g group) int {
		n := 2 * slices.Index(Kinds, g.feeds[0].Kind) // of a named feed, -2
		if g.name == "" {
			n++
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b group) int { return cmp.Or(place(a)-place(b), compareNames(a.name, b.name)) })
	for _, g := range all {
		slices.SortStableFunc(g.feeds, func(a, b *Feed) int { return compareNames(a.Title, b.Title) })
	}
	return all
}

func countTopics(feeds []*Feed) (n int) {
	for _, f := range feeds {
		if f.Topic != nil {
			n++
		}
	}
	return n
}

func compareNames(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}
