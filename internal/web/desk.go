package web

import (
	"io/fs"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

// Desk is what one load of the content, the templates and the configuration
// gave. It is not changed after Load returns it.
type Desk struct {
	Site     string        // title of the site
	Report   corpus.Report // what the check of the corpus found
	Editions []Week        // periods that have articles, newest first
	Latest   string        // name of the period the page opens on; "" is the first of Editions

	// Images is the folder of featured images, and ImagesURL the absolute URL
	// under which the site will serve it: "https://www.medigy.com/images/news/".
	// The preview shows the local files, because those of an edition that is
	// not out yet are seldom published. Images may be nil.
	Images    fs.FS
	ImagesURL string

	// Watch are files and folders that this load read, beside those of
	// Options.Watch.
	Watch []string

	// Due is when the same files give another desk, or zero: an article's time
	// comes, or a week ends.
	Due time.Time

	// Render makes the edition of one of Editions, as send would make it now.
	Render func(p digest.Period) (*Proof, error)
}

// Week is one edition to choose from.
type Week struct {
	digest.Period
	Articles int // published in it
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
}

// week finds an edition by its name. The name comes from a URL: a nil desk and
// any text are fine.
func (d *Desk) week(name string) (at int, ok bool) {
	if d == nil {
		return 0, false
	}
	for i, w := range d.Editions {
		if w.Name == name {
			return i, true
		}
	}
	return 0, false
}

// latest names the edition the page opens on, or "" without any.
func (d *Desk) latest() string {
	if d == nil || len(d.Editions) == 0 {
		return ""
	}
	if _, ok := d.week(d.Latest); ok {
		return d.Latest
	}
	return d.Editions[0].Name
}
