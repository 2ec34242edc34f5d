package signup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/words"
)

// waiting is a row of signup.
type waiting struct {
	id                        int64
	address, name             string
	topics, language, digests string
	origin, consent           string
	created                   time.Time
	subscriber                int64 // 0 is none yet
	fresh                     bool  // not confirmed yet
}

// Confirmation is what came of a confirmed sign-up.
type Confirmation struct {
	Subscriber  int64
	Address     string
	Moved       bool   // it was a new address of a subscriber
	Preferences string // token
}

// CheckConfirm tells whether a token of a link to confirm is one and not too old,
// without a look at the database, for a page that changes nothing.
func (d *Desk) CheckConfirm(token string) error {
	_, _, err := d.confirmToken(token)
	return err
}

func (d *Desk) confirmToken(token string) (id int64, at time.Time, err error) {
	id, at, err = d.Tokens.VerifyAt(token, audience.Confirm)
	if err == nil && d.Now().Sub(at) > confirmWithin {
		err = ErrExpired
	}
	return id, at, err
}

// Confirm makes a sign-up's address a subscriber's; origin is the network address
// of who does it. A second time it gives the same and changes nothing, as long as
// the subscription lasts: an old link brings nobody back. The page asked in a
// language, "" for the site's.
func (d *Desk) Confirm(ctx context.Context, token, origin, language string) (Confirmation, error) {
	id, at, err := d.confirmToken(token)
	if err != nil {
		return Confirmation{}, err
	}
	// What people did wrong is no reason to undo what others do in the same commit.
	type answer struct {
		Confirmation
		refused error
	}
	a, err := store.Value(ctx, d.Group, func(ctx context.Context, tx *sql.Tx) (a answer, err error) {
		a.Confirmation, err = d.confirm(ctx, tx, id, at, origin, language)
		if errors.Is(err, ErrExpired) || errors.Is(err, ErrTaken) || errors.Is(err, ErrGone) {
			a.refused, err = err, nil
		}
		return a, err
	})
	d.stir()
	return a.Confirmation, errors.Join(err, a.refused)
}

func (d *Desk) confirm(ctx context.Context, tx *sql.Tx, id int64, at time.Time, origin, language string) (Confirmation, error) {
	w, err := find(ctx, tx, id, at)
	if err != nil {
		return Confirmation{}, err
	}
	c := Confirmation{Subscriber: w.subscriber, Address: w.address, Moved: w.moves()}
	switch {
	case !w.fresh:
		err = d.still(ctx, tx, w)
	case w.moves():
		err = d.move(ctx, tx, w, language)
	default:
		c.Subscriber, err = d.enlist(ctx, tx, w, origin, language)
	}
	if err != nil {
		return Confirmation{}, err
	}
	c.Preferences = d.Tokens.Sign(c.Subscriber, audience.Preferences)
	if !w.fresh {
		return c, nil
	}
	_, err = tx.ExecContext(ctx, `UPDATE signup SET confirmed = $1, subscriber_id = $2 WHERE id = $3`, d.Now().Unix(), c.Subscriber, w.id)
	return c, err
}

// moves reports whether it is for a new address: only those have a subscriber
// before they are confirmed, and no words that were agreed to.
func (w *waiting) moves() bool { return w.consent == "" }

// find reads a sign-up by its number and time: numbers may come again after rows
// were deleted.
func find(ctx context.Context, tx *sql.Tx, id int64, at time.Time) (*waiting, error) {
	w := waiting{id: id, created: at}
	var confirmed int64
	var subscriber sql.NullInt64
	err := tx.QueryRowContext(ctx,
		`SELECT address, name, topics, language, digests, origin, consent, confirmed, subscriber_id
		FROM signup WHERE id = $1 AND created = $2`, id, at.Unix()).
		Scan(&w.address, &w.name, &w.topics, &w.language, &w.digests, &w.origin, &w.consent, &confirmed, &subscriber)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrExpired
	}
	w.subscriber, w.fresh = subscriber.Int64, confirmed == 0
	return &w, err
}

// still tells whether a sign-up that was confirmed is in force.
func (d *Desk) still(ctx context.Context, tx *sql.Tx, w *waiting) error {
	s, err := audience.Load(ctx, tx, w.subscriber)
	if errors.Is(err, audience.ErrUnknown) {
		return ErrExpired
	}
	if err == nil && (s.State != audience.Active && s.State != audience.Paused || !strings.EqualFold(s.Address, w.address)) {
		err = ErrExpired
	}
	return err
}

func (d *Desk) enlist(ctx context.Context, tx *sql.Tx, w *waiting, origin, language string) (int64, error) {
	now := d.Now()
	before, state, err := audience.Standing(ctx, tx, d.Suppressor, w.address)
	if err != nil {
		return 0, err
	}
	if state == audience.Active || state == audience.Paused {
		return before.ID, nil // an operator was faster
	}
	id, err := audience.Confirmed(ctx, tx, d.Suppressor, audience.Signup{
		Address: (&mail.Address{Name: w.name, Address: w.address}).String(),
		Choice:  audience.Choice{Topics: strings.Fields(w.topics), Language: w.language, Digests: strings.Fields(w.digests)},
		Consent: audience.Consent{
			Time: now, Text: w.consent,
			Origin: fmt.Sprintf("form from %s at %s, confirmed from %s", w.origin, w.created.UTC().Format(time.RFC3339), origin),
		},
	}, audience.Act{By: "link", Now: now})
	if err != nil || !d.Welcome {
		return id, err
	}
	return id, outbox.Put(ctx, tx, outbox.Letter{Kind: Welcome, Address: w.address, About: id, Language: words.First(w.language, language), Created: now})
}

// move tells the old address, too, so that nobody's mail goes away unnoticed.
func (d *Desk) move(ctx context.Context, tx *sql.Tx, w *waiting, language string) error {
	s, err := audience.Load(ctx, tx, w.subscriber)
	if errors.Is(err, audience.ErrUnknown) || err == nil && s.State != audience.Active && s.State != audience.Paused {
		return ErrGone
	}
	if err != nil {
		return err
	}
	old, err := audience.Move(ctx, tx, d.Suppressor, w.subscriber, w.address, d.byLink())
	if err != nil {
		return err
	}
	return outbox.Put(ctx, tx, outbox.Letter{Kind: Moved, Address: old, About: w.subscriber, Language: speak(s, language), Created: d.Now()})
}
