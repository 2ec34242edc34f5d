package signup

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// Options say what a Desk works with.
type Options struct {
	DB         *store.DB
	Group      *store.Group // of DB
	Tokens     *audience.Tokens
	Suppressor *audience.Suppressor

	Welcome, Goodbye bool // whether there are such letters

	Now func() time.Time
	Log *slog.Logger // requests that can't be read; nil is none
}

// Desk does what the pages of a newsletter promise. Any number of goroutines may
// use it.
type Desk struct {
	Options
	wake chan struct{}
}

// NewDesk gives a Desk. Its requests wait for Work, of this process or another.
func NewDesk(o Options) *Desk {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Desk{Options: o, wake: make(chan struct{}, 1)}
}

// How long things are kept and good.
const (
	confirmWithin = 7 * 24 * time.Hour
	kept          = confirmWithin + 24*time.Hour // sign-ups
)

// Errors of links, to be told to people.
var (
	ErrLink    = audience.ErrToken
	ErrExpired = errors.New("this link is older than a week, or was used already")
	ErrTaken   = audience.ErrTaken
	ErrGone    = errors.New("this subscription has ended")
)

// byLink is who does what somebody with a link does.
func (d *Desk) byLink() audience.Act { return audience.Act{By: "link", Now: d.Now()} }

// Language gives the language of the articles that a subscriber gets, to whom a token
// for a purpose belongs, or "".
func (d *Desk) Language(ctx context.Context, token string, p audience.Purpose) (string, error) {
	id, err := d.Tokens.Verify(token, p)
	if err != nil {
		return "", err
	}
	s, err := audience.Get(ctx, d.DB, id)
	if errors.Is(err, audience.ErrUnknown) {
		err = nil
	}
	return s.Language, err
}

// View gives the subscriber whose preferences a token opens.
func (d *Desk) View(ctx context.Context, token string) (audience.Subscriber, error) {
	id, err := d.Tokens.Verify(token, audience.Preferences)
	if err != nil {
		return audience.Subscriber{}, err
	}
	s, err := audience.Get(ctx, d.DB, id)
	if errors.Is(err, audience.ErrUnknown) || err == nil && s.State == audience.Erased {
		err = ErrGone
	}
	return s, err
}
