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
	From   netmail.Address // also the envelope sender; its domain names the Message-IDs
	ListID string          // of the digest, for List-Id: "weekly.medigy.example"

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

// NewRecipient gives the recipient for a subscriber.
func NewRecipient(id int64, name, address string, tokens *audience.Tokens) Recipient {
	return Recipient{
		Name:        name,
		Address:     address,
		Unsubscribe: tokens.Sign(id, audience.Unsubscribe),
		Preferences: tokens.Sign(id, audience.Preferences),
	}
}

// Compose gives the message in which r gets the issue. The preview, the .eml
// file and Send all call it, so what an editor sees is what is sent. The same
// arguments give the same message, its Message-ID included.
func Compose(issue *digest.Issue, r Recipient, s Sender, date time.Time) *mail.Message {
	links := digest.Recipient{Unsubscribe: s.link("unsubscribe", r.Unsubscribe), Preferences: s.link("preferences", r.Preferences)}
	html, text := issue.For(links)
	unsubscribe := []string{links.Unsubscribe}
	if s.Base != "" && s.Mailto != "" {
		unsubscribe = append(unsubscribe, s.mailto("unsubscribe", r.Unsubscribe))
	}
	return &mail.Message{
		From:            s.From,
		To:              netmail.Address{Name: r.Name, Address: r.Address},
		Subject:         issue.Subject,
		Date:            date,
		MessageID:       mail.MessageID(issue.Digest, issue.Period, strings.ToLower(r.Address), domain(s.From.Address)),
		ListID:          s.ListID,
		Language:        issue.Language,
		ListUnsubscribe: unsubscribe,
		OneClick:        strings.HasPrefix(s.Base, "https:"),
		Text:            text,
		HTML:            html,
	}
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
