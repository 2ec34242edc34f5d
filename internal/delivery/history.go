package delivery

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/store"
)

// record writes down what an edition holds, for History.
func record(ctx context.Context, tx *sql.Tx, edition int64, r digest.Record) error {
	for _, list := range []struct {
		shown    int
		articles []string
	}{{1, r.Shown}, {0, r.Left}} {
		for _, article := range list.articles {
			_, err := tx.ExecContext(ctx,
				`INSERT INTO edition_article (edition_id, article, shown) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, edition, article, list.shown)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// History gives what the editions of a digest held when they were frozen. Those
// of which nothing was written down, because an older newsdesk froze them, are not
// in it. The database may have been opened for reading.
func History(ctx context.Context, db *store.DB, name string) (digest.History, error) {
	h := digest.History{Period: map[string]string{}, Left: map[string]string{}}
	if ok, err := db.Has(ctx, "edition_article"); err != nil || !ok {
		return h, err
	}
	rows, err := db.QueryContext(ctx,
		`SELECT e.period, a.article, a.shown FROM edition e JOIN edition_article a ON a.edition_id = e.id WHERE e.digest = $1 ORDER BY e.id`, name)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	var first time.Time
	for rows.Next() {
		var period, article string
		var shown bool
		if err := rows.Scan(&period, &article, &shown); err != nil {
			return h, err
		}
		if shown {
			h.Period[article] = period
		} else {
			h.Left[article] = period
		}
		p, err := digest.ParsePeriod(period, time.UTC)
		if err != nil {
			return h, fmt.Errorf("edition %s/%s in the database: %w", name, period, err)
		}
		if h.Since == "" || p.Start.Before(first) {
			h.Since, first = period, p.Start
		}
	}
	return h, rows.Err()
}

// Standing says how a frozen edition stands in the ledger:
//
//	Audience = Accepted + Failed + Skipped + Uncertain + Pending
type Standing struct {
	Period    string
	Frozen    time.Time
	Articles  int // that it shows; 0 if an older newsdesk froze it
	Audience  int
	Accepted  int
	Failed    int
	Skipped   int
	Uncertain int
	Pending   int // or being sent at this moment

	state EditionState // "" if an older newsdesk froze it
}

// State gives "frozen" while nothing was sent, "sending" while something is left
// to be sent, then "done"; or "paused" or "cancelled".
func (s Standing) State() string {
	switch {
	case s.state == EditionPaused || s.state == EditionCancelled:
		return string(s.state)
	case s.Pending == 0:
		return "done"
	case s.Pending == s.Audience:
		return "frozen"
	}
	return "sending"
}

// Standings gives how the frozen editions of a digest stand, in the order in
// which they were frozen. The database may have been opened for reading.
func Standings(ctx context.Context, db *store.DB, name string) ([]Standing, error) {
	if ok, err := db.Has(ctx, "edition"); err != nil || !ok {
		return nil, err
	}
	articles := "0"
	if ok, err := db.Has(ctx, "edition_article"); err != nil {
		return nil, err
	} else if ok {
		articles = "(SELECT COUNT(*) FROM edition_article a WHERE a.edition_id = e.id AND a.shown = 1)"
	}
	// An older newsdesk kept no tally; it had all states but those two that are
	// not counted here.
	columns, from := `COUNT(d.id),
			COUNT(CASE d.state WHEN 'accepted' THEN 1 END),
			COUNT(CASE d.state WHEN 'failed' THEN 1 END),
			COUNT(CASE d.state WHEN 'skipped' THEN 1 END),
			COUNT(CASE d.state WHEN 'uncertain' THEN 1 END), ''`, `delivery d ON d.edition_id = e.id`
	if ok, err := db.Has(ctx, "tally"); err != nil {
		return nil, err
	} else if ok {
		columns, from = `MAX(e.audience), COALESCE(SUM(t.accepted), 0), COALESCE(SUM(t.failed), 0),
			COALESCE(SUM(t.skipped), 0), COALESCE(SUM(t.uncertain), 0), MAX(e.state)`, `tally t ON t.edition_id = e.id`
	}
	rows, err := db.QueryContext(ctx, `SELECT e.period, e.date, `+articles+`, `+columns+`
		FROM edition e LEFT JOIN `+from+` WHERE e.digest = $1 GROUP BY e.id ORDER BY e.id`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Standing
	for rows.Next() {
		var s Standing
		var date string
		if err := rows.Scan(&s.Period, &date, &s.Articles, &s.Audience, &s.Accepted, &s.Failed, &s.Skipped, &s.Uncertain, &s.state); err != nil {
			return nil, err
		}
		s.Pending = s.Audience - s.Accepted - s.Failed - s.Skipped - s.Uncertain
		if s.Frozen, err = time.Parse(time.RFC3339, date); err != nil {
			return nil, fmt.Errorf("edition %s/%s in the database: %w", name, s.Period, err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
