package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Limit is what slows or stops the sending of every edition now.
type Limit struct {
	Name  string    // "relay NAME", "domain gmail.com", "send window"
	Text  string    // "slowed to 12 messages a minute: 421 too many messages"
	Until time.Time // when that is over if nothing else happens, or zero
}

// Limits tells what slows or stops the sending: relays that do not work, that are at
// the end of a warm-up's day, or that were slowed; domains that were; the window.
func Limits(ctx context.Context, db *store.DB, relays []Relay, w *Window, now time.Time) ([]Limit, error) {
	l := &ledger{db: db, now: func() time.Time { return now }}
	var all []Limit
	if next := w.Next(now); next.After(now) {
		all = append(all, Limit{"send window", "closed", next})
	}
	for _, r := range relays {
		own, err := l.relayLimits(ctx, newRelay(r))
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	slowed, err := l.loadThrottles(ctx)
	for _, t := range slowed {
		if t.rate, t.changed = t.raised(now); t.rate > 0 {
			all = append(all, Limit{t.name, fmt.Sprintf("slowed to %s a minute: %s", perMinute(t.rate), t.reason), t.over().In(now.Location())})
		}
	}
	return all, err
}

func (l *ledger) relayLimits(ctx context.Context, r *relay) (all []Limit, err error) {
	now := l.now()
	var failures int
	var until int64
	var reason string
	err = l.db.QueryRowContext(ctx, l.bind(`SELECT failures, until, reason FROM relay WHERE name = ?`), r.Name).Scan(&failures, &until, &reason)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if end := restUntil(until, now).In(now.Location()); failures >= maxLosses && end.After(now) {
		all = append(all, Limit{"relay " + r.Name, "left alone: " + reason, end})
	}
	most, limited := r.Warmup.allowed(now)
	if !limited {
		return all, nil
	}
	var used int
	err = l.db.QueryRowContext(ctx, l.bind(`SELECT used FROM warmup_day WHERE relay = ? AND day = ?`), r.Name, dayOf(now)).Scan(&used)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return append(all, Limit{"relay " + r.Name, fmt.Sprintf("warm-up, %d of %d messages today", used, most), tomorrow(now)}), nil
}

// perMinute writes a rate, which is kept in messages a second.
func perMinute(rate float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", rate*60), ".0") + " messages"
}
