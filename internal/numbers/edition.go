package numbers

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Edition is how a frozen edition stands, and what its readers did about it:
//
//	Audience = Accepted + Failed + Uncertain + Skipped + Pending
type Edition struct {
	Digest string    `json:"digest"`
	Period string    `json:"period"`
	State  string    `json:"state"` // as delivery.EditionState
	Frozen time.Time `json:"frozen"`

	Audience  int `json:"audience"`
	Accepted  int `json:"accepted"`
	Failed    int `json:"failed"`
	Uncertain int `json:"uncertain"`
	Skipped   int `json:"skipped"`
	Pending   int `json:"pending"`
	Deferred  int `json:"deferred"` // of Pending: were refused for now

	Unsubscribed int `json:"unsubscribed"` // by a link in this edition
	Complained   int `json:"complained"`
	Bounced      int `json:"bounced"` // the address was dead
	Soft         int `json:"soft_bounces"`

	LastAccepted time.Time `json:"last_accepted,omitzero"`

	id int64
}

// Name gives "weekly/2021-W39".
func (e *Edition) Name() string { return e.Digest + "/" + e.Period }

// BounceRate is the share of those tried whose address was dead.
func (e *Edition) BounceRate() float64 { return share(e.Bounced, e.Accepted+e.Failed+e.Uncertain) }

// ComplaintRate is the share of those reached who called it spam.
func (e *Edition) ComplaintRate() float64 { return share(e.Complained, e.Accepted) }

// UnsubscribeRate is the share of those reached who left by it.
func (e *Edition) UnsubscribeRate() float64 { return share(e.Unsubscribed, e.Accepted) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// ErrNotFrozen says that there is no edition to count.
var ErrNotFrozen = errors.New("nothing of it was sent, nor frozen to be sent")

// ErrOld says that the tables of this package are not there yet.
var ErrOld = errors.New("an older newsdesk made the database; newsdesk stats brings it up to date")

// check fails with ErrOld if a database that was opened for reading has not all
// tables that this package reads.
func check(ctx context.Context, db *store.DB) error {
	ok, err := db.Has(ctx, "edition_numbers")
	if err == nil && !ok {
		err = ErrOld
	}
	return err
}

// Editions gives the editions that were frozen last, at most limit of them, the
// oldest first: those of one digest, or with "" of all.
func Editions(ctx context.Context, db *store.DB, digest string, limit int) ([]Edition, error) {
	return attributed(ctx, db, `$1 = '' OR e.digest = $1`, limit, digest)
}

// find gives one edition, or ErrNotFrozen.
func find(ctx context.Context, db *store.DB, digest, period string) (Edition, error) {
	all, err := attributed(ctx, db, `e.digest = $1 AND e.period = $2`, 1, digest, period)
	if err != nil {
		return Edition{}, err
	}
	if len(all) == 0 {
		return Edition{}, fmt.Errorf("edition %s/%s: %w", digest, period, ErrNotFrozen)
	}
	return all[0], nil
}

// attributed gives editions with what came of them.
func attributed(ctx context.Context, db *store.DB, where string, limit int, args ...any) ([]Edition, error) {
	all, err := editions(ctx, db, where, limit, args...)
	if err != nil {
		return nil, err
	}
	return all, attribute(ctx, db, all)
}

// editions gives editions as the tallies have them.
func editions(ctx context.Context, db *store.DB, where string, limit int, args ...any) ([]Edition, error) {
	var all []Edition
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT e.id, e.digest, e.period, e.state, e.date, e.audience,
			COALESCE(SUM(t.accepted), 0), COALESCE(SUM(t.failed), 0), COALESCE(SUM(t.uncertain), 0),
			COALESCE(SUM(t.skipped), 0), COALESCE(SUM(t.deferred), 0), COALESCE(MAX(t.accepted_at), 0)
		FROM (SELECT e.id, e.digest, e.period, e.state, e.date, e.audience FROM edition e WHERE %s ORDER BY e.id DESC LIMIT %d) AS e
		LEFT JOIN tally t ON t.edition_id = e.id
		GROUP BY e.id, e.digest, e.period, e.state, e.date, e.audience ORDER BY e.id`, where, limit), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Edition
		var date string
		var accepted int64
		if err := rows.Scan(&e.id, &e.Digest, &e.Period, &e.State, &date, &e.Audience,
			&e.Accepted, &e.Failed, &e.Uncertain, &e.Skipped, &e.Deferred, &accepted); err != nil {
			return nil, err
		}
		if e.Frozen, err = time.Parse(time.RFC3339, date); err != nil {
			return nil, fmt.Errorf("edition %s in the database: %w", e.Name(), err)
		}
		if accepted > 0 {
			e.LastAccepted = time.Unix(accepted, 0).In(e.Frozen.Location())
		}
		e.Pending = e.Audience - e.Accepted - e.Failed - e.Uncertain - e.Skipped
		all = append(all, e)
	}
	return all, rows.Err()
}

// attribute tells what came of the editions: changes of subscribers whose links or
// returned mails name one.
func attribute(ctx context.Context, db *store.DB, all []Edition) error {
	for i := range all {
		e := &all[i]
		rows, err := db.QueryContext(ctx, `SELECT action, COUNT(*) FROM audit WHERE edition_id = $1 GROUP BY action`, e.id)
		if err != nil {
			return err
		}
		counts := map[string]*int{"unsubscribe": &e.Unsubscribed, "complaint": &e.Complained, "bounce": &e.Bounced, "soft bounce": &e.Soft}
		for rows.Next() {
			var action string
			var n int
			if err := rows.Scan(&action, &n); err != nil {
				return errors.Join(err, rows.Close())
			}
			if field := counts[action]; field != nil {
				*field = n
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// subject gives the subject line of an edition.
func subject(ctx context.Context, db *store.DB, e *Edition) (string, error) {
	var data []byte
	if err := db.QueryRowContext(ctx, `SELECT issue FROM edition WHERE id = $1`, e.id).Scan(&data); err != nil {
		return "", err
	}
	var issue struct{ Subject string }
	err := json.Unmarshal(data, &issue)
	return issue.Subject, err
}

// tally is what the ledger's numbers stood at, to see whether they moved.
func (e *Edition) tally() string {
	return fmt.Sprintf("%s %d %d %d %d %d %d", e.Frozen.Format(time.RFC3339), e.Audience, e.Accepted, e.Failed, e.Uncertain, e.Skipped, e.LastAccepted.Unix())
}

// over reports whether nothing more comes of the sending.
func (e *Edition) over() bool { return (e.State == "done" || e.State == "cancelled") && e.Pending == 0 }

// details gives what the ledger's rows say of an edition: as it was kept, or
// counted now.
func (e *Edition) details(ctx context.Context, db *store.DB) (*Details, error) {
	if d, err := e.kept(ctx, db); d != nil || err != nil {
		return d, err
	}
	return e.read(ctx, db)
}

func (e *Edition) kept(ctx context.Context, db *store.DB) (*Details, error) {
	if !e.over() {
		return nil, nil
	}
	var data []byte
	err := db.QueryRowContext(ctx, `SELECT data FROM edition_numbers WHERE edition_id = $1 AND tally = $2`, e.id, e.tally()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := new(Details)
	if json.Unmarshal(data, d) != nil {
		return nil, nil // of another newsdesk: counted again
	}
	return d, nil
}

// KeepEdition counts the rows of an edition that is over, if they are not counted as
// they are now, and keeps what it found: its report is then there at once. Of one that
// is being sent, or that there is not, nothing is kept.
func KeepEdition(ctx context.Context, db *store.DB, digest, period string) error {
	all, err := editions(ctx, db, `e.digest = $1 AND e.period = $2`, 1, digest, period)
	if err != nil || len(all) == 0 || !all[0].over() {
		return err
	}
	e := &all[0]
	if d, err := e.kept(ctx, db); d != nil || err != nil {
		return err
	}
	d, err := e.read(ctx, db)
	if err != nil {
		return err
	}
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `INSERT INTO edition_numbers (edition_id, tally, data) VALUES ($1, $2, $3)
		ON CONFLICT (edition_id) DO UPDATE SET tally = excluded.tally, data = excluded.data`, e.id, e.tally(), data)
	return err
}
