package numbers

import (
	"context"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/store"
)

// Totals are the numbers for a monitor: what is so now, and sums since the
// beginning, which only grow.
type Totals struct {
	Audience audience.Stats
	Ever     Events

	Queued int           // letters to one person that are not sent
	Oldest time.Duration // how long the oldest of them waits
	Last   []Edition     // of each digest the one that was frozen last

	// Limits are what slows or stops the sending, by name, with the time when that is over
	// if nothing else happens. NewTotals does not know them.
	Limits map[string]time.Time
}

// NewTotals counts.
func NewTotals(ctx context.Context, db *store.DB, now time.Time) (*Totals, error) {
	t := new(Totals)
	var err error
	if t.Audience, err = audience.Count(ctx, db); err != nil {
		return nil, err
	}
	days, err := eventsSince(ctx, db, time.Unix(0, 0).In(now.Location()))
	if err != nil {
		return nil, err
	}
	for _, e := range days {
		t.Ever.add(e)
	}
	letters, err := outbox.Waiting(ctx, db)
	if err != nil {
		return nil, err
	}
	if t.Queued = letters.Letters; t.Queued > 0 {
		t.Oldest = max(0, now.Sub(letters.Oldest))
	}
	t.Last, err = attributed(ctx, db, `e.id IN (SELECT MAX(id) FROM edition GROUP BY digest)`, 1000)
	return t, err
}
