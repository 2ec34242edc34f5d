package audience

import (
	"context"
	"database/sql"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Act is who changes something, and when: every change is in the audit log.
type Act struct {
	By  string // "command by root", "link"; no address
	Now time.Time

	// Edition is whose mail brought it about, where that is known, or 0.
	Edition int64
}

// Event is one row of the audit log. It has no personal data.
type Event struct {
	Time   time.Time
	By     string
	Action string // "add", "import", "unsubscribe", …
	Detail string // "active to paused"
}

// note writes one row. A subscriber or consent of 0 is none.
func (a Act) note(ctx context.Context, tx *sql.Tx, action string, subscriber, consent int64, detail string) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO audit (time, actor, action, subscriber_id, consent_id, detail, edition_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.Now.Unix(), a.By, action, orNull(subscriber), orNull(consent), detail, orNull(a.Edition))
	return err
}

func orNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

// History gives what happened to a subscriber, the oldest first. That she came
// with a list her consent tells: see ConsentOf.
func History(ctx context.Context, db *store.DB, id int64) ([]Event, error) {
	rows, err := db.QueryContext(ctx,
		`SELECT time, actor, action, detail FROM audit WHERE subscriber_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Event
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.By, &e.Action, &e.Detail); err != nil {
			return nil, err
		}
		e.Time = fromUnix(at)
		all = append(all, e)
	}
	return all, rows.Err()
}
