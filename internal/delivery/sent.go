package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/store"
)

// Sent gives the newest issue of a digest that somebody got, of the periods before
// one, or nil. Its Archive and Record were not kept. The database may have been
// opened for reading.
func Sent(ctx context.Context, db *store.DB, name string, before digest.Period) (*digest.Issue, error) {
	if ok, err := db.Has(ctx, "edition"); err != nil || !ok {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT id, period FROM edition e WHERE digest = $1 AND EXISTS (
			SELECT 1 FROM delivery WHERE edition_id = e.id AND state = 'accepted')`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var newest int64
	var start time.Time
	for rows.Next() {
		var id int64
		var period string
		if err := rows.Scan(&id, &period); err != nil {
			return nil, err
		}
		p, err := digest.ParsePeriod(period, before.Start.Location())
		if err != nil {
			return nil, fmt.Errorf("edition %s/%s in the database: %w", name, period, err)
		}
		if p.Start.Before(before.Start) && p.Start.After(start) {
			newest, start = id, p.Start
		}
	}
	if err := rows.Err(); err != nil || newest == 0 {
		return nil, err
	}
	rows.Close()
	var data []byte
	if err := db.QueryRowContext(ctx, `SELECT issue FROM edition WHERE id = $1`, newest).Scan(&data); err != nil {
		return nil, err
	}
	issue := new(digest.Issue)
	return issue, json.Unmarshal(data, issue)
}
