package corpus

import (
	"cmp"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Corpus is every article of a folder, chosen and sorted. It is not changed
// after it is made.
type Corpus struct {
	Heads  []*Head  // newest first: Published desc, Updated desc, ID
	Topics []*Topic // topics of Heads, by slug

	articles map[*Head]*Article
}

// New makes a corpus of articles. Topics with one slug become one: the first
// of them by the articles' paths.
func New(articles []*Article) *Corpus {
	c := &Corpus{articles: make(map[*Head]*Article, len(articles))}
	for _, a := range articles {
		c.articles[a.Head] = a
		c.Heads = append(c.Heads, a.Head)
	}
	slices.SortStableFunc(c.Heads, func(a, b *Head) int { return strings.Compare(a.Path, b.Path) })
	c.arrange()
	return c
}

// arrange makes topics with one slug one, the first in the heads' order, and
// sorts topics and heads.
func (c *Corpus) arrange() {
	topics := map[string]*Topic{}
	for _, h := range c.Heads {
		for i, t := range h.Topics {
			if topics[t.Slug] == nil {
				topics[t.Slug] = t
				c.Topics = append(c.Topics, t)
			}
			h.Topics[i] = topics[t.Slug]
		}
	}
	slices.SortFunc(c.Topics, func(a, b *Topic) int { return strings.Compare(a.Slug, b.Slug) })
	slices.SortFunc(c.Heads, func(a, b *Head) int {
		return cmp.Or(b.Published.Compare(a.Published), b.Updated.Compare(a.Updated), strings.Compare(a.ID, b.ID))
	})
}

// Article returns the whole article of one of c.Heads, or nil if Options.Want
// did not ask for it or its file changed while it was read.
func (c *Corpus) Article(h *Head) *Article { return c.articles[h] }

// Options say how a folder is to be read. The zero value of a field means its
// default; Site has none.
type Options struct {
	Site      string         // absolute URL of the site: "https://www.medigy.com"
	Zone      *time.Location // dates without a zone are in this one; all times are told in it; UTC
	Language  string         // BCP 47; of articles that name none
	Languages []string       // BCP 47; folders of these names hold articles in them
	Permalink string         // own page: "/news/:year/:month/:day/:slug/"; "/:slug/"
	Images    fs.FS          // folder of featured images, or nil
	ImagesURL string         // where that folder is served: "/images/news/" or absolute
	Now       time.Time      // articles published later are left out
	Expire    bool           // and those whose field expires is past
	Encoding  string         // of files that are not Unicode: "windows-1252"; "" refuses them
	Repair    bool           // repair mojibake, not only report it
	Fields    Fields         // where each field is in the front matter; Preset
	Silence   []string       // kinds of warnings that are not told

	// Progress, if not nil, is told how many of all files have been read: at the
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
