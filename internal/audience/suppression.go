package audience

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Suppressor knows addresses that must never be written to again, without
// having them: it keeps an HMAC-SHA256 of each, by a key of its own. Whoever has
// the database can still try addresses one by one; without the key, as in a
// list of hashes alone, nobody can.
type Suppressor struct{ key []byte }

// OpenSuppressor loads the key, and at the first time makes it from random's bytes.
func OpenSuppressor(ctx context.Context, db *store.DB, random io.Reader) (*Suppressor, error) {
	key, err := openKey(ctx, db, "suppression_key", random)
	return &Suppressor{key}, err
}

// hash is the HMAC of an address's key.
func (s *Suppressor) hash(addressKey string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(addressKey))
	return h.Sum(nil)
}

// suppress keeps the address out. The first reason stays.
func (s *Suppressor) suppress(ctx context.Context, tx *sql.Tx, addressKey string, reason State, now time.Time) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO suppression (hash, reason, created) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
		s.hash(addressKey), string(reason), now.Unix())
	return err
}

// find says why an address is kept out, or "".
func (s *Suppressor) find(ctx context.Context, tx *sql.Tx, addressKey string) (string, error) {
	var reason State
	var created int64
	err := tx.QueryRowContext(ctx, `SELECT reason, created FROM suppression WHERE hash = $1`, s.hash(addressKey)).Scan(&reason, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return refusal(reason, fromUnix(created)), nil
}

// findAll says for a chunk of a list, by key, who is kept out and why.
func (s *Suppressor) findAll(ctx context.Context, db *store.DB, tx *sql.Tx, chunk []entry) (map[string]string, error) {
	keys := make(map[string]string, len(chunk)) // by hash
	args := make([]any, len(chunk))
	for i, e := range chunk {
		hash := s.hash(e.key)
		keys[string(hash)], args[i] = e.key, hash
	}
	rows, err := tx.QueryContext(ctx, `SELECT hash, reason, created FROM suppression WHERE hash IN `+db.Parameters(1, len(chunk)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	why := map[string]string{}
	for rows.Next() {
		var hash []byte
		var reason State
		var created int64
		if err := rows.Scan(&hash, &reason, &created); err != nil {
			return nil, err
		}
		why[keys[string(hash)]] = refusal(reason, fromUnix(created))
	}
	return why, rows.Err()
}

// refusal says why nobody may bring somebody back.
func refusal(s State, since time.Time) string {
	text := map[State]string{
		Unsubscribed: "unsubscribed on", Bounced: "does not exist any more; it bounced on",
		Complained: "complained on", Erased: "asked to be erased on",
	}[s]
	return text + " " + since.Format(time.DateOnly)
}

// openKey loads a key from the settings, and at the first time makes it.
func openKey(ctx context.Context, db *store.DB, name string, random io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("setting %s: %w", name, err)
	}
	// Two processes may be here at once: the first one's key is everybody's.
	_, err := db.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, key)
	if err != nil {
		return nil, err
	}
	if err := db.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&key); err != nil {
		return nil, err
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("setting %s: %d octets in the database, want %d", name, len(key), keySize)
	}
	return key, nil
}
