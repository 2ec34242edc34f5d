package feed

import (
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// Wanted returns the heads whose whole article some feed shows that is not written
// later.
func (p *Plan) Wanted() []*corpus.Head { return p.heads[:p.held] }

// Later returns the heads of the articles that WriteLater wants.
func (p *Plan) Later() []*corpus.Head {
	var all []*corpus.Head
	seen := map[*corpus.Head]bool{}
	for _, f := range p.feeds {
		for _, heads := range [][]*corpus.Head{f.later, f.archived} {
			for _, h := range heads {
				if f.isLater() && !seen[h] {
					seen[h] = true
					all = append(all, h)
				}
			}
		}
	}
	return all
}

// isLater reports whether WriteLater writes some document of the feed.
func (f *Feed) isLater() bool { return f.later != nil || f.pages() > 0 }

// Build makes the planned feeds: see Build.
func (p *Plan) Build(c *corpus.Corpus) []*Feed {
	items := make(map[*corpus.Head]*Item, p.held)
	for _, h := range p.Wanted() {
		items[h] = newItem(h, c, p.feeds[0].Options)
	}
	for _, f := range p.feeds {
		f.Items = nil
		if f.later != nil {
			continue
		}
		for _, h := range p.items[f] {
			i := items[h]
			if i != nil {
				f.Items = append(f.Items, i)
			}
		}
		f.Updated = latestUpdate(f.Items)
	}
	p.spread(items)
	for _, f := range p.feeds {
		if f.later == nil {
			f.recipe = f.newRecipe()
		}
	}
	Fill(p.feeds, c)
	return p.feeds
}

// spread spreads the items of all feeds, and those that come later: an article
// has one atom:updated in all of them.
func (p *Plan) spread(items map[*corpus.Head]*Item) {
	var all []*Item
	for n, h := range p.heads {
		i := items[h]
		if n >= p.held {
			i = &Item{Article: &corpus.Article{Head: h}}
		}
		if i != nil {
			all = append(all, i)
		}
	}
	spread(all)
	entries := make(map[*corpus.Head]time.Time, len(all))
	if p.held < len(p.heads) {
		for _, i := range all {
			entries[i.Head] = i.entryUpdated
		}
	}
	for _, f := range p.feeds {
		f.entries = entries
	}
}
