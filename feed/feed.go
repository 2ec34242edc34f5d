// Package feed turns a corpus into feeds: RSS 2.0, Atom 1.0 and JSON Feed 1.1
// of all articles, of each topic, and as Options say of each language, source and
// so on, an OPML list of them, and a page that shows them to people.
//
// There is one model, Feed, and one small file for each output: rss.go,
// atom.go, json.go, opml.go, index.go. The formats' structs are those of
// gorilla/feeds, embedded in types of our own that shadow the fields it gets
// wrong and add those it lacks; feeds.WriteXML still writes them.
//
// An article's item is the same in every feed that holds it, so it is encoded
// once for each format and its bytes are reused. Feeds of some thousand articles
// are made in memory, by Write; what takes more, an archive or ten thousand
// topics, is made a few articles at a time, by WriteLater.
//
// Every encoder gives well-formed output for any string an article may hold.
package feed

import (
	"cmp"
	"path"
	"strings"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/colour"
)

// Site is the website whose articles the feeds carry.
type Site struct {
	Title       string // "Medigy News"
	Description string // one sentence; the title stands in
	URL         string // home page, absolute
	Language    string // BCP 47, "en" if ""
}

// Options say what the feeds hold and what they say about themselves.
type Options struct {
	Site      Site
	URL       string        // folder that the files are served from, absolute; Site.URL if ""
	Items     int           // newest articles in a feed; 50 if 0
	Bytes     int           // most in a file, for which its oldest items are dropped, but not its last; 512 KiB if 0
	Link      Link          // where an item's title leads; LinkPage if ""
	Content   Content       // how much of an article an item has; ContentFull if ""
	By        []Kind        // kinds of feeds, of Kinds; topics alone if nil
	Named     []Named       // feeds of articles that match
	Held      int           // articles in memory at once, some 20 KB each; if feeds want more, they are written later; 12,000 if 0
	Archive   bool          // what no longer fits is in pages (RFC 5005 section 4), and Bytes drops nothing
	Removed   Removed       // what becomes of feeds that there are no longer; RemovedKeep if ""
	Pages     bool          // a page for people beside each feed but that of all articles
	TTL       int           // minutes that a reader may wait before it looks again; 60 if 0
	Hubs      []string      // WebSub hubs of the feeds, absolute URLs
	Generator string        // "newsdesk" if ""
	Rights    string        // one line, or ""
	Icon      string        // small square image, absolute URL, or ""
	Logo      *corpus.Image // the site's logo, or nil
	Accent    string        // colour of the index page, "#rrggbb"; a deep teal if ""

	Words map[string]string // texts in place of ours, see words.Of

	voice *voice // of Site.Language
}

// Feed is one feed before it is written in a format. It is not changed after
// Build returns it.
type Feed struct {
	Kind        Kind
	Topic       *corpus.Topic // nil if the feed is not a topic's
	Language    string        // BCP 47; "" if the feed is not a language's
	Label       string        // short name, among the feeds of its group
	Group       string        // the topic's vocabulary or, of other kinds, the kind's name; ""
	Title       string        // no two feeds of a site share one
	Description string
	Home        string    // page that the feed follows, absolute
	Path        string    // folder of its files: "" or "topic/cybersecurity/"
	Items       []*Item   // newest first
	Published   time.Time // of the newest item; zero if there is none
	Updated     time.Time // latest change of any item; zero if there is none
	Count       int       // articles in the corpus, not only those in Items
	Weeks       [26]int   // articles published in each week up to the corpus' newest article, oldest week first
	Options     Options   // with the defaults filled in; a language's feed speaks that

	site Site // which Options.Site is, but for a language's feed

	recipe   atomicfile.Recipe // see newRecipe
	about    atomicfile.Recipe // see newAbout
	archived []*corpus.Head    // articles that are in pages, newest first
	page     int               // which page this is; 0 is none

	// Of a feed that WriteLater writes, its articles. Items is empty. And what
	// atom:updated articles have in all feeds.
	later   []*corpus.Head
	entries map[*corpus.Head]time.Time
}

// Item is one article in the feeds. Until Fill has found the article, there is
// its head alone.
type Item struct {
	*corpus.Article

	version      corpus.Version
	whole        bool // the article is there
	link         Link
	content      Content
	language     string    // of the article, if it is not the site's
	entryUpdated time.Time // atom:updated; see spread
}

// Build makes the feed of all articles, after it those that have names, and then
// one for each topic, by slug, and of the other kinds that the options want. The
// corpus must hold the articles that Plan.Wanted names or know their versions; one
// that could not be read is in no feed. Items whose articles the corpus does not
// hold wait for Fill, and feeds of more than Options.Held for WriteLater.
func Build(c *corpus.Corpus, o Options) []*Feed {
	return NewPlan(c.Heads, o).Build(c)
}

// newItem gives nil if the article could not be read.
func newItem(h *corpus.Head, c *corpus.Corpus, o Options) *Item {
	version, ok := c.Version(h)
	if !ok {
		return nil
	}
	i := &Item{Article: &corpus.Article{Head: h}, version: version, link: o.Link, content: o.Content}
	if h.Language != o.Site.Language {
		i.language = h.Language
	}
	return i
}

// newest is the feed with no more than its first n items.
func (f *Feed) newest(n int) *Feed {
	shorter := *f
	shorter.Items = f.Items[:n]
	shorter.Updated = latestUpdate(shorter.Items)
	return &shorter
}

// latestUpdate is zero if there is no item.
func latestUpdate(items []*Item) (latest time.Time) {
	for _, i := range items {
		if i.Updated.After(latest) {
			latest = i.Updated
		}
	}
	return latest
}

// Fill gives the items of feeds the articles that c holds.
func Fill(feeds []*Feed, c *corpus.Corpus) {
	for _, f := range feeds {
		for _, i := range f.Items {
			if a := c.Article(i.Head); a != nil {
				i.Article, i.whole = a, true
			}
		}
	}
}

// URL returns where a file of the feed is served.
func (f *Feed) URL(file string) string {
	return encodeURL(f.Options.URL + f.Path + file)
}

// FileURL returns where a file of the output is served, as a feed names itself; at
// is Options.URL.
func FileURL(at, name string) string {
	return encodeURL(strings.TrimSuffix(at, "/") + "/" + name)
}

// distinguish adds the slug, or the whole path, to a title that an earlier feed
// has already: readers list feeds by title alone.
func distinguish(list []*Feed) {
	seen := map[string]bool{}
	for _, f := range list {
		title := f.Title
		if seen[title] {
			f.Title = title + " (" + path.Base(f.Path) + ")"
		}
		if seen[f.Title] {
			f.Title = title + " (" + strings.Trim(f.Path, "/") + ")"
		}
		seen[f.Title] = true
	}
}

func (o Options) withDefaults() Options {
	o.URL = strings.TrimSuffix(cmp.Or(o.URL, o.Site.URL), "/") + "/"
	o.Site.Description = cmp.Or(o.Site.Description, o.Site.Title)
	o.Site.Language = cmp.Or(o.Site.Language, "en")
	o.Items = cmp.Or(o.Items, 50)
	o.Bytes = cmp.Or(o.Bytes, 512<<10)
	o.Held = cmp.Or(o.Held, 12_000)
	o.Link = cmp.Or(o.Link, LinkPage)
	o.Content = cmp.Or(o.Content, ContentFull)
	if o.By == nil {
		o.By = []Kind{KindTopic}
	}
	o.Removed = cmp.Or(o.Removed, RemovedKeep)
	o.TTL = cmp.Or(o.TTL, 60)
	o.Generator = cmp.Or(o.Generator, "newsdesk")
	o.Accent = cmp.Or(o.Accent, colour.Accent)
	o.voice = newVoice(o)
	return o
}
