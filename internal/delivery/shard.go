package delivery

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// shard is some hundred deliveries that this worker leased at once. Its id is
// the fencing number: every write names it.
type shard struct {
	id       int64
	open     int       // rows without an outcome; the engine's lock guards it
	deadline time.Time // by this machine's clock; the engine's lock guards it
	fenced   bool      // others have taken it; lead's alone
}

// left gives how long the lease is still to be trusted. The wall clock is asked too:
// that of the process stands still while the machine sleeps.
func (s *shard) left(now time.Time) time.Duration {
	return min(s.deadline.Sub(now), s.deadline.Round(0).Sub(now.Round(0)))
}

// A lease ends by itself after leaseTime, so that what a machine had that went
// away is sent by others. Its worker renews it in time, and does not trust its
// last tenth. Clocks are never compared, which may be hours apart, or be set: others
// take a lease for over that they have seen for leaseTime without a change.
const leaseTime = time.Minute

var errFenced = errors.New("another worker has the delivery: this one was taken for dead")

// claim leases up to n deliveries that are due.
func (l *ledger) claim(ctx context.Context, n int) (rows []*row, err error) {
	begun := l.now()
	s := &shard{deadline: begun.Add(l.leaseTime * 9 / 10)}
	err = l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		expires := begun.Add(l.leaseTime).UnixMilli()
		err := tx.QueryRowContext(ctx, l.bind(`INSERT INTO shard (edition_id, worker, expires, first_id, last_id) VALUES (?, ?, ?, 0, 0) RETURNING id`),
			l.edition, l.worker, expires).Scan(&s.id)
		if err != nil {
			return err
		}
		var deferred int
		if rows, deferred, err = l.lease(ctx, tx, s, n); err != nil || len(rows) == 0 {
			return errors.Join(err, errNothing)
		}
		first, last := rows[0].id, rows[0].id
		for _, r := range rows {
			first, last = min(first, r.id), max(last, r.id)
		}
		if _, err := tx.ExecContext(ctx, l.bind(`UPDATE shard SET first_id = ?, last_id = ? WHERE id = ?`), first, last, s.id); err != nil {
			return err
		}
		return l.tally(ctx, tx, counts{deferred: -deferred})
	})
	if errors.Is(err, errNothing) {
		return nil, nil // and the shard is rolled back
	}
	s.open = len(rows)
	return rows, err
}

var errNothing = errors.New("nothing to claim")

// lease takes the deliveries for a shard, those that were deferred last.
func (l *ledger) lease(ctx context.Context, tx *sql.Tx, s *shard, n int) (rows []*row, deferred int, err error) {
	lock := ""
	if l.db.IsPostgres() {
		lock = " FOR UPDATE SKIP LOCKED"
		// As long as PostgreSQL has no statistics of an edition that was just frozen,
		// it would rather sort all rows than read the index in its order.
		if _, err := tx.ExecContext(ctx, `SET LOCAL enable_sort = off`); err != nil {
			return nil, 0, err
		}
	}
	// RETURNING gives the new due, so it is kept until the outcome.
	result, err := tx.QueryContext(ctx, l.bind(`UPDATE delivery SET state = 'leased', shard_id = ?, changed = ? WHERE id IN (
			SELECT id FROM delivery WHERE edition_id = ? AND state IN ('pending', 'deferred') AND due <= ? ORDER BY due, id LIMIT ?`+lock+`)
		RETURNING id, subscriber_id, address, name, COALESCE(segment_id, 0), tries, due`),
		s.id, l.now().Unix(), l.edition, l.now().Unix(), n)
	if err != nil {
		return nil, 0, err
	}
	defer result.Close()
	for result.Next() {
		r := &row{shard: s, state: Leased}
		var due int64
		if err := result.Scan(&r.id, &r.subscriber, &r.address, &r.name, &r.segment, &r.tries, &due); err != nil {
			return nil, 0, err
		}
		if due > 0 {
			deferred++
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int { return cmp.Compare(a.id, b.id) })
	return rows, deferred, result.Err()
}

// renew makes the lease of s longer. It fails if others took the worker for dead.
func (l *ledger) renew(ctx context.Context, s *shard) (deadline time.Time, err error) {
	begun := l.now()
	result, err := l.db.ExecContext(ctx, l.bind(`UPDATE shard SET expires = ? WHERE id = ? AND expires > 0`), begun.Add(l.leaseTime).UnixMilli(), s.id)
	if err != nil {
		return time.Time{}, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return time.Time{}, errors.Join(err, errFenced)
	}
	return begun.Add(l.leaseTime * 9 / 10), nil
}

// release tells that every delivery of a shard has its outcome.
func (l *ledger) release(ctx context.Context, id int64) error {
	_, err := l.db.ExecContext(ctx, l.bind(`UPDATE shard SET expires = 0 WHERE id = ?`), id)
	return err
}

// foreign is a shard of another worker.
type foreign struct {
	id          int64
	worker      int
	expires     int64
	first, last int64
}

// foreigners gives the shards that are not this worker's and not released.
func (l *ledger) foreigners(ctx context.Context) ([]foreign, error) {
	rows, err := l.db.QueryContext(ctx, l.bind(`SELECT id, worker, expires, first_id, last_id FROM shard
		WHERE edition_id = ? AND expires > 0 AND worker <> ? ORDER BY id`), l.edition, l.worker)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []foreign
	for rows.Next() {
		var f foreign
		if err := rows.Scan(&f.id, &f.worker, &f.expires, &f.first, &f.last); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// sighting is a lease as it was first seen.
type sighting struct {
	expires int64
	at      time.Time
}

// over reports whether a lease has been seen for as long as it lasts and was not
// renewed meanwhile.
func (l *ledger) over(f foreign, now time.Time) bool {
	if l.seen == nil {
		l.seen = map[int64]sighting{}
	}
	if s, ok := l.seen[f.id]; !ok || s.expires != f.expires {
		l.seen[f.id] = sighting{f.expires, now}
	}
	return now.Sub(l.seen[f.id].at) >= l.leaseTime
}

// recover takes back what dead workers had, and tells how many shards others
// still have. A worker is dead if its lease is over or, if probe is set, if
// its lock is free; those before this one's number too are dead, whose number
// this one has now.
func (l *ledger) recover(ctx context.Context, probe bool) (living int, err error) {
	others, err := l.foreigners(ctx)
	if err != nil {
		return 0, err
	}
	dead := map[int]bool{}
	for _, f := range others {
		if _, known := dead[f.worker]; probe && !known {
			dead[f.worker] = !l.alive(f.worker)
		}
		if over := l.over(f, l.now()); !dead[f.worker] && !over {
			living++
			continue
		}
		if err := l.reap(ctx, f); err != nil {
			return 0, err
		}
	}
	return living, nil
}

// recoverOwn takes back what an earlier process had that was this worker.
func (l *ledger) recoverOwn(ctx context.Context) error {
	before := *l
	before.worker = 0
	others, err := before.foreigners(ctx)
	if err != nil {
		return err
	}
	for _, f := range others {
		if f.worker == l.worker {
			if err := l.reap(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// reap takes the deliveries of a shard back: what was leased is pending again,
// and of what was being sent nobody knows.
func (l *ledger) reap(ctx context.Context, f foreign) error {
	err := l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, l.bind(`UPDATE shard SET expires = 0 WHERE id = ? AND expires = ?`), f.id, f.expires)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 { // renewed, or another was quicker
			return errors.Join(err, errNothing)
		}
		_, err = tx.ExecContext(ctx, l.bind(`UPDATE delivery SET state = 'pending', due = 0, changed = ?
			WHERE id BETWEEN ? AND ? AND shard_id = ? AND state = 'leased'`), l.now().Unix(), f.first, f.last, f.id)
		if err != nil {
			return err
		}
		result, err = tx.ExecContext(ctx, l.bind(`UPDATE delivery SET state = 'uncertain', due = 0, tries = tries + 1, code = 0, reason = ?, changed = ?
			WHERE id BETWEEN ? AND ? AND shard_id = ? AND state = 'sending'`),
			"newsdesk was stopped between the message and the server's reply", l.now().Unix(), f.first, f.last, f.id)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		return l.tally(ctx, tx, counts{uncertain: int(n)})
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// maxWorkers is how many workers can be at one database.
const maxWorkers = 1000

// enlist takes the first free number from hint on, which is the worker's until
// release is called or the process dies.
func enlist(db *store.DB, hint int, note string) (worker int, release func() error, err error) {
	for i := range maxWorkers {
		worker = 1 + (max(hint, 1)-1+i)%maxWorkers
		release, err = db.Lock(lockName(worker), note)
		if _, held := errors.AsType[*store.LockedError](err); !held {
			return worker, release, err
		}
	}
	return 0, nil, fmt.Errorf("%d workers are at this database already", maxWorkers)
}

func lockName(worker int) string { return "worker-" + strconv.Itoa(worker) }

// alive reports whether the process of a worker holds its lock. In doubt it is.
func (l *ledger) alive(worker int) bool {
	release, err := l.db.Lock(lockName(worker), "")
	if err != nil {
		return true
	}
	return release() != nil
}

// nextDue gives when the next delivery can be claimed; false if there is none.
func (l *ledger) nextDue(ctx context.Context) (due time.Time, ok bool, err error) {
	var first sql.NullInt64
	err = l.db.QueryRowContext(ctx, l.bind(`SELECT MIN(due) FROM delivery WHERE edition_id = ? AND state IN ('pending', 'deferred')`), l.edition).Scan(&first)
	return time.Unix(first.Int64, 0), first.Valid, err
}
