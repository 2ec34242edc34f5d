package outbox

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Letter is a mail that is to be sent.
type Letter struct {
	ID       int64
	Kind     string
	Address  string    // to whom
	About    int64     // what Kind says: a sign-up, a subscriber
	Language string    // of its words, BCP 47; "" is the site's
	Created  time.Time // to the second
	Tries    int       // that failed

	due int64
}

// Put puts a letter into the outbox; its Created is when.
func Put(ctx context.Context, tx *sql.Tx, l Letter) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO outbox (kind, address, address_key, about, language, created, due) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
		l.Kind, l.Address, key(l.Address), l.About, l.Language, l.Created.Unix())
	return err
}

// Recent gives what the letters of some kinds are about that were put for an address
// since a time, at most Kept ago, and counts those for all addresses of its mailbox,
// with any +tag.
func Recent(ctx context.Context, tx *sql.Tx, address string, since time.Time, kinds ...string) (about []int64, mailbox int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT kind, address, about FROM outbox WHERE address_key = $1 AND created > $2`, key(address), since.Unix())
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, to string
		var id int64
		if err := rows.Scan(&kind, &to, &id); err != nil {
			return nil, 0, err
		}
		if !slices.Contains(kinds, kind) {
			continue
		}
		mailbox++
		if strings.EqualFold(to, address) {
			about = append(about, id)
		}
	}
	return about, mailbox, rows.Err()
}

// Kept is how long it is known who was sent what.
const Kept = 48 * time.Hour

// purge forgets old letters that wait for nothing.
func purge(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE state <> 'queued' AND created < $1`, now.Add(-Kept).Unix())
	return err
}

// batch is how many letters are taken at a time.
const batch = 20

// take gives letters that are due and keeps others from taking them for some
// time.
func take(ctx context.Context, tx *sql.Tx, now time.Time, lease time.Duration) ([]Letter, error) {
	found, err := due(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	taken := found[:0]
	for _, l := range found {
		until := now.Add(lease).Unix()
		result, err := tx.ExecContext(ctx, `UPDATE outbox SET due = $1 WHERE id = $2 AND state = 'queued' AND due = $3`, until, l.ID, l.due)
		if err != nil {
			return nil, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return nil, err
		}
		if l.due = until; n == 1 {
			taken = append(taken, l)
		}
	}
	return taken, nil
}

func due(ctx context.Context, tx *sql.Tx, now time.Time) (found []Letter, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, kind, address, about, language, created, due, tries FROM outbox
		WHERE state = 'queued' AND due <= $1 ORDER BY due, id LIMIT $2`, now.Unix(), batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Letter
		var created int64
		if err := rows.Scan(&l.ID, &l.Kind, &l.Address, &l.About, &l.Language, &created, &l.due, &l.Tries); err != nil {
			return nil, err
		}
		l.Created = time.Unix(created, 0)
		found = append(found, l)
	}
	return found, rows.Err()
}

// nextDue tells when a letter is due next; ok is false if none waits.
func nextDue(ctx context.Context, tx *sql.Tx) (at time.Time, ok bool, err error) {
	var seconds int64
	err = tx.QueryRowContext(ctx, `SELECT due FROM outbox WHERE state = 'queued' ORDER BY due LIMIT 1`).Scan(&seconds)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return time.Unix(seconds, 0), err == nil, err
}

// Queue is how many letters wait to be sent, and since when the oldest of them.
type Queue struct {
	Letters int
	Oldest  time.Time // zero if there is none
}

// Waiting tells how many letters wait.
func Waiting(ctx context.Context, db *store.DB) (q Queue, err error) {
	var oldest sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT COUNT(*), MIN(created) FROM outbox WHERE state = 'queued'`).Scan(&q.Letters, &oldest)
	if oldest.Valid {
		q.Oldest = time.Unix(oldest.Int64, 0)
	}
	return q, err
}

// outcome is what became of a try.
type outcome struct {
	state  string
	reason string
	due    time.Time // of a letter that is still queued
}

// settle writes an outcome down, unless the letter was taken away meanwhile.
func settle(ctx context.Context, tx *sql.Tx, l Letter, o outcome) error {
	failed := 0
	if o.state != "sent" {
		failed = 1
	}
	at := l.due
	if o.state == "queued" {
		at = o.due.Unix()
	}
	_, err := tx.ExecContext(ctx,
		`UPDATE outbox SET state = $1, reason = $2, due = $3, tries = tries + $4 WHERE id = $5 AND due = $6`,
		o.state, o.reason, at, failed, l.ID, l.due)
	return err
}

// key is what addresses of one mailbox have in common: jane+news@example.org is
// read by jane@example.org (RFC 5233), j.ane@googlemail.com by jane@gmail.com, and
// whoever wants to fill her mailbox can think of any number of tags and dots.
func key(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, domain = strings.ReplaceAll(local, ".", ""), "gmail.com"
	}
	return local + "@" + domain
}
