package signup

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	netmail "net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/words"
)

// The kinds of letters, each with the templates mail-KIND.html and mail-KIND.txt.
const (
	Confirm = "confirm" // asks to confirm a subscription; about a signup
	Address = "address" // asks a subscriber's new address to confirm; about a signup
	Already = "already" // tells a subscriber that she is one; about her, as those below
	Welcome = "welcome"
	Goodbye = "goodbye"
	Moved   = "moved" // tells the old address of the new one
)

var kinds = []string{Confirm, Address, Already, Welcome, Goodbye, Moved}

// Stationery is what all letters have in common.
type Stationery struct {
	Templates fs.FS // mail-*.html, mail-*.txt, partials/mail-parts.html

	Title         string // of the site
	Home          string // its URL
	Voices        *words.Voices
	Accent        string // #rrggbb
	Serif         bool   // headlines in a serif
	PostalAddress string // or ""

	Base    string // URL of the pages, with a slash at its end
	From    netmail.Address
	ReplyTo netmail.Address // or the zero Address
	ListID  string
	DKIM    []*mail.Signer
	Zone    *time.Location
}

// Letters makes messages of letters.
type Letters struct {
	desk *Desk
	Stationery
	html map[string]*htmltemplate.Template
	text map[string]*texttemplate.Template
}

// NewLetters parses the templates.
func NewLetters(d *Desk, s Stationery) (*Letters, error) {
	l := &Letters{desk: d, Stationery: s, html: map[string]*htmltemplate.Template{}, text: map[string]*texttemplate.Template{}}
	for _, kind := range kinds {
		name := "mail-" + kind
		html, err := htmltemplate.New(name+".html").Funcs(l.functions()).ParseFS(s.Templates, name+".html", "partials/mail-parts.html")
		if err != nil {
			return nil, err
		}
		text, err := texttemplate.New(name+".txt").Funcs(textFunctions).ParseFS(s.Templates, name+".txt")
		if err != nil {
			return nil, err
		}
		l.html[kind], l.text[kind] = html, text
		// A fault of a site's own template shows now, and not in the first letter.
		if _, _, _, err := l.parts(kind, page{Stationery: &l.Stationery, Voice: s.Voices.First()}); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// textColumns is the width of the text parts, as the digest's.
const textColumns = 72

var textFunctions = texttemplate.FuncMap{"wrap": func(text string) string { return words.Wrap(text, textColumns) }}

// The grounds that accent text stands on in the mail, light and dark.
const (
	lightGround = "#f6f5f1"
	darkGround  = "#1f2228"
)

func (l *Letters) functions() htmltemplate.FuncMap {
	style := func(value string) func() htmltemplate.CSS {
		return func() htmltemplate.CSS { return htmltemplate.CSS(value) }
	}
	return htmltemplate.FuncMap{
		"accent":     style(colour.Readable(l.Accent, lightGround, "#000000")),
		"accentDark": style(colour.Readable(l.Accent, darkGround, "#ffffff")),
		"serif":      func() bool { return l.Serif },
	}
}

// page is what the templates show.
type page struct {
	*Stationery
	*words.Voice
	Subject     string
	Link        string // what to do, or ""
	Until       string // how long Link works: "The link works until 8 November 2021."
	Preferences string // URLs
	Unsubscribe string
	Subscribe   string
}

// Compose makes the message of a letter, or gives outbox.ErrPointless.
func (l *Letters) Compose(ctx context.Context, letter outbox.Letter) ([]byte, error) {
	p, err := l.page(ctx, letter)
	if err != nil {
		return nil, err
	}
	subject, html, text, err := l.parts(letter.Kind, p)
	if err != nil {
		return nil, err
	}
	domain := l.From.Address[strings.LastIndexByte(l.From.Address, '@')+1:]
	t := mail.Template{
		From: l.From, ReplyTo: l.ReplyTo, Subject: subject, Date: letter.Created.In(l.Zone),
		Language: p.Language, Text: text, HTML: html, DKIM: l.DKIM,
	}
	r := mail.Recipient{
		To:        netmail.Address{Address: letter.Address},
		MessageID: mail.MessageID("letter-"+letter.Kind, fmt.Sprint(letter.ID, letter.Created.Unix()), strings.ToLower(letter.Address), domain),
	}
	if p.Unsubscribe != "" {
		t.ListID, t.ListTitle = l.ListID, l.Title
		t.OneClick = strings.HasPrefix(p.Unsubscribe, "https:")
		r.ListUnsubscribe = []string{p.Unsubscribe}
	}
	e, err := t.Encode()
	if err != nil {
		return nil, err
	}
	return e.Append(nil, &r)
}

// page finds out what a letter is about.
func (l *Letters) page(ctx context.Context, letter outbox.Letter) (page, error) {
	p := page{Stationery: &l.Stationery, Voice: l.Voices.In(letter.Language)}
	in := "" // the pages speak the site's language, too, to whom they don't know
	if p.Voice != l.Voices.First() {
		in = "?lang=" + p.Language
	}
	p.Subscribe = l.Base + "subscribe" + in
	tokens := l.desk.Tokens
	switch letter.Kind {
	case Confirm, Address:
		until := letter.Created.Add(confirmWithin)
		if l.desk.Now().After(until) {
			return page{}, outbox.ErrPointless
		}
		p.Until = p.Words.OnDay(p.Words.LinkUntil, until.In(l.Zone))
		p.Link = l.Base + "confirm/" + tokens.SignAt(letter.About, audience.Confirm, letter.Created) + in
		return p, l.ifWaiting(ctx, letter)
	case Already, Welcome:
		p.Preferences = l.Base + "preferences/" + tokens.Sign(letter.About, audience.Preferences) + in
		p.Unsubscribe = l.Base + "unsubscribe/" + tokens.Sign(letter.About, audience.Unsubscribe) + in
		return p, l.ifSubscribed(ctx, letter)
	case Moved, Goodbye:
		return p, nil
	}
	return page{}, fmt.Errorf("there is no letter %q (a newer newsdesk has put it)", letter.Kind)
}

// ifWaiting makes sure that a sign-up is still to be confirmed.
func (l *Letters) ifWaiting(ctx context.Context, letter outbox.Letter) error {
	return l.desk.Group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w, err := find(ctx, tx, letter.About, letter.Created)
		if errors.Is(err, ErrExpired) || err == nil && !w.fresh {
			return outbox.ErrPointless
		}
		return err
	})
}

func (l *Letters) ifSubscribed(ctx context.Context, letter outbox.Letter) error {
	s, err := audience.Get(ctx, l.desk.DB, letter.About)
	if errors.Is(err, audience.ErrUnknown) || err == nil && (s.State != audience.Active && s.State != audience.Paused || !strings.EqualFold(s.Address, letter.Address)) {
		return outbox.ErrPointless
	}
	return err
}

// parts executes the templates. The subject is in the first line of the text's.
func (l *Letters) parts(kind string, p page) (subject string, html, text []byte, err error) {
	var b bytes.Buffer
	if err := l.text[kind].Execute(&b, p); err != nil {
		return "", nil, nil, err
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(b.String()), "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	if !ok {
		return "", nil, nil, fmt.Errorf("mail-%s.txt: the first line is %.60q (want Subject: …)", kind, first)
	}
	p.Subject = strings.TrimSpace(subject)
	var h bytes.Buffer
	if err := l.html[kind].Execute(&h, p); err != nil {
		return "", nil, nil, err
	}
	return p.Subject, h.Bytes(), []byte(strings.TrimSpace(rest) + "\n"), nil
}
