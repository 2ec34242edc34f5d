package feed

import (
	"github.com/medigy/newsdesk/corpus"
)

// shelf holds the articles of archive pages, and what they are in each format, as
// long as pages want them; but never many: what was dropped is read again.
type shelf struct {
	options  Options
	wanted   map[*corpus.Head]int // by how many pages that are not written
	items    map[*corpus.Head]*Item
	pages    []*Feed // being written
	encoders []*encoder
}

// The articles that are read at once, and that are held between: each is some
// 20 KB, in all formats.
const (
	shelfBatch = 1000
	shelfSize  = 4000
)

func newShelf(pages []archivePage, o Options) *shelf {
	s := &shelf{options: o, wanted: map[*corpus.Head]int{}, items: map[*corpus.Head]*Item{}}
	for _, p := range pages {
		for _, h := range p.heads {
			s.wanted[h]++
		}
	}
	for _, format := range Formats {
		s.encoders = append(s.encoders, newEncoder(format))
	}
	return s
}

// next gives how many pages are to be written next, and their articles that are
// not there.
func (s *shelf) next(pages []archivePage) (n int, unread []*corpus.Head) {
	seen := map[*corpus.Head]bool{}
	for ; n < len(pages) && n < shelfBatch && len(unread) < shelfBatch; n++ {
		for _, h := range pages[n].heads {
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

// files gives the files of pages. A page whose article could not be read stays as
// it is until the next run, as the finding says.
func (s *shelf) files(pages []archivePage) []file {
	var files []file
	for _, p := range pages {
		page, ok := p.build(func(h *corpus.Head) *Item { return s.items[h] })
		if !ok {
			continue
		}
		s.pages = append(s.pages, page)
		for _, e := range s.encoders {
			files = append(files, file{page.Path + pageFile(e.format.File, p.n), page.recipe, page.Items, func() ([]byte, error) { return e.encode(page) }})
		}
	}
	return files
}

// drop drops what written pages were the last to want, and more if there is no
// room.
func (s *shelf) drop(pages []archivePage) {
	for _, page := range s.pages {
		for _, i := range page.Items {
			if i != s.items[i.Head] {
				s.forget(i)
			}
		}
	}
	s.pages = s.pages[:0]
	for _, p := range pages {
		for _, h := range p.heads {
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
