package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Return is what a mail that came back says of a subscriber. Whoever makes one has
// proof that it is about her: a signed address or token, not what a mail claims.
type Return struct {
	// ID names what was said, in at most 64 characters: each is taken once.
	ID   string
	Kind ReturnKind

	Subscriber int64
	Edition    int64  // whose mail it was, or 0
	Address    string // that it went to, as far as it is known, or ""
	Detail     string // for the audit log, without personal data: "5.1.1"
}

// ReturnKind is what a Return asks for.
type ReturnKind int

// The kinds.
const (
	HardBounce ReturnKind = iota // the address is dead: bounced, and suppressed
	SoftBounce                   // a mail was not taken: counted, see softLimit
	Complaint                    // she called it spam: complained, and suppressed
	Farewell                     // she asks to be taken off: unsubscribed
)

// Effect is what a Return changed: the state that she has now ("bounced",
// "complained", "unsubscribed"), or one of those below.
type Effect string

// The effects besides new states.
const (
	Counted       Effect = "counted"        // one more soft bounce
	NoChange      Effect = "no change"      // she had left already, or the edition was counted
	TakenBefore   Effect = "taken before"   // the ID is known
	FormerAddress Effect = "former address" // it is about one that she gave up
	Stranger      Effect = "no subscriber"  // there is none of this number
)

// Take does what r asks for, in a transaction that keeps its ID, too.
func Take(ctx context.Context, db *store.DB, hashes *Suppressor, r Return, act Act) (e Effect, err error) {
	err = transact(ctx, db, func(tx *sql.Tx) error {
		e, err = TakeIn(ctx, tx, hashes, r, act)
		return err
	})
	return e, err
}

// TakeIn is Take in a transaction of the caller's, who commits it or, to see only
// what would be, does not.
func TakeIn(ctx context.Context, tx *sql.Tx, hashes *Suppressor, r Return, act Act) (Effect, error) {
	result, err := tx.ExecContext(ctx, `INSERT INTO returned (id, time) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, r.ID, act.Now.Unix())
	if err != nil {
		return "", err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return TakenBefore, err
	}
	s, err := locked(ctx, tx, "id", r.Subscriber)
	if errors.Is(err, ErrUnknown) {
		return Stranger, nil
	}
	if err != nil {
		return "", err
	}
	switch former, err := r.former(ctx, tx, s); {
	case err != nil:
		return "", err
	case former:
		return FormerAddress, nil
	}
	// A bounce is about the mail that it is of; what a person wants is about the address.
	if r.Kind == Complaint || r.Kind == Farewell {
		if s, err = Heir(ctx, tx, s); err != nil {
			return "", err
		}
	}
	return r.take(ctx, tx, hashes, s, act)
}

func (r Return) take(ctx context.Context, tx *sql.Tx, hashes *Suppressor, s Subscriber, act Act) (Effect, error) {
	act.Edition = r.Edition
	switch {
	case s.State == Erased, s.State == Complained:
		return NoChange, nil
	case r.Kind == Complaint:
		return r.become(ctx, tx, hashes, s, Complained, "complaint", act)
	case s.State == Unsubscribed:
		return NoChange, nil
	case r.Kind == Farewell:
		return r.become(ctx, tx, hashes, s, Unsubscribed, "unsubscribe", act)
	case s.State == Bounced:
		return NoChange, nil
	case r.Kind == HardBounce:
		return r.become(ctx, tx, hashes, s, Bounced, "bounce", act)
	}
	return r.count(ctx, tx, hashes, s, act)
}

// former reports whether a bounce is about an address that the subscriber has
// changed for another. Where she never did, a strange address is one that her mail
// is forwarded to.
func (r Return) former(ctx context.Context, tx *sql.Tx, s Subscriber) (bool, error) {
	if r.Kind != HardBounce && r.Kind != SoftBounce || r.Address == "" || key(r.Address) == key(s.Address) {
		return false, nil
	}
	var moves int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit WHERE subscriber_id = $1 AND action = 'move'`, s.ID).Scan(&moves)
	return moves > 0, err
}

// become gives a subscriber a state that only she herself can undo. The address
// stays out also if her row goes; of who unsubscribed the row is enough.
func (r Return) become(ctx context.Context, tx *sql.Tx, hashes *Suppressor, s Subscriber, state State, action string, act Act) (Effect, error) {
	if state != Unsubscribed {
		if err := hashes.suppress(ctx, tx, key(s.Address), state, act.Now); err != nil {
			return "", err
		}
	}
	if err := forgetSoft(ctx, tx, s.ID); err != nil {
		return "", err
	}
	_, err := tx.ExecContext(ctx, `UPDATE subscriber SET state = $1, paused_until = 0, changed = $2 WHERE id = $3`, string(state), act.Now.Unix(), s.ID)
	if err != nil {
		return "", err
	}
	return Effect(state), act.note(ctx, tx, action, s.ID, 0, fmt.Sprintf("%s to %s%s", s.State, state, r.about()))
}

// about is the detail for the audit log.
func (r Return) about() string {
	var text string
	if r.Detail != "" {
		text = "; " + r.Detail
	}
	if r.Edition != 0 {
		text += fmt.Sprintf("; edition %d", r.Edition)
	}
	return text
}

// keepReturned is how long the IDs of what was taken are kept.
const keepReturned = 180 * 24 * time.Hour

// ForgetReturned deletes what is too old to matter: IDs, and scores of soft bounces
// that have decayed.
func ForgetReturned(ctx context.Context, db *store.DB, now time.Time) error {
	return transact(ctx, db, func(tx *sql.Tx) error {
		for _, table := range []string{"returned", "soft_bounce"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE time < $1`, now.Add(-keepReturned).Unix()); err != nil {
				return err
			}
		}
		return nil
	})
}
