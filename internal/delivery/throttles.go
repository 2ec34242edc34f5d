package delivery

import (
	"context"
	"strings"
	"time"
)

// throttles gives every throttle that this worker knows.
func (e *engine) throttles(yield func(*throttle) bool) {
	for _, r := range e.relays {
		if !yield(&r.throttle) {
			return
		}
	}
	if e.domains != nil {
		for name, d := range e.domains.byName {
			if d.name == name && !yield(&d.throttle) {
				return
			}
		}
	}
}

// adapt writes down what was slowed, raises what was slowed some time ago, and, if
// look is set, learns what other workers have done.
func (e *engine) adapt(ctx context.Context, look bool) error {
	e.mu.Lock()
	var cuts, raises []throttle
	if e.slowed {
		now := e.Now()
		for t := range e.throttles {
			switch {
			case t.unsaved:
				cuts = append(cuts, *t)
				t.unsaved = false
			case t.rate > 0 && now.Sub(t.changed) >= raiseTime:
				raises = append(raises, *t)
			}
		}
	}
	e.mu.Unlock()
	for _, t := range cuts {
		if err := e.ledger.saveThrottle(ctx, t); err != nil {
			return err
		}
	}
	for _, t := range raises {
		if err := e.ledger.raise(ctx, t, e.Now()); err != nil {
			return err
		}
	}
	if !look && len(cuts)+len(raises) == 0 {
		return nil
	}
	all, err := e.ledger.loadThrottles(ctx)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.learn(all)
	return nil
}

// learn takes over what the database has.
func (e *engine) learn(all []throttle) {
	known := map[string]throttle{}
	for _, t := range all {
		known[t.name] = t
		if name, ok := strings.CutPrefix(t.name, "domain "); ok {
			if e.domains == nil {
				e.domains = newDomains(nil)
			}
			e.domains.get(name)
		}
	}
	e.slowed = false
	for t := range e.throttles {
		now, slow := known[t.name]
		if t.unsaved { // since it was asked
			e.slowed = true
			continue
		}
		if !slow && t.rate > 0 {
			e.free.Broadcast()
		}
		t.rate, t.top, t.changed, t.reason = now.rate, now.top, now.changed, now.reason
		e.slowed = e.slowed || slow
	}
	if e.domains != nil {
		e.domains.changed = true
	}
}

func (l *ledger) saveThrottle(ctx context.Context, t throttle) error {
	// Two workers that are refused at once halve the rate once.
	_, err := l.db.ExecContext(ctx, l.bind(`INSERT INTO throttle (name, rate, top, changed, reason) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET changed = excluded.changed, reason = excluded.reason,
			rate = CASE WHEN throttle.rate < excluded.rate THEN throttle.rate ELSE excluded.rate END,
			top = CASE WHEN throttle.top > excluded.top THEN throttle.top ELSE excluded.top END`),
		t.name, t.rate, t.top, t.changed.UnixMilli(), t.reason)
	return err
}

// raise raises a rate, unless another worker has done so.
func (l *ledger) raise(ctx context.Context, t throttle, now time.Time) error {
	rate, changed := t.raised(now)
	if rate == 0 {
		_, err := l.db.ExecContext(ctx, l.bind(`DELETE FROM throttle WHERE name = ? AND changed = ?`), t.name, t.changed.UnixMilli())
		return err
	}
	_, err := l.db.ExecContext(ctx, l.bind(`UPDATE throttle SET rate = ?, changed = ? WHERE name = ? AND changed = ?`),
		rate, changed.UnixMilli(), t.name, t.changed.UnixMilli())
	return err
}

func (l *ledger) loadThrottles(ctx context.Context) ([]throttle, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT name, rate, top, changed, reason FROM throttle ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []throttle
	for rows.Next() {
		var t throttle
		var changed int64
		if err := rows.Scan(&t.name, &t.rate, &t.top, &changed, &t.reason); err != nil {
			return nil, err
		}
		t.changed = time.UnixMilli(changed)
		all = append(all, t)
	}
	return all, rows.Err()
}

// findPlace learns how many workers there are, of all editions, and which of them
// this one is.
func (e *engine) findPlace(ctx context.Context) error {
	rows, err := e.ledger.db.QueryContext(ctx, e.ledger.bind(`SELECT DISTINCT worker FROM shard WHERE expires > ? AND worker <> ?`),
		e.Now().UnixMilli(), e.ledger.worker)
	if err != nil {
		return err
	}
	defer rows.Close()
	p := place{workers: 1}
	for rows.Next() {
		var worker int
		if err := rows.Scan(&worker); err != nil {
			return err
		}
		p.workers++
		if worker < e.ledger.worker {
			p.index++
		}
	}
	e.mu.Lock()
	e.place = p
	e.mu.Unlock()
	return rows.Err()
}
