package web

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

// Desk is what one load of the content, the templates and the configuration
// gave. It is not changed after Load returns it.
type Desk struct {
	Site    string          // title of the site
	Report  corpus.Report   // what the check of the corpus found
	Heads   []*corpus.Head  // all articles, for the search
	Topics  []*corpus.Topic // all that articles have, for their names
	Digests []Series        // that can be looked at; the page opens on the first

	// Images is the folder of featured images, and ImagesURL the absolute URL
	// under which the site will serve it: "https://www.medigy.com/images/news/".
	// The preview shows the local files, because those of an edition that is
	// not out yet are seldom published. Images may be nil.
	Images    fs.FS
	ImagesURL string

	// Editions is the folder of the edition files, DIGEST/PERIOD.yaml, which the
	// page writes. They are read when an edition is looked at, not at Load.
	// Without a folder nothing can be decided here.
	Editions string
	// Approved is a folder in which the issues are kept that were approved, to
	// be compared with later ones; "" keeps none.
	Approved string
	// Own are the sender's hosts, whose links need no second look.
	Own []string

	// Watch are files and folders that this load read, beside those of
	// PreviewOptions.Watch.
	Watch []string

	// Due is when the same files give another desk, or zero: an article's time
	// comes, or a week ends.
	Due time.Time

	// Render makes an edition of one of Digests as send would make it now, if
	// its file said Wanted.Choices. What takes long it goes on with by itself, and
	// fails with a *Making until it is there.
	Render func(w Wanted) (*Proof, error)

	// Readers finds who would get a digest's edition now: the subscribers with a
	// text in their address or name, or without a text the segments, the largest
	// first; at most so many. It may be nil.
	Readers func(ctx context.Context, digest, text string, most int) ([]Reader, error)

	// Post is what the desk can do beyond looking, or nil.
	Post Post
	// Sending sends editions, or is nil.
	Sending Sending
	// Frozen is Sending.Newest's when this was loaded: what was frozen is in no
	// later edition.
	Frozen int64
}

// Making is the error of an edition whose pictures are being made.
type Making struct{ Done, Total int }

func (m *Making) Error() string {
	return fmt.Sprintf("its pictures are being made: %d of %d are there", m.Done, m.Total)
}

// Series is a digest with the periods that can be looked at.
type Series struct {
	Name    string // "weekly", in URLs
	Title   string
	Periods []digest.Period // those that have articles, newest first
	Latest  string          // name of the period the page opens on; "" is the first
}

// Wanted is which edition to make, and for whom.
type Wanted struct {
	Digest    string
	Period    digest.Period
	Choices   digest.Choices
	Selection digest.Selection // the zero Selection is the whole edition
}

// Reader is a subscriber, or all who made one selection.
type Reader struct {
	Address, Name string // of a subscriber; "" of a segment
	Why           string // why a subscriber gets no mail: "paused", or ""
	Selection     digest.Selection
	Size          int // subscribers in a segment
}

// Proof is one edition as it would be sent.
type Proof struct {
	Edition *digest.Edition
	Issue   *digest.Issue // nil if the edition is empty
	EML     []byte        // the message to a sample recipient, RFC 5322
	Hash    string        // of what subscribers get, as an approval has it

	// Pictures are the images that were made for the mail. They are shown from
	// here: those of an edition that is not out yet are not public.
	Pictures []digest.Picture

	once    sync.Once // for what is found in it
	checked *mailView
}

// Post is what the desk asks of the mail; see Sending for that of an edition.
type Post interface {
	// Sent gives the newest issue of a digest that went out before a period,
	// or nil.
	Sent(ctx context.Context, digest string, before digest.Period) (*digest.Issue, error)
	// Test sends an issue to addresses as send would, with a subject that says
	// so, and writes nothing into the ledger.
	Test(ctx context.Context, digest string, proof *Proof, to []string) error
}

// series finds a digest by its name. The name comes from a URL: a nil desk and
// any text are fine.
func (d *Desk) series(name string) *Series {
	if d == nil {
		return nil
	}
	for i := range d.Digests {
		if d.Digests[i].Name == name {
			return &d.Digests[i]
		}
	}
	return nil
}

// topicNames gives what editors know topics as, by their slugs: "Business", with its
// vocabulary if another topic is called so, too: "Business (HIMSS)".
func (d *Desk) topicNames() func(slug string) string {
	count := make(map[string]int, len(d.Topics))
	for _, t := range d.Topics {
		count[t.Label]++
	}
	names := make(map[string]string, len(d.Topics))
	for _, t := range d.Topics {
		names[t.Slug] = cmp.Or(t.Label, t.Name)
		if t.Label != "" && count[t.Label] > 1 && t.Vocabulary != "" {
			names[t.Slug] += " (" + t.Vocabulary + ")"
		}
	}
	return func(slug string) string { return cmp.Or(names[slug], slug) }
}

// period finds a period by its name, which comes from a URL.
func (s *Series) period(name string) (at int, ok bool) {
	if s == nil {
		return 0, false
	}
	for i, p := range s.Periods {
		if p.Name == name {
			return i, true
		}
	}
	return 0, false
}

// latest names the period that the page opens on, or "" without any.
func (s *Series) latest() string {
	if s == nil || len(s.Periods) == 0 {
		return ""
	}
	if _, ok := s.period(s.Latest); ok {
		return s.Latest
	}
	return s.Periods[0].Name
}

// head finds an article by its path or ID.
func (d *Desk) head(name string) *corpus.Head {
	for _, h := range d.Heads {
		if h.Path == name || h.ID == name {
			return h
		}
	}
	return nil
}
