package corpus

import "time"

// Head is the part of an article that choosing needs: which articles a feed or
// an edition takes, and in which order. A corpus keeps a Head for every
// article; the rest (Article) is read only for those that an output shows.
type Head struct {
	ID        string    // stable URI (urn:uuid:, tag: or the article's own), the same in every format
	Path      string    // file, slash-separated, relative to the corpus folder
	Title     string    // plain text, NFC, one line
	Published time.Time // in the site's zone
	Updated   time.Time // in the site's zone; never before Published
	Topics    []*Topic  // in the article's order, each once; shared with Corpus.Topics
	Language  string    // BCP 47
	Marks     []*Mark   // of the kinds that Options.Marks names; shared
}

// HasTopic reports whether the article is about t.
func (h *Head) HasTopic(t *Topic) bool {
	for _, own := range h.Topics {
		if own == t {
			return true
		}
	}
	return false
}

// Article is one curated article, ready for any output: its text is plain
// UTF-8 in NFC without characters that XML 1.0 forbids, its HTML is sanitised,
// its URLs are absolute, its times are in the site's zone. It is not changed
// after Load returns.
type Article struct {
	*Head
	URL          string   // own page, absolute
	Original     string   // the curated article's URL at its publisher, absolute, or ""
	Source       Source   // publisher of the original
	Summary      string   // plain text, one line, never cut inside a word; "" if there is nothing to say
	HTML         string   // sanitised body; "" if the article has none
	Authors      []Person // who curated it here
	Contributors []Person // who wrote the original
	Image        *Image   // featured image, or nil
	Offerings    []Offering
}

// Person is an author or contributor.
type Person struct {
	Name string
}

// Source is the publisher of an original.
type Source struct {
	Name    string // "Healthcare Innovation"; the domain if no name is known; ""
	Domain  string // "hcinnovationgroup.com", without www.; ""
	FeedURL string // the publisher's own feed, absolute, only if the front matter says so
}

// Topic is what an article is about. Its identity is the slug: names that fold
// to one slug are one topic.
type Topic struct {
	Slug       string // "healthcare-it-news-cybersecurity"
	Name       string // as written: "Healthcare IT News: Cybersecurity"
	Label      string // "Cybersecurity"
	Vocabulary string // "Healthcare IT News", or ""
	Scheme     string // absolute URI of the vocabulary, or "" without one
	URL        string // the topic's page, absolute
}

// Offering is a product that the curators relate to an article.
type Offering struct {
	ID     string   // the front matter's own ID, or the URL
	Name   string   // "Elisity"
	URL    string   // absolute
	Topics []*Topic // what the offering is about; not part of Corpus.Topics
}

// Image is an article's featured image. What was not measured from a local
// file is zero: front matter is not trusted for type or size.
type Image struct {
	URL    string // absolute
	File   string // file, slash-separated, relative to the images folder; "" if remote or absent
	Alt    string // never empty: the title stands in
	Type   string // media type sniffed from the file: "image/jpeg"; ""
	Bytes  int64  // length of the file
	Width  int    // pixels
	Height int    // pixels
}
