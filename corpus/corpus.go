package corpus

import (
	"io/fs"
	"net/url"
	"strings"
	"time"
)

// Corpus is every article of a folder, chosen and sorted. It is not changed
// after it is made.
type Corpus struct {
	Heads  []*Head  // newest first: Published desc, Updated desc, ID
	Topics []*Topic // topics of Heads, by slug

	articles map[*Head]*Article
	states   map[*Head]articleState // of the articles that were wanted
	loader   *loader                // reads more of them; nil if all are there
}

// New makes a corpus of articles. Topics with one slug become one: the first
// of them in the articles' order.
func New(articles []*Article) *Corpus {
	c := &Corpus{}
	heads := make([]*Head, len(articles))
	for i, a := range articles {
		heads[i] = a.Head
	}
	c.arrange(heads, unrankedList(len(heads)), publishedSeconds(heads))
	c.hold(heads, articles)
	return c
}

// hold takes articles, each with its head among those of c.
func (c *Corpus) hold(heads []*Head, articles []*Article) {
	c.articles = make(map[*Head]*Article, len(articles))
	for i, h := range heads {
		if h != nil && articles[i] != nil {
			a := *articles[i]
			a.Head = h
			c.articles[h] = &a
		}
	}
}

// Article returns the whole article of one of c.Heads, or nil if Options.Want
// did not ask for it, an index made it unnecessary (see Read) or its file changed
// while it was read.
func (c *Corpus) Article(h *Head) *Article { return c.articles[h] }

// Version returns the version of an article that Options.Want asked for, whether
// or not it had to be read. ok is false for one that could not be.
func (c *Corpus) Version(h *Head) (v Version, ok bool) {
	if state, ok := c.states[h]; ok {
		return h.version(state.body), true
	}
	if a := c.articles[h]; a != nil {
		return h.version(a.bodyVersion()), true
	}
	return v, false
}

// Options say how a folder is to be read. The zero value of a field means its
// default; Site has none.
type Options struct {
	Site      string         // absolute URL of the site: "https://www.medigy.com"
	Zone      *time.Location // dates without a zone are in this one; all times are told in it; UTC
	Language  string         // BCP 47; of articles that name none
	Languages []string       // BCP 47; folders of these names hold articles in them
	Skip      []string       // files and folders not to read, as path.Match has them; without / a name in any folder; "/name" is in the topmost
	Permalink string         // own page: "/news/:year/:month/:day/:slug/", words as CheckPermalink has them; "/:slug/"
	Images    fs.FS          // folder of featured images, or nil
	ImagesURL string         // where that folder is served: "/images/news/" or absolute
	Now       time.Time      // articles published later are left out
	Expire    bool           // and those whose field expires is past
	Encoding  string         // of files that are not Unicode: "windows-1252"; "" refuses them
	Repair    bool           // repair mojibake, not only report it
	Fields    Fields         // where each field is in the front matter; nil is Presets["newsdesk"]
	Silence   []string       // kinds of warnings that are not told
	Marks     []MarkKind     // kinds of marks that heads have; none

	// Index, if not nil, remembers what files gave: see there. It is of use only
	// with Want, and is for one Load at a time.
	Index *Index

	// Progress, if not nil, is told how many of all files have been read or recalled: at the
	// start, now and then, and at the end. It is called by several goroutines.
	Progress func(done, total int)

	// Want picks the heads whose whole article some output shows, of those that
	// were read, newest first. Only their bodies are read and only their
	// findings about the rest of an article are told. Nil wants all.
	Want func(heads []*Head) []*Head
}

// ImagesBase gives the absolute URL of the images folder; it ends in a slash.
func (o Options) ImagesBase() (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(o.Site, "/") + "/")
	if err != nil {
		return nil, err
	}
	return base.Parse(strings.TrimRight(o.ImagesURL, "/") + "/")
}
