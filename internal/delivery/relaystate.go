package delivery

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// loadRelays gives the relays the state that an earlier process left. A circuit
// that was open is half open: one connection tries first, and once.
func (e *engine) loadRelays(ctx context.Context) error {
	for _, r := range e.relays {
		var err error
		if r.number, err = e.ledger.relayNumber(ctx, r.Name); err != nil {
			return err
		}
		var until int64
		var reason string
		err = e.ledger.db.QueryRowContext(ctx, e.ledger.bind(`SELECT failures, until, reason FROM relay WHERE name = ?`), r.Name).
			Scan(&r.failures, &until, &reason)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		if r.failures > 0 {
			r.last = errors.New(reason)
		}
		if e.Stay {
			r.until = restUntil(until, e.Now())
		}
	}
	return nil
}

// restUntil reads until when a relay is left alone. No longer than is usual: a clock
// that was ahead has written what is far away now.
func restUntil(milli int64, now time.Time) time.Time {
	if until := time.UnixMilli(milli); until.Before(now.Add(maxRest)) {
		return until
	}
	return now.Add(maxRest)
}

// relayNumber gives the number by which the ledger names a relay.
func (l *ledger) relayNumber(ctx context.Context, name string) (number int64, err error) {
	// The update changes nothing, but lets the statement return the row.
	err = l.db.QueryRowContext(ctx, l.bind(`INSERT INTO relay_number (name) VALUES (?)
		ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`), name).Scan(&number)
	return number, err
}

// saveRelay writes a relay's state down. That is for the next process; where it
// fails, the ledger can't be written either, which is told there.
func (e *engine) saveRelay(ctx context.Context, r *relay) {
	var until int64
	reason := ""
	if r.failures > 0 && r.last != nil {
		until, reason = r.until.UnixMilli(), r.last.Error()
	}
	_, _ = e.ledger.db.ExecContext(context.WithoutCancel(ctx), e.ledger.bind(`INSERT INTO relay (name, failures, until, reason) VALUES (?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, until = excluded.until, reason = excluded.reason`),
		r.Name, r.failures, until, reason)
}
