package numbers

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// settled is how long after a day's end nothing is written of it any more: a
// change has its time before its transaction ends.
const settled = time.Hour

// keptEvent marks the days that were kept. It is another one than that of days which
// an older newsdesk counted by other rules: those are counted again.
const keptEvent = "kept 2"

// KeepDays counts the days that are over and were not counted yet, in now's zone,
// and keeps what it found. Pauses that are over end before. To call it again costs
// little.
func KeepDays(ctx context.Context, db *store.DB, now time.Time) error {
	if err := audience.EndPauses(ctx, db, now); err != nil {
		return err
	}
	zone := now.Location()
	end := midnight(now.Add(-settled)) // of the last day to keep
	_, from, err := keptDays(ctx, db, end)
	if err != nil {
		return err
	}
	if !from.Before(end) {
		return nil
	}
	days, err := countEvents(ctx, db, from, end)
	if err != nil {
		return err
	}
	return db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		put := func(day, event string, n int) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO audience_day (zone, day, event, count) VALUES ($1, $2, $3, $4)
				ON CONFLICT (zone, day, event) DO UPDATE SET count = excluded.count`, zone.String(), day, event, n)
			return err
		}
		for day, e := range days {
			for event, n := range e.fields() {
				if *n == 0 {
					continue
				}
				if err := put(day, event, *n); err != nil {
					return err
				}
			}
		}
		return put(end.AddDate(0, 0, -1).Format(time.DateOnly), keptEvent, 0)
	})
}

// keptDays gives the days from one on that were kept for its zone, and the first day
// that was not: 1 January 1970 if none was.
func keptDays(ctx context.Context, db *store.DB, from time.Time) (days map[string]*Events, next time.Time, err error) {
	zone := from.Location()
	rows, err := db.QueryContext(ctx, `SELECT day, event, count FROM audience_day
		WHERE zone = $1 AND (day >= $2 OR event = $3) ORDER BY day`, zone.String(), from.Format(time.DateOnly), keptEvent)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer rows.Close()
	days, next = map[string]*Events{}, time.Unix(0, 0).In(zone)
	for rows.Next() {
		var day, event string
		var n int
		if err := rows.Scan(&day, &event, &n); err != nil {
			return nil, time.Time{}, err
		}
		if event == keptEvent {
			last, err := time.ParseInLocation(time.DateOnly, day, zone)
			if err != nil {
				return nil, time.Time{}, fmt.Errorf("audience_day in the database: %w", err)
			}
			next = last.AddDate(0, 0, 1)
			continue
		}
		if days[day] == nil {
			days[day] = new(Events)
		}
		if field := days[day].fields()[event]; field != nil {
			*field = n
		}
	}
	return days, next, rows.Err()
}
