package numbers

import (
	"context"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// Overview is all that is known of the audience, and the last editions.
type Overview struct {
	Now      time.Time // in the site's zone
	Audience audience.Stats
	Days     []Span    // the oldest first, the last one is today
	Editions []Edition // the oldest first
}

// NewOverview counts: days back from now, and at most so many editions of a digest,
// or with "" of all. The database may have been opened for reading.
func NewOverview(ctx context.Context, db *store.DB, now time.Time, days int, digest string, editions int) (*Overview, error) {
	o := &Overview{Now: now}
	var err error
	if o.Audience, err = audience.Count(ctx, db); err != nil {
		return nil, err
	}
	if o.Days, err = growth(ctx, db, now, days, o.Audience.States[audience.Active]); err != nil {
		return nil, err
	}
	o.Editions, err = Editions(ctx, db, digest, editions)
	return o, err
}
