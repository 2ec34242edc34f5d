package delivery

import (
	"context"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Underway gives the editions of which something is left to be sent, paused ones
// too, in the order in which they were frozen. The database may have been opened for
// reading; of one that an older newsdesk made nothing is told.
func Underway(ctx context.Context, db *store.DB) ([]Key, error) {
	if ok, err := db.Has(ctx, "edition_log"); err != nil || !ok {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT digest, period FROM edition WHERE state IN ('frozen', 'sending', 'paused') ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Key
	for rows.Next() {
		var k Key
		if err := rows.Scan(&k.Digest, &k.Period); err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, rows.Err()
}

// Newest tells whether anything has happened since it was asked last, whichever
// process did it: the numbers of the newest edition that was frozen and of the newest
// line of the log, 0 without any.
func Newest(ctx context.Context, db *store.DB) (frozen, line int64, err error) {
	if ok, err := db.Has(ctx, "edition_log"); err != nil || !ok {
		return 0, 0, err
	}
	err = db.QueryRowContext(ctx, `SELECT COALESCE((SELECT MAX(id) FROM edition), 0), COALESCE((SELECT MAX(id) FROM edition_log), 0)`).Scan(&frozen, &line)
	return frozen, line, err
}

// Key names an edition.
type Key struct{ Digest, Period string }

func (k Key) String() string { return k.Digest + "/" + k.Period }

// BrokenRelay is a mail server that is left alone for a while.
type BrokenRelay struct {
	Name, Reason string
	Until        time.Time
}

// BrokenRelays gives those that are left alone at a time, by name.
func BrokenRelays(ctx context.Context, db *store.DB, now time.Time) ([]BrokenRelay, error) {
	rows, err := db.QueryContext(ctx, `SELECT name, reason, until FROM relay WHERE failures > 0 AND until > $1 ORDER BY name`, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []BrokenRelay
	for rows.Next() {
		var r BrokenRelay
		var until int64
		if err := rows.Scan(&r.Name, &r.Reason, &until); err != nil {
			return nil, err
		}
		r.Until = time.UnixMilli(until)
		all = append(all, r)
	}
	return all, rows.Err()
}
