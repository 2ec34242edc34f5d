package feed

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/corpus"
)

// Plan is which heads are in which feed. It is made of the heads alone, which say
// what is to be read before there is a corpus.
type Plan struct {
	feeds []*Feed // all articles, named ones as given, the others in the order of Kinds, by path
	items map[*Feed][]*corpus.Head
	heads []*corpus.Head // that are in a feed, each once
	held  int            // so many of them, the first, are in memory at once
	err   error
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
	options Options
	all     *Feed
	named   []*filter
	feeds   map[member]*Feed // of the kinds in options.By
	items   map[*Feed][]*corpus.Head
	by      map[Kind]bool

	// The feeds, by what heads have.
	topics       map[*corpus.Topic]*Feed
	vocabularies map[*corpus.Topic]*Feed // nil of a topic without
	languages    map[string]*Feed
	marks        map[*corpus.Mark]*Feed
}

// member tells a feed from others of its kind.
type member struct {
	kind Kind
	id   string
}

func newPlanner(o Options) *planner {
	p := &planner{
		options: o, all: allFeed(o), feeds: map[member]*Feed{}, items: map[*Feed][]*corpus.Head{}, by: map[Kind]bool{},
		topics: map[*corpus.Topic]*Feed{}, vocabularies: map[*corpus.Topic]*Feed{}, languages: map[string]*Feed{}, marks: map[*corpus.Mark]*Feed{},
	}
	for _, n := range o.Named {
		p.named = append(p.named, newFilter(n, o))
	}
	for _, kind := range o.By {
		p.by[kind] = true
	}
	return p
}

// feed gives the feed of a member, which newFeed makes if it is the first time.
func (p *planner) feed(kind Kind, id string, newFeed func() *Feed) *Feed {
	f := p.feeds[member{kind, id}]
	if f == nil {
		f = newFeed()
		p.feeds[member{kind, id}] = f
	}
	return f
}

func (p *planner) topic(t *corpus.Topic) *Feed {
	f := p.topics[t]
	if f == nil {
		f = p.feed(KindTopic, t.Slug, func() *Feed { return topicFeed(t, p.options) })
		p.topics[t] = f
	}
	return f
}

// vocabulary gives nil for a topic without one.
func (p *planner) vocabulary(t *corpus.Topic) *Feed {
	f, known := p.vocabularies[t]
	if !known {
		if slug := corpus.Slug(t.Vocabulary); slug != "" {
			f = p.feed(KindVocabulary, slug, func() *Feed { return vocabularyFeed(slug, t.Vocabulary, p.options) })
		}
		p.vocabularies[t] = f
	}
	return f
}

func (p *planner) language(tag string) *Feed {
	f := p.languages[tag]
	if f == nil {
		f = p.feed(KindLanguage, tag, func() *Feed { return languageFeed(tag, p.options) })
		p.languages[tag] = f
	}
	return f
}

func (p *planner) mark(m *corpus.Mark) *Feed {
	f := p.marks[m]
	if f == nil {
		f = p.feed(Kind(m.Kind), m.ID, func() *Feed { return markFeed(m, p.options) })
		p.marks[m] = f
	}
	return f
}

// week is a week in seconds.
const week = 7 * 24 * 60 * 60

// add places some of all heads. Weeks count back from the newest article, not
// from today, so the same articles always give the same page.
func (p *planner) add(some, all []*corpus.Head) {
	var feeds []*Feed
	for _, h := range some {
		back := int((all[0].Published.Unix() - h.Published.Unix()) / week)
		p.place(p.all, h, back)
		feeds = p.feedsOf(h, feeds[:0])
		for _, f := range feeds {
			p.place(f, h, back)
		}
	}
}

// feedsOf appends the feeds that an article is in, beside that of all, each once.
func (p *planner) feedsOf(h *corpus.Head, feeds []*Feed) []*Feed {
	if p.by[KindTopic] {
		for _, t := range h.Topics {
			feeds = append(feeds, p.topic(t))
		}
	}
	if p.by[KindVocabulary] {
		for _, t := range h.Topics {
			if f := p.vocabulary(t); f != nil && !slices.Contains(feeds, f) {
				feeds = append(feeds, f)
			}
		}
	}
	if p.by[KindLanguage] {
		feeds = append(feeds, p.language(h.Language))
	}
	for _, m := range h.Marks {
		if p.by[Kind(m.Kind)] {
			feeds = append(feeds, p.mark(m))
		}
	}
	for _, n := range p.named {
		if n.has(h) {
			feeds = append(feeds, n.feed)
		}
	}
	return feeds
}

// place counts an article in a feed and adds it if there is room.
func (p *planner) place(f *Feed, h *corpus.Head, back int) {
	if f.Count == 0 {
		f.Published = h.Published
	}
	if back < len(f.Weeks) {
		f.Weeks[len(f.Weeks)-1-back]++
	}
	if f.Count++; f.Count <= f.Options.Items || f.Options.Archive {
		p.items[f] = append(p.items[f], h)
	}
}

// join adds what was planned of older heads.
func (p *planner) join(older *planner) {
	p.joinFeed(p.all, older.all, older)
	for i, n := range older.named {
		p.joinFeed(p.named[i].feed, n.feed, older)
	}
	for m, f := range older.feeds {
		if p.feeds[m] == nil {
			p.feeds[m], p.items[f] = f, older.items[f]
		} else {
			p.joinFeed(p.feeds[m], f, older)
		}
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
	room := len(older.items[o])
	if !f.Options.Archive {
		room = min(room, f.Options.Items-len(p.items[f]))
	}
	p.items[f] = append(p.items[f], older.items[o][:room]...)
}

// plan puts the feeds in order.
func (p *planner) plan() *Plan {
	feeds := []*Feed{p.all}
	for _, n := range p.named {
		feeds = append(feeds, n.feed)
	}
	feeds = append(feeds, slices.SortedFunc(maps.Values(p.feeds), func(a, b *Feed) int {
		return cmp.Or(slices.Index(Kinds, a.Kind)-slices.Index(Kinds, b.Kind), strings.Compare(a.Path, b.Path), strings.Compare(a.Home, b.Home))
	})...)
	plan := &Plan{feeds: feeds, items: p.items, err: collisions(feeds)}
	distinguish(feeds)
	seen := map[*corpus.Head]bool{}
	for _, f := range feeds {
		all := p.items[f]
		p.items[f] = all[:f.Options.unarchived(len(all))]
		f.archived = all[len(p.items[f]):]
		for _, h := range p.items[f] {
			if !seen[h] {
				seen[h] = true
				plan.heads = append(plan.heads, h)
			}
		}
	}
	plan.hold()
	return plan
}

// hold leaves all feeds but that of all articles for later, if they want too many.
func (p *Plan) hold() {
	all := p.feeds[0]
	p.held = len(p.heads)
	if p.held <= all.Options.Held {
		return
	}
	p.held = len(p.items[all]) // which are the first
	for _, f := range p.feeds[1:] {
		f.later = p.items[f]
	}
}

// collisions is an error that names the feeds that would have the same files.
func collisions(feeds []*Feed) error {
	var all []error
	first := map[string]*Feed{}
	for _, f := range feeds {
		if other := first[f.Path]; other != nil {
			all = append(all, fmt.Errorf("two feeds would be %s: %q of %s and %q of %s (give one of them another address or name)",
				f.Path, other.Label, other.Home, f.Label, f.Home))
			continue
		}
		first[f.Path] = f
	}
	return errors.Join(all...)
}

// Err is not nil if two feeds would have the same files: then none can be written.
func (p *Plan) Err() error { return p.err }
