package delivery

import (
	"context"
	"database/sql"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Entry is a line of the log of what was done with editions.
type Entry struct {
	Time           time.Time
	Digest, Period string
	By             string // an editor's name; "command" and "schedule" if nobody gave one
	Action         string // one of those below
	Hash           string // of what subscribers would get, as an approval has it, or ""
	Detail         string // of one line
}

// What is done with editions.
const (
	DidApprove    = "approve"
	DidDisapprove = "withdraw approval"
	DidTest       = "test"
	DidSchedule   = "schedule"
	DidUnschedule = "unschedule"
	DidMiss       = "miss"
	DidSend       = "send"
	DidContinue   = "continue"
	DidPause      = "pause"
	DidResume     = "resume"
	DidCancel     = "cancel"
	DidRetry      = "retry"
	DidEnd        = "end"
)

// execer is a database or a transaction on it.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Note adds a line to the log, for good.
func Note(ctx context.Context, db execer, e Entry) error {
	_, err := db.ExecContext(ctx, `INSERT INTO edition_log (time, digest, period, actor, action, hash, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.Time.Unix(), e.Digest, e.Period, e.By, e.Action, e.Hash, e.Detail)
	return err
}

// Log gives the newest lines of a digest, or of one of its periods if that is not
// "", the oldest first; most says how many, 0 all. The database may have been opened
// for reading.
func Log(ctx context.Context, db *store.DB, digest, period string, most int) ([]Entry, error) {
	if ok, err := db.Has(ctx, "edition_log"); err != nil || !ok {
		return nil, err
	}
	if most == 0 {
		most = 1 << 30
	}
	rows, err := db.QueryContext(ctx, `SELECT time, digest, period, actor, action, hash, detail FROM (
			SELECT * FROM edition_log WHERE digest = $1 AND (period = $2 OR $2 = '') ORDER BY id DESC LIMIT $3) AS newest ORDER BY id`, digest, period, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan(&at, &e.Digest, &e.Period, &e.By, &e.Action, &e.Hash, &e.Detail); err != nil {
			return nil, err
		}
		e.Time = time.Unix(at, 0)
		all = append(all, e)
	}
	return all, rows.Err()
}
