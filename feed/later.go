package feed

import (
	"io/fs"
	"slices"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// WriteLater writes what is made of more articles than memory has room for, as
// far as it is not as it was: the pages of archived feeds, and where there are
// thousands of feeds most of them. read gives some hundred articles at a time; c
// knows the versions of the others. It is called before Write, whose files lead to
// these.
//
// Documents are made from the oldest to the newest, those of all feeds together.
// The feed of all articles is the first to want one, and the pages that share it
// follow soon: so it is read once, encoded once in each format, and then dropped.
func WriteLater(dir *atomicfile.Dir, list []*Feed, templates fs.FS, made *atomicfile.Made, c *corpus.Corpus, read func([]*corpus.Head) (*corpus.Corpus, error)) (Stats, error) {
	w := newWriter(dir, made)
	page := newPageTemplate(templates, "topic.html")
	stale := staleDocuments(list, page, made, c, w)
	s := newShelf(stale, list[0].Options, page)
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

// laterDocument is a feed or, if n is not 0, a page of its archive, which is to be
// written if it is not as it was.
type laterDocument struct {
	feed  *Feed
	n     int
	heads []*corpus.Head
}

// laterDocuments are all of them.
func laterDocuments(list []*Feed) []laterDocument {
	var all []laterDocument
	for _, f := range list {
		if f.later != nil {
			all = append(all, laterDocument{f, 0, f.later})
		}
		for n := 1; n <= f.pages(); n++ {
			all = append(all, laterDocument{f, n, f.pageHeads(n)})
		}
	}
	return all
}

// build gives the document as a feed. Items are as item gives them, unless another
// in the document needs their atom:updated. ok is false while the version of an
// article is not known.
func (d laterDocument) build(item func(*corpus.Head) *Item) (made *Feed, ok bool) {
	f := *d.feed
	f.page, f.Published = d.n, d.heads[0].Published
	f.Items = make([]*Item, len(d.heads))
	copies := make([]Item, len(d.heads))
	for n, h := range d.heads {
		i := item(h)
		if i == nil {
			return nil, false
		}
		copies[n], f.Items[n] = *i, &copies[n]
		copies[n].entryUpdated = f.entries[h]
	}
	f.Updated = latestUpdate(f.Items)
	if d.n > 0 {
		spread(f.Items)
	}
	for n, i := range f.Items {
		if one := item(i.Head); one.entryUpdated.Equal(i.entryUpdated) {
			f.Items[n] = one
		}
	}
	f.recipe = f.newRecipe()
	if d.n == 0 {
		d.feed.recipe, d.feed.Updated = f.recipe, f.Updated // for the lists
	}
	return &f, true
}

// files gives the document's files, in all formats, and the page for people.
func (f *Feed) files(encoders []*encoder, page *pageTemplate) []file {
	var files []file
	for _, e := range encoders {
		files = append(files, file{f.Path + pageFile(e.format.File, f.page), f.recipe, f.Items, func() ([]byte, error) { return e.encode(f) }})
	}
	if f.page == 0 && f.Options.Pages {
		files = append(files, f.pageFile(page))
	}
	return files
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

// staleDocuments are the documents that have to be made, by the time of their
// newest article. The others w counts.
func staleDocuments(list []*Feed, page *pageTemplate, made *atomicfile.Made, c *corpus.Corpus, w *writer) []laterDocument {
	var stale []laterDocument
	encoders := newEncoders()
	items := map[*corpus.Head]*Item{}
	item := func(h *corpus.Head) *Item {
		i, ok := items[h]
		if !ok {
			i = newPageItem(h, c, list[0].Options)
			items[h] = i
		}
		return i
	}
	for _, d := range laterDocuments(list) {
		if f, ok := d.build(item); ok {
			if s, ok := current(f.files(encoders, page), made); ok {
				w.count(s, nil)
				continue
			}
		}
		stale = append(stale, d)
	}
	slices.SortStableFunc(stale, func(a, b laterDocument) int { return a.heads[0].Published.Compare(b.heads[0].Published) })
	return stale
}

// current reports whether files are as they would be made.
func current(files []file, made *atomicfile.Made) (s Stats, ok bool) {
	for _, f := range files {
		size, ok := made.Current(f.name, f.recipe)
		if !ok {
			return s, false
		}
		s.Add(Stats{Files: 1, Bytes: size})
	}
	return s, true
}
