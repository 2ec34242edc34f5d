package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/store"
)

// keepPage writes down what is public of an edition, if anything is.
func keepPage(ctx context.Context, tx *sql.Tx, edition int64, issue *digest.Issue) error {
	if len(issue.Archive) == 0 {
		return nil
	}
	listing := issue.Listing
	listing.Content = ""
	text, err := json.Marshal(listing)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO edition_page (edition_id, listing, content, html) VALUES ($1, $2, $3, $4)`,
		edition, text, []byte(issue.Listing.Content), issue.Archive)
	return err
}

// Listings gives what is public of the frozen editions of a digest, dated when
// they were frozen, in that order and without content: see Page. Those that an
// older newsdesk froze, which kept no pages, are not among them. The database may
// have been opened for reading.
func Listings(ctx context.Context, db *store.DB, name string) ([]digest.Listing, error) {
	if ok, err := db.Has(ctx, "edition_page"); err != nil || !ok {
		return nil, err
	}
	rows, err := db.QueryContext(ctx,
		`SELECT e.period, e.date, p.listing FROM edition e JOIN edition_page p ON p.edition_id = e.id WHERE e.digest = $1 ORDER BY e.id`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []digest.Listing
	for rows.Next() {
		var period, date string
		var text []byte
		var l digest.Listing
		if err := rows.Scan(&period, &date, &text); err != nil {
			return nil, err
		}
		err := json.Unmarshal(text, &l)
		if err == nil {
			l.Date, err = time.Parse(time.RFC3339, date)
		}
		if err != nil {
			return nil, fmt.Errorf("edition %s/%s in the database: %w", name, period, err)
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// Page gives the public page of an edition that Listings has, and its content for
// a feed.
func Page(ctx context.Context, db *store.DB, name, period string) (html []byte, content string, err error) {
	err = db.QueryRowContext(ctx,
		`SELECT p.html, p.content FROM edition e JOIN edition_page p ON p.edition_id = e.id WHERE e.digest = $1 AND e.period = $2`, name, period).
		Scan(&html, &content)
	if err != nil {
		err = fmt.Errorf("the page of edition %s/%s in the database: %w", name, period, err)
	}
	return html, content, err
}
