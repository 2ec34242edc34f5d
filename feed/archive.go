package feed

import (
	"fmt"
	"strings"

	"github.com/gorilla/feeds"

	"github.com/medigy/newsdesk/corpus"
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
	switch {
	case f.page > 0 && f.page < f.pages():
		add("next-archive", f.page+1)
	case f.page > 0 && f.older() == 0:
		// The only page has no neighbour, and W3C's validator wants a link to one:
		// what follows it is the subscription document.
		add("next-archive", 0)
	}
	return links
}

// older is the page before the document, or 0. That of a page which there is no
// longer is the last that there is.
func (f *Feed) older() int {
	if f.page > 0 {
		return min(f.page-1, f.pages())
	}
	return f.pages()
}

// hubs are where a feed's changes are told. Nobody subscribes to an archive's
// page, which does not change.
func (f *Feed) hubs() []string {
	if f.page > 0 {
		return nil
	}
	return f.Options.Hubs
}
