package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// An archived feed (RFC 5005 section 4) is a subscription document, which is the
// feed's file, and pages of what is older: rss-1.xml is the oldest. A page has
// half as many articles as the subscription document may have, and is made when
// that would overflow; so pages are full from the first, an article is in one
// document, and of a new one only the subscription document tells. The page
// before a new page gets its link to it, and nothing else. Only an article that
// is dated back, or goes, moves others between pages.

const historyNamespace = "http://purl.org/syndication/history/1.0"

// pageSize is the number of articles in a page.
func (o Options) pageSize() int { return (o.Items + 1) / 2 }

// unarchived is how many of a feed's articles are in its subscription document.
func (o Options) unarchived(articles int) int {
	if articles <= o.Items || !o.Archive {
		return min(articles, o.Items)
	}
	size := o.pageSize()
	return articles - (articles-o.Items+size-1)/size*size
}

// pages is how many there are.
func (f *Feed) pages() int { return len(f.archived) / f.Options.pageSize() }

// pageHeads are the articles of page n, newest first.
func (f *Feed) pageHeads(n int) []*corpus.Head {
	size := f.Options.pageSize()
	last := len(f.archived) - (n-1)*size
	return f.archived[last-size : last]
}

// pageFile is a format's file of page n; page 0 is the subscription document.
func pageFile(file string, n int) string {
	if n == 0 {
		return file
	}
	name, ending, _ := strings.Cut(file, ".")
	return fmt.Sprintf("%s-%d.%s", name, n, ending)
}

// history are the links between the documents of a feed, by their relation.
func (f *Feed) history(file, mediaType string) []feeds.AtomLink {
	var links []feeds.AtomLink
	add := func(rel string, n int) {
		links = append(links, feeds.AtomLink{Rel: rel, Href: f.URL(pageFile(file, n)), Type: mediaType})
	}
	if f.page > 0 {
		add("current", 0)
	}
	if older := f.older(); older > 0 {
		add("prev-archive", older)
	}
	if f.page > 0 && f.page < f.pages() {
		add("next-archive", f.page+1)
	}
	return links
}

// older is the page before the document, or 0.
func (f *Feed) older() int {
	if f.page > 0 {
		return f.page - 1
	}
	return f.pages()
}

// archivePage is a page that is to be written, if it is not as it was.
type archivePage struct {
	feed  *Feed
	n     int
	heads []*corpus.Head
}

// build gives the page as a feed of a site with options o. ok is false while the
// version of an article is not known.
func (p archivePage) build(items map[*corpus.Head]*Item, c *corpus.Corpus, o Options) (page *Feed, ok bool) {
	f := *p.feed
	f.page, f.Items, f.Published = p.n, nil, p.heads[0].Published
	for _, h := range p.heads {
		if items[h] == nil {
			items[h] = newItem(h, c, o)
		}
		if items[h] == nil {
			return nil, false
		}
		one := *items[h] // whose atom:updated is the page's matter
		f.Items = append(f.Items, &one)
	}
	f.Updated = latestUpdate(f.Items)
	spread([]*Feed{&f})
	f.recipe = f.newRecipe()
	return &f, true
}

// WriteArchive writes the pages of archived feeds that are not as they were, some
// hundred articles at a time, which read gives. c knows the versions of the
// others. It is called before Write, whose files lead to the pages.
func WriteArchive(dir *atomicfile.Dir, list []*Feed, made *atomicfile.Made, c *corpus.Corpus, read func([]*corpus.Head) (*corpus.Corpus, error)) (Stats, error) {
	const batch = 1000 // articles
	var stats Stats
	stale := stalePages(list, made, c, &stats)
	var failed error
	for len(stale) > 0 {
		var heads []*corpus.Head
		seen := map[*corpus.Head]bool{}
		n := 0
		for ; n < len(stale) && len(heads) < batch; n++ {
			for _, h := range stale[n].heads {
				if !seen[h] {
					seen[h] = true
					heads = append(heads, h)
				}
			}
		}
		more, err := read(heads)
		if err != nil {
			return stats, err
		}
		s, err := writePages(dir, stale[:n], made, more, list[0].Options)
		stats.add(s)
		failed = errors.Join(failed, err)
		stale = stale[n:]
	}
	return stats, failed
}

// stalePages are the pages that have to be made, those of one time together, for
// they share articles. The others it counts.
func stalePages(list []*Feed, made *atomicfile.Made, c *corpus.Corpus, stats *Stats) []archivePage {
	var stale []archivePage
	items := map[*corpus.Head]*Item{}
	for _, f := range list {
		for n := 1; n <= f.pages(); n++ {
			p := archivePage{f, n, f.pageHeads(n)}
			s, ok := p.current(items, made, c, list[0].Options)
			if ok {
				stats.add(s)
			} else {
				stale = append(stale, p)
			}
		}
	}
	slices.SortStableFunc(stale, func(a, b archivePage) int { return a.heads[0].Published.Compare(b.heads[0].Published) })
	return stale
}

// current reports whether the page's files are as they would be made.
func (p archivePage) current(items map[*corpus.Head]*Item, made *atomicfile.Made, c *corpus.Corpus, o Options) (s Stats, ok bool) {
	if made == nil {
		return s, false
	}
	page, ok := p.build(items, c, o)
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

// writePages writes pages whose articles c holds. One whose article could not be
// read stays as it is until the next run, as the finding says.
func writePages(dir *atomicfile.Dir, pages []archivePage, made *atomicfile.Made, c *corpus.Corpus, o Options) (Stats, error) {
	var built []*Feed
	items := map[*corpus.Head]*Item{}
	for _, p := range pages {
		if page, ok := p.build(items, c, o); ok {
			built = append(built, page)
		}
	}
	Fill(built, c)
	var stats Stats
	var failed error
	for _, format := range Formats {
		var files []file
		for _, f := range built {
			files = append(files, file{f.Path + pageFile(format.File, f.page), f.recipe, f.Items, func() ([]byte, error) { return format.Encode(f) }})
		}
		s, err := write(dir, files, made)
		stats.add(s)
		failed = errors.Join(failed, err)
	}
	return stats, failed
}
