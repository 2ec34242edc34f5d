package feed

import (
	"maps"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Plan is which heads are in which feed. It is made of the heads alone, which say
// what is to be read before there is a corpus.
type Plan struct {
	feeds []*Feed // all articles, topics by slug, languages by tag
	items map[*Feed][]*corpus.Head
	heads []*corpus.Head // that are in a feed, newest first
}

// NewPlan plans the feeds of heads, which are sorted newest first.
func NewPlan(heads []*corpus.Head, o Options) *Plan {
	o = o.withDefaults()
	all := &Feed{Title: o.Site.Title, Description: o.Site.Description, Home: o.Site.URL, Options: o}
	p := &Plan{feeds: []*Feed{all}, items: map[*Feed][]*corpus.Head{}}
	topics, languages := map[*corpus.Topic]*Feed{}, map[string]*Feed{}
	var feeds []*Feed // of one article
	for _, h := range heads {
		feeds = append(feeds[:0], all)
		for _, t := range h.Topics {
			f := topics[t]
			if f == nil {
				f = topicFeed(t, o)
				topics[t] = f
			}
			feeds = append(feeds, f)
		}
		if o.Languages {
			f := languages[h.Language]
			if f == nil {
				f = languageFeed(h.Language, o)
				languages[h.Language] = f
			}
			feeds = append(feeds, f)
		}
		p.place(h, heads[0], feeds)
	}
	p.feeds = append(p.feeds, slices.SortedFunc(maps.Values(topics), func(a, b *Feed) int { return strings.Compare(a.Path, b.Path) })...)
	p.feeds = append(p.feeds, slices.SortedFunc(maps.Values(languages), func(a, b *Feed) int { return strings.Compare(a.Language, b.Language) })...)
	distinguish(p.feeds)
	return p
}

// week is a week in seconds.
const week = 7 * 24 * 60 * 60

// place counts an article in its feeds and adds it to those that have room.
// Weeks count back from the newest article, not from today, so the same articles
// always give the same page.
func (p *Plan) place(h, newest *corpus.Head, feeds []*Feed) {
	back := int((newest.Published.Unix() - h.Published.Unix()) / week)
	shown := false
	for _, f := range feeds {
		if f.Count == 0 {
			f.Published = h.Published
		}
		if back < len(f.Weeks) {
			f.Weeks[len(f.Weeks)-1-back]++
		}
		if f.Count++; f.Count <= f.Options.Items {
			p.items[f] = append(p.items[f], h)
			shown = true
		}
	}
	if shown {
		p.heads = append(p.heads, h)
	}
}

// Wanted returns the heads whose whole article some feed shows.
func (p *Plan) Wanted() []*corpus.Head { return p.heads }

// Build makes the planned feeds: see Build.
func (p *Plan) Build(c *corpus.Corpus) []*Feed {
	items := make(map[*corpus.Head]*Item, len(p.heads))
	for _, h := range p.heads {
		items[h] = newItem(h, c, p.feeds[0].Options.Site.Language)
	}
	for _, f := range p.feeds {
		f.Items = nil
		for _, h := range p.items[f] {
			i := items[h]
			if i == nil {
				continue
			}
			f.Items = append(f.Items, i)
			if i.Updated.After(f.Updated) {
				f.Updated = i.Updated
			}
		}
	}
	spread(p.feeds)
	for _, f := range p.feeds {
		f.recipe = f.newRecipe()
	}
	Fill(p.feeds, c)
	return p.feeds
}
