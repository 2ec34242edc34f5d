package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// Template is what all messages of an issue have in common. Texts that a header
// field shows (names, Subject, ListTitle) may be in any script; a control
// character in one, such as a line break, becomes a space, so none can end its
// field and begin another.
//
// Besides what the fields say, each message has "Auto-Submitted: auto-generated"
// (RFC 3834, 5) and, for servers that know neither that nor List-Id, "Precedence:
// bulk": both keep holiday answers away.
type Template struct {
	From    mail.Address // the address in ASCII
	ReplyTo mail.Address // or the zero Address
	Subject string
	Date    time.Time // written with its own zone's offset

	ListID     string // domain-like name of the list (RFC 2919), without angle brackets; or ""
	ListTitle  string // the list's name for people, before its ID; or ""
	ArchivedAt string // URL of the public page (RFC 5064), or ""
	FeedbackID string // see FeedbackID, or ""
	Language   string // BCP 47, for Content-Language; or ""
	OneClick   bool   // a POST to the https URL of List-Unsubscribe ends the subscription without another question (RFC 8058)

	// Text and HTML are the two parts, UTF-8. Wherever one of Marks stands in
	// them, a recipient's value is put. No mark contains another one.
	Text, HTML []byte
	Marks      []string

	Inline []Inline // what HTML shows by cid: URLs

	DKIM []*Signer // each signs every message
}

// Inline is a file inside a message that its HTML part shows as cid:ContentID
// (RFC 2392).
type Inline struct {
	ContentID string // without angle brackets: "lead@medigy.example"
	Type      string // media type: "image/png"
	Data      []byte
}

// Recipient is what is different in each message of a Template.
type Recipient struct {
	To        mail.Address // the address in ASCII
	MessageID string       // without angle brackets; see MessageID

	// ListUnsubscribe are https: and mailto: URLs, the preferred first
	// (RFC 2369, 3.2).
	ListUnsubscribe []string

	// Text and HTML are the values of Template.Marks, in its order, as they
	// stand in each part: those of HTML are escaped already.
	Text, HTML []string
}

// maxWord bounds what can't be folded, so that no line comes near 998 octets
// (RFC 5322, 2.1.1). Addresses have 254 at most (RFC 5321, 4.5.3.1).
const maxWord = 900

func (t *Template) check() error {
	if t.Date.IsZero() {
		return errors.New("no Date")
	}
	if slices.Contains(t.Marks, "") {
		return errors.New("a mark is empty")
	}
	checks := []error{checkAddress("From", t.From.Address)}
	if t.ReplyTo.Address != "" {
		checks = append(checks, checkAddress("Reply-To", t.ReplyTo.Address))
	}
	for _, f := range []struct{ name, value string }{
		{"List-Id", t.ListID}, {"Archived-At", t.ArchivedAt}, {"Feedback-ID", t.FeedbackID}, {"Content-Language", t.Language},
	} {
		if f.value != "" && !isASCIIWord(f.value) {
			checks = append(checks, fmt.Errorf("%s: %.80q: want visible ASCII without spaces", f.name, f.value))
		}
	}
	for _, i := range t.Inline {
		checks = append(checks, checkAddress("Content-ID", i.ContentID))
		if kind, sub, _ := strings.Cut(i.Type, "/"); !isToken(kind) || !isToken(sub) {
			checks = append(checks, fmt.Errorf("Content-Type of %s: %.80q: want a media type such as image/png", i.ContentID, i.Type))
		}
	}
	return errors.Join(checks...)
}

func (e *Encoded) check(r *Recipient) error {
	if err := errors.Join(checkAddress("To", r.To.Address), checkAddress("Message-ID", r.MessageID)); err != nil {
		return err
	}
	https := false
	for _, url := range r.ListUnsubscribe {
		if !isASCIIWord(url) || !strings.HasPrefix(url, "https:") && !strings.HasPrefix(url, "http:") && !strings.HasPrefix(url, "mailto:") {
			return fmt.Errorf("List-Unsubscribe: %.80q: want an https: or mailto: URL", url)
		}
		https = https || strings.HasPrefix(url, "https:")
	}
	if e.oneClick && !https {
		return errors.New("one click needs an https: URL in List-Unsubscribe (RFC 8058, 3.1)")
	}
	if len(r.Text) != e.marks || len(r.HTML) != e.marks {
		return fmt.Errorf("%d and %d values for %d marks", len(r.Text), len(r.HTML), e.marks)
	}
	return nil
}

func checkAddress(field, address string) error {
	if !isASCIIWord(address) || !strings.Contains(address, "@") {
		return fmt.Errorf("%s: %.80q: want name@example.org in ASCII", field, address)
	}
	return nil
}

// isASCIIWord reports whether s is visible ASCII that can stand in angle
// brackets, in a line of a header or of an SMTP command.
func isASCIIWord(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return s != "" && len(s) <= maxWord
}

// isToken reports whether s is a token of RFC 2045, 5.1.
func isToken(s string) bool { return isASCIIWord(s) && !strings.ContainsAny(s, `()@,;:\"/[]?=`) }
