package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// State says whether a subscriber gets mail.
type State string

// The states. Unsubscribed is for good, until the person subscribes again.
const (
	Subscribed   State = "subscribed"
	Unsubscribed State = "unsubscribed"
)

// Subscriber is one address and what is known of it.
type Subscriber struct {
	ID      int64
	Address string // name@example.org, the domain in lower case ASCII
	Name    string // one line, in any script; or ""
	State   State
	Created time.Time
}

// Addition is what became of an address that was to be added.
type Addition int

// The additions.
const (
	Added      Addition = iota
	Known               // was subscribed already
	Suppressed          // had unsubscribed, and stays so
)

// Add subscribes one address, written as ParseAddress reads it.
func Add(ctx context.Context, db *store.DB, address string, now time.Time) (Addition, error) {
	address, name, err := ParseAddress(address)
	if err != nil {
		return 0, fmt.Errorf("address: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	added, err := insert(ctx, tx, address, name, now)
	if err != nil {
		return 0, err
	}
	return added, tx.Commit()
}

func insert(ctx context.Context, tx *sql.Tx, address, name string, now time.Time) (Addition, error) {
	result, err := tx.ExecContext(ctx,
		`INSERT INTO subscriber (address, address_key, name, state, created, changed)
		VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (address_key) DO NOTHING`,
		address, key(address), name, Subscribed, now.Unix())
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return Added, err
	}
	var state State
	if err := tx.QueryRowContext(ctx, `SELECT state FROM subscriber WHERE address_key = $1`, key(address)).Scan(&state); err != nil {
		return 0, err
	}
	if state == Unsubscribed {
		return Suppressed, nil
	}
	return Known, nil
}

// ErrUnknown says that no subscriber has an address.
var ErrUnknown = errors.New("no subscriber has this address")

// Remove unsubscribes an address, or ErrUnknown. It stays in the database, so
// that no import brings it back. To remove it again changes nothing.
func Remove(ctx context.Context, db *store.DB, address string, now time.Time) error {
	address, _, err := ParseAddress(address)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	result, err := db.ExecContext(ctx,
		`UPDATE subscriber SET state = $1, changed = CASE state WHEN $1 THEN changed ELSE $2 END WHERE address_key = $3`,
		Unsubscribed, now.Unix(), key(address))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", address, ErrUnknown)
}

// Address gives the address of a subscriber, or ErrUnknown.
func Address(ctx context.Context, db *store.DB, id int64) (string, error) {
	var address string
	err := db.QueryRowContext(ctx, `SELECT address FROM subscriber WHERE id = $1`, id).Scan(&address)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknown
	}
	return address, err
}

// pageSize is how many subscribers List holds at a time.
const pageSize = 500

// List gives all subscribers, of every state, in the order in which they came.
// The caller may use db meanwhile.
func List(ctx context.Context, db *store.DB) iter.Seq2[Subscriber, error] {
	return func(yield func(Subscriber, error) bool) {
		for last := int64(0); ; {
			page, err := list(ctx, db, last)
			if err != nil {
				yield(Subscriber{}, err)
				return
			}
			for _, s := range page {
				if !yield(s, nil) {
					return
				}
				last = s.ID
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

func list(ctx context.Context, db *store.DB, after int64) ([]Subscriber, error) {
	rows, err := db.QueryContext(ctx,
		`SELECT id, address, name, state, created FROM subscriber WHERE id > $1 ORDER BY id LIMIT $2`, after, pageSize)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []Subscriber
	for rows.Next() {
		var s Subscriber
		var created int64
		if err := rows.Scan(&s.ID, &s.Address, &s.Name, &s.State, &created); err != nil {
			return nil, err
		}
		s.Created = time.Unix(created, 0).UTC()
		page = append(page, s)
	}
	return page, rows.Err()
}
