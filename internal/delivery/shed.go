package delivery

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// maxParked is how many rows a worker keeps that wait for their domains. Those of a
// large provider that are more go back into the ledger until their turn has come, so
// that a worker needs no more memory and finds the rows behind them.
const maxParked = 4 * maxShard

// keepTime is what is kept of one domain, at its pace; and not less than keepLeast.
const (
	keepTime  = 30 * time.Second
	keepLeast = 16
)

// returned is a row that goes back until it is due.
type returned struct {
	*row
	due int64
}

// shed gives rows back that wait, if there are too many.
func (e *engine) shed(ctx context.Context) error {
	e.mu.Lock()
	var back []returned
	if e.domains != nil && e.domains.parked > maxParked {
		back = e.domains.surplus(e.place, e.Now())
	}
	e.mu.Unlock()
	for some := range slices.Chunk(back, maxShard) {
		if err := e.ledger.giveBack(ctx, some); err != nil {
			return err
		}
	}
	if len(back) == 0 {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range back {
		if r.shard.open--; r.shard.open == 0 {
			e.spent = append(e.spent, r.shard)
		}
	}
	e.nudge()
	return nil
}

// surplus takes the rows out that will not go soon, with the time of each: as they
// would at the pace that the domain has now.
func (d *domains) surplus(p place, now time.Time) (back []returned) {
	fair := maxParked
	for fair > keepLeast && d.parked-len(back) > maxParked/2 {
		fair /= 2 // the large ones first
		for name, one := range d.byName {
			if one.name != name {
				continue
			}
			between := step(p.workers, one.limit.Rate, one.rate)
			keep := max(fair, keepLeast)
			if between > 0 {
				keep = max(keepLeast, min(keep, int(keepTime/between)))
			} else {
				between = time.Second // only its connections are limited: who knows
			}
			for _, r := range one.rows[min(keep, len(one.rows)):] {
				if soon := now.Add(time.Duration(keep) * between); one.later.Before(soon) {
					one.later = soon
				}
				one.later = one.later.Add(between)
				back = append(back, returned{r, one.later.Unix()})
			}
			one.rows = slices.Clone(one.rows[:min(keep, len(one.rows))])
		}
	}
	d.parked -= len(back)
	return back
}

// giveBack writes that leased rows wait for their turn. What was refused before keeps
// its reason.
func (l *ledger) giveBack(ctx context.Context, rows []returned) error {
	return l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		args := make([]any, 0, 1+3*len(rows))
		args = append(args, l.now().Unix())
		for _, r := range rows {
			args = append(args, r.id, r.shard.id, r.due)
		}
		written, err := l.ids(ctx, tx, `UPDATE delivery SET state = 'deferred', due = v.column3, changed = ?
			FROM (VALUES `+values(len(rows), "BIGINT", "BIGINT", "BIGINT")+`) AS v
			WHERE delivery.id = v.column1 AND delivery.shard_id = v.column2 AND delivery.state = 'leased' RETURNING delivery.id`, args...)
		if err != nil {
			return err
		}
		return l.tally(ctx, tx, counts{deferred: len(written)})
	})
}

// recall lets those wait no longer who were given back by an earlier run: its limits
// may not be this one's. Whoever is still too much is given back anew.
func (l *ledger) recall(ctx context.Context) error {
	_, err := l.db.ExecContext(ctx, l.bind(`UPDATE delivery SET due = ? WHERE id IN (SELECT id FROM delivery
		WHERE edition_id = ? AND state IN ('pending', 'deferred') AND due > ?) AND tries = 0`), max(1, l.now().Unix()), l.edition, l.now().Unix())
	return err
}
