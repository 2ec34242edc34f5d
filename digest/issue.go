package digest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Marks stand in an issue where a recipient's own URLs belong. They are URLs
// that no escaping changes, in a domain that can't exist (RFC 2606, 2), so one
// that was never filled does no harm and is easily seen.
const (
	MarkUnsubscribe = "https://" + markHost + "/unsubscribe"
	MarkPreferences = "https://" + markHost + "/preferences"
	MarkView        = "https://" + markHost + "/view"
)

const markHost = "mark.newsdesk.invalid"

// disarm makes sure that no article has a mark. For would put the reader's own
// URL in its place, and an article that links to https://example.com/?u=MARK
// would so learn how to unsubscribe whoever follows the link.
func disarm(text string) string { return strings.ReplaceAll(text, markHost, "mark.invalid") }

// brief gives a title, a name or what is said of an image as the mail has it:
// at most 300 characters. Nobody reads more, and one of 36,000 would leave no
// room for anything else.
func brief(text string) string { return shorten(disarm(text), 300) }

// Issue is an edition, rendered for all subscribers who get the same. It is not
// changed after Render returns it.
type Issue struct {
	Digest    string // name of the series: "weekly"
	Title     string // of the series: "Medigy News"
	Period    string // "2021-W39"
	Subject   string // one line
	Preheader string // one line
	Language  string // BCP 47
	URL       string // its public page, absolute
	HTML      []byte // the mail's HTML part, UTF-8, with marks
	Text      []byte // the mail's text part, UTF-8, lines end in \n, with marks
	Archive   []byte // the public page, UTF-8, with nothing personal, of a whole edition; see WithNeighbours

	Notes   []string       // what an editor should know of: a mail that is long, what was shortened
	Trimmed []*corpus.Head // stories that the mail has no room for; the public page has them

	// Record is of the whole edition, whatever part of it this issue shows.
	Record Record `json:"-"`

	// Listing is what the list of issues and their feeds say of the public page. A
	// part of an edition has neither.
	Listing Listing `json:"-"`

	// Inline are the pictures that the mail carries, in the order in which its
	// HTML shows them. Their Content-IDs, which are in the HTML, are of their
	// bytes, so Hash covers them.
	Inline []Inline `json:",omitempty"`
}

// Hash gives a hash, in hexadecimal, of all that subscribers get: subject,
// preheader and both parts. Two issues with one hash are the same mail.
func (i *Issue) Hash() string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(i.Subject), []byte(i.Preheader), i.HTML, i.Text} {
		fmt.Fprintf(h, "%d\n", len(part))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Recipient is what is different for each subscriber: absolute URLs, or "".
type Recipient struct {
	Unsubscribe string // confirms and ends the subscription
	Preferences string // topics, frequency, address
	View        string // this issue as a web page
}

// Marks are all marks, in the order of Issue.Values.
var Marks = []string{MarkUnsubscribe, MarkPreferences, MarkView}

// Values gives what stands in the place of each of Marks in r's two parts. A
// mark whose URL is "" stands for itself, but for View, whose place the issue's
// public page takes.
func (i *Issue) Values(r Recipient) (inHTML, inText []string) {
	if r.View == "" {
		r.View = i.URL
	}
	for n, url := range []string{r.Unsubscribe, r.Preferences, r.View} {
		if url == "" {
			url = Marks[n]
		}
		inHTML, inText = append(inHTML, html.EscapeString(url)), append(inText, url)
	}
	return inHTML, inText
}

// For gives both parts of the issue with r's URLs in place of the marks.
func (i *Issue) For(r Recipient) (html, text []byte) {
	inHTML, inText := i.Values(r)
	return fill(i.HTML, inHTML), fill(i.Text, inText)
}

func fill(part []byte, values []string) []byte {
	for n, mark := range Marks {
		part = bytes.ReplaceAll(part, []byte(mark), []byte(values[n]))
	}
	return part
}
