package delivery

import (
	"context"
	"database/sql"
	"time"
)

// Warmup is how many messages a server may send on each day at most while others
// learn to trust it: Plan[0] on the day of Start and before, Plan[1] on the next, and
// after the plan as many as there are. Days are those of the zone of Options.Now.
type Warmup struct {
	Start time.Time // a day; its zone is of no matter
	Plan  []int
}

// allowed gives the most of a day; false if the plan is over.
func (w *Warmup) allowed(now time.Time) (n int, limited bool) {
	if w == nil || len(w.Plan) == 0 {
		return 0, false
	}
	day := max(0, int(midnightUTC(now).Sub(midnightUTC(w.Start))/(24*time.Hour)))
	if day >= len(w.Plan) {
		return 0, false
	}
	return w.Plan[day], true
}

// midnightUTC gives the date of t as a moment that can be counted with.
func midnightUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// tomorrow gives when the next day begins in now's zone.
func tomorrow(now time.Time) time.Time {
	return reaches(midnightUTC(now).AddDate(0, 0, 1), 0, now.Location())
}

func dayOf(now time.Time) string { return now.Format(time.DateOnly) }

// quota is what a relay's warm-up leaves to this worker. The ledger counts what all
// workers have taken from the day, some messages at a time. The engine's lock guards it.
type quota struct {
	day  string
	left int
	full bool // the day has no more
}

// dry reports whether the worker has no message left of the day; over, whether nobody
// has.
func (r *relay) dry(now time.Time) (dry, over bool) {
	if r.Warmup == nil {
		return false, false
	}
	if _, limited := r.Warmup.allowed(now); !limited {
		return false, false
	}
	if r.quota.day != dayOf(now) {
		return true, false
	}
	return r.quota.left == 0, r.quota.left == 0 && r.quota.full
}

// maxQuota is how many messages of a day a worker takes at once at most. A process
// that is killed takes them with it: the day then has fewer, never more.
const maxQuota = 64

// ration takes from the day for the relays that are being warmed up.
func (e *engine) ration(ctx context.Context) error {
	for _, r := range e.relays {
		if r.Warmup == nil {
			continue
		}
		now := e.Now()
		most, limited := r.Warmup.allowed(now)
		e.mu.Lock()
		if r.quota.day != dayOf(now) {
			r.quota = quota{day: dayOf(now)}
		}
		need := limited && !r.quota.full && r.quota.left <= maxQuota/4
		e.mu.Unlock()
		if !need {
			continue
		}
		got, err := e.ledger.takeQuota(ctx, r.Name, dayOf(now), most)
		if err != nil {
			return err
		}
		e.mu.Lock()
		r.quota.left += got
		r.quota.full = got == 0
		e.free.Broadcast()
		e.mu.Unlock()
	}
	return nil
}

// takeQuota takes an eighth of what is left of a relay's day, of which most is all.
func (l *ledger) takeQuota(ctx context.Context, relay, day string, most int) (got int, err error) {
	err = l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, l.bind(`INSERT INTO warmup_day (relay, day, used) VALUES (?, ?, 0) ON CONFLICT (relay, day) DO NOTHING`), relay, day); err != nil {
			return err
		}
		lock := ""
		if l.db.IsPostgres() {
			lock = " FOR UPDATE"
		}
		var used int
		if err := tx.QueryRowContext(ctx, l.bind(`SELECT used FROM warmup_day WHERE relay = ? AND day = ?`+lock), relay, day).Scan(&used); err != nil {
			return err
		}
		got = max(0, min(most-used, maxQuota, max(1, (most-used)/8)))
		_, err := tx.ExecContext(ctx, l.bind(`UPDATE warmup_day SET used = used + ? WHERE relay = ? AND day = ?`), got, relay, day)
		return err
	})
	return got, err
}

// giveQuotas gives back what the worker did not use.
func (e *engine) giveQuotas(ctx context.Context) error {
	for _, r := range e.relays {
		if r.quota.left == 0 {
			continue
		}
		_, err := e.ledger.db.ExecContext(ctx, e.ledger.bind(`UPDATE warmup_day SET used = used - ? WHERE relay = ? AND day = ?`), r.quota.left, r.Name, r.quota.day)
		if err != nil {
			return err
		}
		r.quota.left = 0
	}
	return nil
}
