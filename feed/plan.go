package feed

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/corpus"
)

// Plan is which heads are in which feed. It is made of the heads alone, which say
// what is to be read before there is a corpus.
type Plan struct {
	feeds []*Feed // all articles, topics by slug, languages by tag
	items map[*Feed][]*corpus.Head
	heads []*corpus.Head // that are in a feed, each once
}

// NewPlan plans the feeds of heads, which are sorted newest first. Many are
// planned in parts, on all processors, and the parts joined.
func NewPlan(heads []*corpus.Head, o Options) *Plan {
	o = o.withDefaults()
	const part = 16 << 10
	parts := make([]*planner, max(1, (len(heads)+part-1)/part))
	var group sync.WaitGroup
	for i := range parts {
		group.Go(func() {
			parts[i] = newPlanner(o)
			parts[i].add(heads[i*part:min((i+1)*part, len(heads))], heads)
		})
	}
	group.Wait()
	for _, p := range parts[1:] {
		parts[0].join(p)
	}
	return parts[0].plan()
}

// planner plans feeds of a part of the heads.
type planner struct {
	options   Options
	all       *Feed
	topics    map[*corpus.Topic]*Feed
	languages map[string]*Feed
	items     map[*Feed][]*corpus.Head
}

func newPlanner(o Options) *planner {
	all := &Feed{Title: o.Site.Title, Description: o.Site.Description, Home: o.Site.URL, Options: o}
	return &planner{o, all, map[*corpus.Topic]*Feed{}, map[string]*Feed{}, map[*Feed][]*corpus.Head{}}
}

func (p *planner) topic(t *corpus.Topic) *Feed {
	f := p.topics[t]
	if f == nil {
		f = topicFeed(t, p.options)
		p.topics[t] = f
	}
	return f
}

func (p *planner) language(tag string) *Feed {
	f := p.languages[tag]
	if f == nil {
		f = languageFeed(tag, p.options)
		p.languages[tag] = f
	}
	return f
}

// week is a week in seconds.
const week = 7 * 24 * 60 * 60

// add places some of all heads. Weeks count back from the newest article, not
// from today, so the same articles always give the same page.
func (p *planner) add(some, all []*corpus.Head) {
	for _, h := range some {
		back := int((all[0].Published.Unix() - h.Published.Unix()) / week)
		p.place(p.all, h, back)
		for _, t := range h.Topics {
			p.place(p.topic(t), h, back)
		}
		if p.options.Languages {
			p.place(p.language(h.Language), h, back)
		}
	}
}

// place counts an article in a feed and adds it if there is room.
func (p *planner) place(f *Feed, h *corpus.Head, back int) {
	if f.Count == 0 {
		f.Published = h.Published
	}
	if back < len(f.Weeks) {
		f.Weeks[len(f.Weeks)-1-back]++
	}
	if f.Count++; f.Count <= f.Options.Items {
		p.items[f] = append(p.items[f], h)
	}
}

// join adds what was planned of older heads.
func (p *planner) join(older *planner) {
	p.joinFeed(p.all, older.all, older)
	for t, f := range older.topics {
		p.joinFeed(p.topic(t), f, older)
	}
	for tag, f := range older.languages {
		p.joinFeed(p.language(tag), f, older)
	}
}

func (p *planner) joinFeed(f, o *Feed, older *planner) {
	if f.Count == 0 {
		f.Published = o.Published
	}
	f.Count += o.Count
	for i, n := range o.Weeks {
		f.Weeks[i] += n
	}
	room := f.Options.Items - len(p.items[f])
	p.items[f] = append(p.items[f], older.items[o][:min(room, len(older.items[o]))]...)
}

// plan puts the feeds in order.
func (p *planner) plan() *Plan {
	feeds := []*Feed{p.all}
	feeds = append(feeds, slices.SortedFunc(maps.Values(p.topics), func(a, b *Feed) int { return strings.Compare(a.Path, b.Path) })...)
	feeds = append(feeds, slices.SortedFunc(maps.Values(p.languages), func(a, b *Feed) int { return strings.Compare(a.Language, b.Language) })...)
	distinguish(feeds)
	plan := &Plan{feeds: feeds, items: p.items}
	seen := map[*corpus.Head]bool{}
	for _, f := range feeds {
		for _, h := range p.items[f] {
			if !seen[h] {
				seen[h] = true
				plan.heads = append(plan.heads, h)
			}
		}
	}
	return plan
}

// Wanted returns the heads whose whole article some feed shows.
func (p *Plan) Wanted() []*corpus.Head { return p.heads }

// Build makes the planned feeds: see Build.
func (p *Plan) Build(c *corpus.Corpus) []*Feed {
	items := make(map[*corpus.Head]*Item, len(p.heads))
	for _, h := range p.heads {
		items[h] = newItem(h, c, p.feeds[0].Options)
	}
	for _, f := range p.feeds {
		f.Items = nil
		for _, h := range p.items[f] {
			i := items[h]
			if i != nil {
				f.Items = append(f.Items, i)
			}
		}
		f.Updated = latestUpdate(f.Items)
	}
	spread(p.feeds)
	for _, f := range p.feeds {
		f.recipe = f.newRecipe()
	}
	Fill(p.feeds, c)
	return p.feeds
}
