package delivery

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
)

// Sender is what the messages of an edition have in common besides the issue.
type Sender struct {
	From    netmail.Address // also the envelope sender; its domain names the Message-IDs
	ReplyTo netmail.Address `json:",omitzero"` // where answers go, or the zero Address for From
	ListID  string          // of the digest, for List-Id: "weekly.medigy.example"

	// Base is the public URL below which unsubscribe/TOKEN and
	// preferences/TOKEN are served: "https://news.medigy.example". Only an
	// https one gets one-click unsubscription.
	// Mailto is an address that takes mails to unsubscribe. At least one of
	// the two is there.
	Base   string
	Mailto string
}

// Recipient is who gets a message. Tokens are as audience.Tokens signs them.
type Recipient struct {
	Name, Address            string
	Unsubscribe, Preferences string // tokens
}

// newRecipient gives the recipient for a subscriber, whose links tell which
// edition's mail they are in.
func newRecipient(id, edition int64, name, address string, tokens *audience.Tokens) Recipient {
	return Recipient{
		Name:        name,
		Address:     address,
		Unsubscribe: tokens.SignIn(id, edition, audience.Unsubscribe),
		Preferences: tokens.SignIn(id, edition, audience.Preferences),
	}
}

// Composer makes the messages of one issue, which it holds encoded. Any number
// of goroutines may use it.
type Composer struct {
	issue   *digest.Issue
	sender  Sender
	encoded *mail.Encoded
}

// NewComposer encodes the issue. The preview, the .eml file and Send all compose
// by one, so what an editor sees is what is sent. Each of dkim, of which there
// may be none, signs each message.
func NewComposer(issue *digest.Issue, s Sender, date time.Time, dkim []*mail.Signer) (*Composer, error) {
	template := mail.Template{
		From:       s.From,
		ReplyTo:    s.ReplyTo,
		Subject:    issue.Subject,
		Date:       date,
		ListID:     s.ListID,
		ListTitle:  issue.Title,
		ArchivedAt: issue.URL,
		FeedbackID: mail.FeedbackID(issue.Digest, issue.Period, domain(s.From.Address)),
		Language:   issue.Language,
		OneClick:   strings.HasPrefix(s.Base, "https:"),
		Text:       issue.Text,
		HTML:       issue.HTML,
		Marks:      digest.Marks,
		DKIM:       dkim,
	}
	for _, i := range issue.Inline {
		template.Inline = append(template.Inline, mail.Inline(i))
	}
	encoded, err := template.Encode()
	if err != nil {
		return nil, fmt.Errorf("%s can't be made a message: %w", editionName(issue), err)
	}
	return &Composer{issue, s, encoded}, nil
}

// Append appends the message in which r gets the issue to b, as mail.Encoded
// does. The same r gives the same bytes, the Message-ID included.
func (c *Composer) Append(b []byte, r Recipient) ([]byte, error) {
	s := c.sender
	links := s.links(r)
	unsubscribe := []string{links.Unsubscribe}
	if s.Base != "" && s.Mailto != "" {
		unsubscribe = append(unsubscribe, s.mailto("unsubscribe", r.Unsubscribe))
	}
	inHTML, inText := c.issue.Values(links)
	return c.encoded.Append(b, &mail.Recipient{
		To:              netmail.Address{Name: r.Name, Address: r.Address},
		MessageID:       mail.MessageID(c.issue.Digest, c.issue.Period, strings.ToLower(r.Address), domain(s.From.Address)),
		ListUnsubscribe: unsubscribe,
		Text:            inText,
		HTML:            inHTML,
	})
}

// Parts gives the two parts of r's message.
func (c *Composer) Parts(r Recipient) (html, text []byte) { return c.issue.For(c.sender.links(r)) }

func (s Sender) links(r Recipient) digest.Recipient {
	return digest.Recipient{Unsubscribe: s.link("unsubscribe", r.Unsubscribe), Preferences: s.link("preferences", r.Preferences)}
}

// link gives the URL for one recipient's action.
func (s Sender) link(action, token string) string {
	if s.Base == "" {
		return s.mailto(action, token)
	}
	return strings.TrimSuffix(s.Base, "/") + "/" + action + "/" + url.PathEscape(token)
}

func (s Sender) mailto(action, token string) string {
	return "mailto:" + s.Mailto + "?subject=" + url.PathEscape(action+" "+token)
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// check finds what would make every message fail.
func (s Sender) check() error {
	if _, _, err := audience.ParseAddress(s.From.Address); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if s.ReplyTo.Address != "" {
		if _, _, err := audience.ParseAddress(s.ReplyTo.Address); err != nil {
			return fmt.Errorf("address for answers: %w", err)
		}
	}
	if s.Base == "" && s.Mailto == "" {
		return errors.New("no way to unsubscribe: want the public URL of newsdesk or an address that takes mails to unsubscribe")
	}
	if u, err := url.Parse(s.Base); s.Base != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("public URL %q: want https://host/path", s.Base)
	}
	if s.Mailto != "" {
		if _, _, err := audience.ParseAddress(s.Mailto); err != nil {
			return fmt.Errorf("address to unsubscribe: %w", err)
		}
	}
	return nil
}
