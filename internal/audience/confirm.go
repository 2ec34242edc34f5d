package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/medigy/newsdesk/internal/store"
)

// ErrTaken says that an address belongs to another subscriber.
var ErrTaken = errors.New("this address belongs to another subscriber")

// Load gives the subscriber whom a token names as a transaction sees her, or
// ErrUnknown.
func Load(ctx context.Context, tx *sql.Tx, id int64) (Subscriber, error) {
	s, err := scan(tx.QueryRowContext(ctx, `SELECT `+columnsOf+` FROM subscriber WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, ErrUnknown
	}
	return s, err
}

// Standing tells what is known of an address, as ParseAddress gives it: the
// subscriber who has it, or the zero Subscriber, and her state. The state is of
// somebody of whom only the hash was kept, too, and "" of one nobody knows.
func Standing(ctx context.Context, tx *sql.Tx, hashes *Suppressor, address string) (Subscriber, State, error) {
	s, err := scan(tx.QueryRowContext(ctx, `SELECT `+columnsOf+` FROM subscriber WHERE address_key = $1`, key(address)))
	if err == nil {
		return s, s.State, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, "", err
	}
	var state State
	err = tx.QueryRowContext(ctx, `SELECT reason FROM suppression WHERE hash = $1`, hashes.hash(key(address))).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return Subscriber{}, state, err
}

// Confirmed makes an address that its owner has confirmed an active subscriber
// with s's choice, whatever it was before; who is active or paused stays as she is.
func Confirmed(ctx context.Context, tx *sql.Tx, hashes *Suppressor, s Signup, act Act) (id int64, err error) {
	s.State, s.Again = Active, true
	if _, _, err := Add(ctx, store.In(tx), hashes, s, act); err != nil {
		return 0, err
	}
	address, _, err := ParseAddress(s.Address)
	if err != nil {
		return 0, err
	}
	now, err := locked(ctx, tx, "address_key", key(address))
	if err != nil || now.State != Pending {
		return now.ID, err
	}
	consent, err := s.Consent.keep(ctx, tx, now.ID)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx,
		`UPDATE subscriber SET state = 'active', topics = $1, language = $2, digests = $3, consent_id = $4, changed = $5 WHERE id = $6`,
		words(s.Topics), s.Language, words(s.Digests), consent, act.Now.Unix(), now.ID)
	if err != nil {
		return 0, err
	}
	return now.ID, act.note(ctx, tx, "confirm", now.ID, consent, "pending to active")
}

// Move gives a subscriber another address, which its owner has confirmed, and
// gives the old one. Who has left with that address before makes way for her: that
// row stays, as evidence of what was and until the address is given up again. It fails
// with ErrTaken if another subscriber has it who has not left, and if this one has.
func Move(ctx context.Context, tx *sql.Tx, hashes *Suppressor, id int64, address string, act Act) (old string, err error) {
	address, _, err = ParseAddress(address)
	if err != nil {
		return "", fmt.Errorf("address: %w", err)
	}
	s, err := locked(ctx, tx, "id", id)
	if err != nil {
		return "", err
	}
	if s.State != Active && s.State != Paused {
		return "", fmt.Errorf("subscriber %d is %s (only who is active or paused can move)", id, s.State)
	}
	if err := makeWay(ctx, tx, hashes, id, key(address), act); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE hash = $1`, hashes.hash(key(address))); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `UPDATE subscriber SET address = $1, address_key = $2, changed = $3 WHERE id = $4`, address, key(address), act.Now.Unix(), id)
	if err != nil {
		return "", err
	}
	if err := comeBack(ctx, tx, hashes, key(s.Address)); err != nil {
		return "", err
	}
	return s.Address, act.note(ctx, tx, "move", id, 0, "another address")
}

// CleanName makes a name one line without control characters, or says what is
// wrong with it.
func CleanName(s string) (string, error) { return cleanName(s) }
