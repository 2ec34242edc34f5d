package feed

import (
	"slices"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// WriteArchive writes the pages of archived feeds that are not as they were, for
// which read gives some hundred articles at a time. c knows the versions of the
// others. It is called before Write, whose files lead to the pages.
//
// Pages are made from the oldest to the newest, those of all feeds together. The
// feed of all articles is the first to want one, and the pages that share it
// follow soon: so it is read once, encoded once in each format, and then dropped.
func WriteArchive(dir *atomicfile.Dir, list []*Feed, made *atomicfile.Made, c *corpus.Corpus, read func([]*corpus.Head) (*corpus.Corpus, error)) (Stats, error) {
	w := newWriter(dir, made)
	stale := stalePages(list, made, c, w)
	s := newShelf(stale, list[0].Options)
	for len(stale) > 0 {
		n, unread := s.next(stale)
		if len(unread) > 0 {
			more, err := read(unread)
			if err != nil {
				stats, _ := w.close()
				return stats, err
			}
			s.put(unread, more)
		}
		w.write(s.files(stale[:n]))
		s.drop(stale[:n])
		stale = stale[n:]
	}
	return w.close()
}

// archivePage is a page that is to be written, if it is not as it was.
type archivePage struct {
	feed  *Feed
	n     int
	heads []*corpus.Head
}

// build gives the page as a feed. Items are as item gives them, unless another
// in the page needs their atom:updated. ok is false while the version of an article
// is not known.
func (p archivePage) build(item func(*corpus.Head) *Item) (page *Feed, ok bool) {
	f := *p.feed
	f.page, f.Published = p.n, p.heads[0].Published
	f.Items = make([]*Item, len(p.heads))
	copies := make([]Item, len(p.heads))
	for n, h := range p.heads {
		i := item(h)
		if i == nil {
			return nil, false
		}
		copies[n], f.Items[n] = *i, &copies[n]
	}
	f.Updated = latestUpdate(f.Items)
	spread([]*Feed{&f})
	for n, i := range f.Items {
		if one := item(i.Head); one.entryUpdated.Equal(i.entryUpdated) {
			f.Items[n] = one
		}
	}
	f.recipe = f.newRecipe()
	return &f, true
}

// newPageItem gives an item as it is in most pages, or nil if c does not know the
// article's version.
func newPageItem(h *corpus.Head, c *corpus.Corpus, o Options) *Item {
	i := newItem(h, c, o)
	if i != nil {
		spreadSecond([]*Item{i})
	}
	return i
}

// stalePages are the pages that have to be made, by the time of their newest
// article. The others w counts.
func stalePages(list []*Feed, made *atomicfile.Made, c *corpus.Corpus, w *writer) []archivePage {
	var stale []archivePage
	items := map[*corpus.Head]*Item{}
	item := func(h *corpus.Head) *Item {
		i, ok := items[h]
		if !ok {
			i = newPageItem(h, c, list[0].Options)
			items[h] = i
		}
		return i
	}
	for _, f := range list {
		for n := 1; n <= f.pages(); n++ {
			p := archivePage{f, n, f.pageHeads(n)}
			s, ok := p.current(item, made)
			if ok {
				w.count(s, nil)
			} else {
				stale = append(stale, p)
			}
		}
	}
	slices.SortStableFunc(stale, func(a, b archivePage) int { return a.heads[0].Published.Compare(b.heads[0].Published) })
	return stale
}

// current reports whether the page's files are as they would be made.
func (p archivePage) current(item func(*corpus.Head) *Item, made *atomicfile.Made) (s Stats, ok bool) {
	if made == nil {
		return s, false
	}
	page, ok := p.build(item)
	if !ok {
		return s, false
	}
	for _, format := range Formats {
		size, ok := made.Current(page.Path+pageFile(format.File, p.n), page.recipe)
		if !ok {
			return s, false
		}
		s.add(Stats{Files: 1, Bytes: size})
	}
	return s, true
}
