package signup

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/store"
)

// Unsubscribe ends the subscription that a token of a mail is for. It is done when
// it returns, and changes nothing when it was done already. Deliveries of the
// edition that is being sent meet it, too. The page asked in a language, "" if there
// was none.
func (d *Desk) Unsubscribe(ctx context.Context, token, language string) error {
	id, edition, err := d.Tokens.VerifyIn(token, audience.Unsubscribe)
	if err != nil {
		return err
	}
	return d.leave(ctx, id, edition, language)
}

// Leave is Unsubscribe with a token of the preferences.
func (d *Desk) Leave(ctx context.Context, token, language string) error {
	id, edition, err := d.Tokens.VerifyIn(token, audience.Preferences)
	if err != nil {
		return err
	}
	return d.leave(ctx, id, edition, language)
}

func (d *Desk) leave(ctx context.Context, id, edition int64, language string) error {
	act := d.byLink()
	act.Edition = edition
	err := d.Group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		s, err := audience.Load(ctx, tx, id)
		if errors.Is(err, audience.ErrUnknown) {
			return nil // gone is gone
		}
		if err != nil {
			return err
		}
		if s, err = audience.Heir(ctx, tx, s); err != nil {
			return err
		}
		if err := audience.Leave(ctx, store.In(tx), s.ID, act); err != nil {
			return err
		}
		if !d.Goodbye || s.State != audience.Active && s.State != audience.Paused {
			return nil
		}
		return outbox.Put(ctx, tx, outbox.Letter{Kind: Goodbye, Address: s.Address, About: s.ID, Language: speak(s, language), Created: d.Now()})
	})
	d.stir()
	return err
}

// Choose writes down what a subscriber wants to get.
func (d *Desk) Choose(ctx context.Context, token string, c audience.Choice) error {
	return d.byPreferences(ctx, token, func(ctx context.Context, tx *sql.Tx, id int64) error {
		return audience.Choose(ctx, store.In(tx), id, c, d.byLink())
	})
}

// Pause stops the mail until a time.
func (d *Desk) Pause(ctx context.Context, token string, until time.Time) error {
	return d.byPreferences(ctx, token, func(ctx context.Context, tx *sql.Tx, id int64) error {
		return audience.Pause(ctx, store.In(tx), id, until, d.byLink())
	})
}

// Resume ends a pause.
func (d *Desk) Resume(ctx context.Context, token string) error {
	return d.byPreferences(ctx, token, func(ctx context.Context, tx *sql.Tx, id int64) error {
		return audience.Resume(ctx, store.In(tx), id, d.byLink())
	})
}

// MoveTo asks the owner of another address to confirm that it is to be the
// subscriber's. Whether somebody else has it, nobody learns.
func (d *Desk) MoveTo(ctx context.Context, token, address, origin, language string) error {
	s, err := d.View(ctx, token)
	if err != nil {
		return err
	}
	if s.State != audience.Active && s.State != audience.Paused {
		return ErrGone
	}
	return d.Ask(ctx, Request{Address: address, Origin: origin, Subscriber: s.ID, Words: speak(s, language)})
}

// byPreferences runs a change of one who is active or paused; ErrGone tells that
// she is not.
func (d *Desk) byPreferences(ctx context.Context, token string, f func(context.Context, *sql.Tx, int64) error) error {
	id, err := d.Tokens.Verify(token, audience.Preferences)
	if err != nil {
		return err
	}
	gone, err := store.Value(ctx, d.Group, func(ctx context.Context, tx *sql.Tx) (bool, error) {
		s, err := audience.Load(ctx, tx, id)
		if errors.Is(err, audience.ErrUnknown) || err == nil && s.State != audience.Active && s.State != audience.Paused {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		return false, f(ctx, tx, id)
	})
	if err == nil && gone {
		err = ErrGone
	}
	return err
}
