package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Addition is what became of an address that was to be added.
type Addition int

// The additions.
const (
	Added   Addition = iota
	Known            // is there already, and stays as it is
	Refused          // has left, and stays away
)

// Signup is one address that is to be added.
type Signup struct {
	Address string // as ParseAddress reads it
	State   State  // Active, or Pending; "" is Active
	Choice
	Consent Consent // without a Time: now

	// Again takes back somebody who has left. Only the person herself may want
	// that, and Consent is the evidence.
	Again bool
}

// Add adds one address. If it is Refused, why says so.
func Add(ctx context.Context, db store.Transactor, hashes *Suppressor, s Signup, act Act) (what Addition, why string, err error) {
	address, name, err := ParseAddress(s.Address)
	if err != nil {
		return 0, "", fmt.Errorf("address: %w", err)
	}
	err = transact(ctx, db, func(tx *sql.Tx) error {
		what, why, err = s.add(ctx, tx, hashes, address, name, act)
		return err
	})
	return what, why, err
}

func (s Signup) add(ctx context.Context, tx *sql.Tx, hashes *Suppressor, address, name string, act Act) (Addition, string, error) {
	why, err := hashes.find(ctx, tx, key(address))
	if err != nil || why != "" && !s.Again {
		return Refused, why, err
	}
	old, err := locked(ctx, tx, "address_key", key(address))
	switch {
	case err == nil && old.State.Left() && !s.Again:
		return Refused, refusal(old.State, old.Changed), nil
	case err == nil && !old.State.Left():
		return Known, "", nil
	case err != nil && !errors.Is(err, ErrUnknown):
		return 0, "", err
	}
	if s.Consent.Time.IsZero() {
		s.Consent.Time = act.Now
	}
	if s.State == "" {
		s.State = Active
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE hash = $1`, hashes.hash(key(address))); err != nil {
		return 0, "", err
	}
	return Added, "", s.write(ctx, tx, address, name, old.State, act)
}

// write makes the row, or the row of one who has left anew.
func (s Signup) write(ctx context.Context, tx *sql.Tx, address, name string, old State, act Act) error {
	var id int64
	err := tx.QueryRowContext(ctx,
		`INSERT INTO subscriber (address, address_key, name, state, created, changed, topics, language, digests)
		VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)
		ON CONFLICT (address_key) DO UPDATE SET name = excluded.name, state = excluded.state, changed = excluded.changed,
			paused_until = 0, topics = excluded.topics, language = excluded.language, digests = excluded.digests
		RETURNING id`,
		address, key(address), name, string(s.State), act.Now.Unix(), words(s.Topics), s.Language, words(s.Digests)).Scan(&id)
	if err != nil {
		return err
	}
	consent, err := s.Consent.keep(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE subscriber SET consent_id = $1 WHERE id = $2`, consent, id); err != nil {
		return err
	}
	detail := string(s.State)
	if old != "" {
		detail = string(old) + " to " + detail
	}
	return act.note(ctx, tx, "add", id, consent, detail)
}

// Leave takes somebody off, for good. To do it again changes nothing, and
// it does not hide that somebody complained or was erased.
func Leave(ctx context.Context, db store.Transactor, id int64, act Act) error {
	return change(ctx, db, id, "unsubscribe", act, func(s *Subscriber) error {
		if s.State != Complained && s.State != Erased {
			s.State, s.Until = Unsubscribed, time.Time{}
		}
		return nil
	})
}

// Pause stops the mail to an active subscriber until a time, or until Resume if
// that is zero.
func Pause(ctx context.Context, db store.Transactor, id int64, until time.Time, act Act) error {
	return change(ctx, db, id, "pause", act, func(s *Subscriber) error {
		if s.State != Active && s.State != Paused {
			return fmt.Errorf("is %s (only who is active can pause)", s.State)
		}
		s.State, s.Until = Paused, until
		return nil
	})
}

// Resume ends a pause. Who is active stays so.
func Resume(ctx context.Context, db store.Transactor, id int64, act Act) error {
	return change(ctx, db, id, "resume", act, func(s *Subscriber) error {
		if s.State != Active && s.State != Paused {
			return fmt.Errorf("is %s (only who is paused can resume)", s.State)
		}
		s.State, s.Until = Active, time.Time{}
		return nil
	})
}

// Choose writes down what a subscriber wants to get.
func Choose(ctx context.Context, db store.Transactor, id int64, c Choice, act Act) error {
	return change(ctx, db, id, "choose", act, func(s *Subscriber) error {
		if s.State == Erased {
			return errors.New("is erased")
		}
		s.Choice = c
		return nil
	})
}

// change reads a subscriber, lets f change it, and writes and notes what
// differs then.
func change(ctx context.Context, db store.Transactor, id int64, action string, act Act, f func(*Subscriber) error) error {
	return transact(ctx, db, func(tx *sql.Tx) error {
		old, err := locked(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		s := old
		if err := f(&s); err != nil {
			return fmt.Errorf("%s: %w", old.Address, err)
		}
		detail := difference(old, s)
		if detail == "" {
			return nil
		}
		var until int64
		if !s.Until.IsZero() {
			until = s.Until.Unix()
		}
		_, err = tx.ExecContext(ctx,
			`UPDATE subscriber SET state = $1, paused_until = $2, topics = $3, language = $4, digests = $5, changed = $6 WHERE id = $7`,
			string(s.State), until, words(s.Topics), s.Language, words(s.Digests), act.Now.Unix(), id)
		if err != nil {
			return err
		}
		return act.note(ctx, tx, action, id, 0, detail)
	})
}

// difference says what two versions of a subscriber differ in, or "".
func difference(old, s Subscriber) string {
	var text string
	say := func(what, old, new string) {
		if old == new {
			return
		}
		if text != "" {
			text += "; "
		}
		text += what + fmt.Sprintf("%s to %s", orNone(old), orNone(new))
	}
	say("", string(old.State), string(s.State))
	if !s.Until.Equal(old.Until) {
		say("until ", day(old.Until), day(s.Until))
	}
	say("topics ", words(old.Topics), words(s.Topics))
	say("language ", old.Language, s.Language)
	say("digests ", words(old.Digests), words(s.Digests))
	return text
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// locked reads a subscriber whom nobody else then changes before tx ends, or
// ErrUnknown. The column is id or address_key.
func locked(ctx context.Context, tx *sql.Tx, column string, value any) (Subscriber, error) {
	s, err := scan(tx.QueryRowContext(ctx,
		`UPDATE subscriber SET changed = changed WHERE `+column+` = $1 RETURNING `+columnsOf, value))
	if errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, ErrUnknown
	}
	return s, err
}

// transact commits what f does, or nothing of it.
func transact(ctx context.Context, db store.Transactor, f func(*sql.Tx) error) error {
	return db.Do(ctx, func(_ context.Context, tx *sql.Tx) error { return f(tx) })
}
