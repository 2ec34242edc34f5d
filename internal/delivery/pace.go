package delivery

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Pace measures how fast a process sends: from the first message that a server took
// to the last, so that waiting at the end does not count. It is for Options.Progress.
type Pace struct {
	accepted    int
	first, last time.Time
}

// Tell takes an outcome and the time that it came at.
func (p *Pace) Tell(o Outcome, at time.Time) {
	if o.State != Accepted {
		return
	}
	if p.accepted++; p.accepted == 1 {
		p.first = at
	}
	p.last = at
}

// least is with how many messages a measurement says something.
const least = 20

// Keep writes down what was measured, for PaceOf. Of a few messages nothing is.
func (p *Pace) Keep(ctx context.Context, db *store.DB, digest, period string) error {
	if p.accepted < least {
		return nil
	}
	_, err := db.ExecContext(ctx, `INSERT INTO edition_run (digest, period, time, accepted, millis) VALUES ($1, $2, $3, $4, $5)`,
		digest, period, p.last.Unix(), p.accepted, max(1, p.last.Sub(p.first).Milliseconds()))
	return err
}

// PaceOf gives how many messages a second the newest measured edition of a digest
// was sent with, by all processes together, or 0 if none was. The database may have
// been opened for reading.
func PaceOf(ctx context.Context, db *store.DB, digest string) (perSecond float64, err error) {
	if ok, err := db.Has(ctx, "edition_run"); err != nil || !ok {
		return 0, err
	}
	var accepted, millis int64
	err = db.QueryRowContext(ctx, `SELECT SUM(accepted), MAX(millis) FROM edition_run
		WHERE digest = $1 AND period = (SELECT period FROM edition_run WHERE digest = $1 ORDER BY id DESC LIMIT 1) GROUP BY digest`, digest).Scan(&accepted, &millis)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return float64(accepted) * 1000 / float64(max(millis, 1)), err
}
