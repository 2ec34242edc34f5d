package audience

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Consent is the evidence that somebody wanted the mail.
type Consent struct {
	Time   time.Time
	Origin string // the network address of a form's sender, or "import list.csv"
	Text   string // what was agreed to, as it was shown; "" if nobody knows
}

// keep writes the evidence down. A subscriber of 0 is for all of a list.
func (c Consent) keep(ctx context.Context, tx *sql.Tx, subscriber int64) (id int64, err error) {
	var text int64
	// An update that changes nothing gives the id of a text that is there.
	err = tx.QueryRowContext(ctx,
		`INSERT INTO consent_text (text) VALUES ($1) ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING id`, c.Text).Scan(&text)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx,
		`INSERT INTO consent (subscriber_id, time, origin, text_id) VALUES ($1, $2, $3, $4) RETURNING id`,
		orNull(subscriber), c.Time.Unix(), c.Origin, text).Scan(&id)
	return id, err
}

// ConsentOf gives a subscriber's latest consent; ok is false if none is known,
// as of those who came before newsdesk kept it.
func ConsentOf(ctx context.Context, db *store.DB, id int64) (c Consent, ok bool, err error) {
	var at int64
	err = db.QueryRowContext(ctx, `SELECT c.time, c.origin, t.text FROM subscriber s
		JOIN consent c ON c.id = s.consent_id JOIN consent_text t ON t.id = c.text_id WHERE s.id = $1`, id).
		Scan(&at, &c.Origin, &c.Text)
	if errors.Is(err, sql.ErrNoRows) {
		return Consent{}, false, nil
	}
	c.Time = fromUnix(at)
	return c, err == nil, err
}
