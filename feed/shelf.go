package feed

import (
	"github.com/medigy/newsdesk/corpus"
)

// shelf holds the articles of documents, and what they are in each format, as
// long as documents want them; but never many: what was dropped is read again.
type shelf struct {
	options  Options
	wanted   map[*corpus.Head]int // by how many documents that are not written
	items    map[*corpus.Head]*Item
	built    []*Feed // being written
	encoders []*encoder
	page     *pageTemplate
}

// The articles that are read at once, and that are held between: each is some
// 20 KB, in all formats.
const (
	shelfBatch = 1000
	shelfSize  = 4000
)

func newShelf(documents []laterDocument, o Options, page *pageTemplate) *shelf {
	s := &shelf{options: o, wanted: map[*corpus.Head]int{}, items: map[*corpus.Head]*Item{}, encoders: newEncoders(), page: page}
	for _, d := range documents {
		for _, h := range d.heads {
			s.wanted[h]++
		}
	}
	return s
}

// next gives how many documents are to be written next, and their articles that
// are not there.
func (s *shelf) next(documents []laterDocument) (n int, unread []*corpus.Head) {
	seen := map[*corpus.Head]bool{}
	for ; n < len(documents) && n < shelfBatch && len(unread) < shelfBatch; n++ {
		for _, h := range documents[n].heads {
			if s.items[h] == nil && !seen[h] {
				seen[h] = true
				unread = append(unread, h)
			}
		}
	}
	return n, unread
}

// put takes articles that c holds. One that could not be read is none.
func (s *shelf) put(heads []*corpus.Head, c *corpus.Corpus) {
	for _, h := range heads {
		if a := c.Article(h); a != nil {
			i := newPageItem(h, c, s.options)
			i.Article, i.whole = a, true
			s.items[h] = i
		}
	}
}

// files gives the files of documents. One whose article could not be read stays
// as it is until the next run, as the finding says.
func (s *shelf) files(documents []laterDocument) []file {
	var files []file
	for _, d := range documents {
		if f, ok := d.build(func(h *corpus.Head) *Item { return s.items[h] }); ok {
			s.built = append(s.built, f)
			files = append(files, f.files(s.encoders, s.page)...)
		}
	}
	return files
}

// drop drops what written documents were the last to want, and more if there is
// no room.
func (s *shelf) drop(documents []laterDocument) {
	for _, f := range s.built {
		for _, i := range f.Items {
			if i != s.items[i.Head] {
				s.forget(i)
			}
		}
	}
	s.built = nil
	for _, d := range documents {
		for _, h := range d.heads {
			if s.wanted[h]--; s.wanted[h] == 0 {
				s.remove(h)
				delete(s.wanted, h)
			}
		}
	}
	for h := range s.items {
		if len(s.items) <= shelfSize {
			break
		}
		s.remove(h)
	}
}

func (s *shelf) remove(h *corpus.Head) {
	if i := s.items[h]; i != nil {
		s.forget(i)
		delete(s.items, h)
	}
}

func (s *shelf) forget(i *Item) {
	for _, e := range s.encoders {
		e.forget(i)
	}
}
