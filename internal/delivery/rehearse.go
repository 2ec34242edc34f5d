package delivery

import (
	"context"
	"errors"
	"strings"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// rehearsal is a DryRun.
type rehearsal struct {
	*engine
	summary Summary
	message []byte // the last one, whose memory the next one takes
}

// try composes a row's message and keeps the error. The one that it gives is the
// database's.
func (r *rehearsal) try(ctx context.Context, row *row) error {
	composer, err := r.composers.of(ctx, row.segment)
	if err != nil {
		return err
	}
	message, err := composer.Append(r.message[:0], r.recipient(row))
	if r.message = message; err != nil {
		r.summary.Problems = append(r.summary.Problems, Delivery{Address: row.address, State: Failed, Reason: err.Error()})
	}
	return nil
}

// audience goes through those for whom a run would freeze the issue. A part is
// rendered and encoded once; what is each recipient's own in a message is the same
// in all of them, and is tried with the whole issue.
func (r *rehearsal) audience(ctx context.Context, db *store.DB) (Summary, error) {
	p := newParts(r.Part, r.edition.Issue, r.edition.Sender, r.edition.Date)
	if _, err := p.render(ctx, db); err != nil {
		return Summary{}, err
	}
	for s, err := range audience.List(ctx, db, audience.Filter{Digest: r.edition.Issue.Digest}) {
		switch {
		case err != nil:
			return Summary{}, err
		case !s.Receives(r.edition.Date):
			continue
		case p.empty(selection{strings.Join(s.Topics, " "), s.Language}):
			r.summary.Skipped++
		default:
			if err := r.try(ctx, &row{subscriber: s.ID, address: s.Address, name: s.Name}); err != nil {
				return Summary{}, err
			}
			r.summary.Pending++
		}
		r.summary.Audience++
	}
	if r.summary.Audience == 0 {
		return r.summary, ErrNoSubscribers
	}
	return r.summary, nil
}

// ledgerRows goes through the rows that a run would send.
func (r *rehearsal) ledgerRows(ctx context.Context) (Summary, error) {
	c, err := r.ledger.count(ctx)
	if err != nil {
		return Summary{}, err
	}
	if r.AfterCrash == Resend {
		c.uncertain = 0
	}
	r.summary.fill(c)
	for after := int64(0); ; {
		page, err := r.page(ctx, after)
		if len(page) == 0 || err != nil {
			return r.summary, err
		}
		for _, row := range page {
			if row.left {
				r.summary.Pending--
				r.summary.Skipped++
			} else if err := r.try(ctx, &row.row); err != nil {
				return Summary{}, err
			}
			after = row.id
		}
	}
}

// pageRow is a row and whether its subscriber has left.
type pageRow struct {
	row
	left bool
}

// page gives some rows behind an id, because a database with one connection
// can't answer anything else while it lists.
func (r *rehearsal) page(ctx context.Context, after int64) (page []pageRow, err error) {
	also := Pending
	if r.AfterCrash == Resend {
		also = Uncertain
	}
	args := append(subscribedArgs(r.ledger), r.ledger.edition, after, string(also))
	rows, err := r.ledger.db.QueryContext(ctx, r.ledger.bind(`SELECT d.id, d.subscriber_id, d.address, d.name, COALESCE(d.segment_id, 0), NOT (`+subscribed+`)
		FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
		WHERE d.edition_id = ? AND d.id > ? AND d.state IN ('pending', 'leased', 'deferred', ?) ORDER BY d.id LIMIT 500`), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p pageRow
		if err := rows.Scan(&p.id, &p.subscriber, &p.address, &p.name, &p.segment, &p.left); err != nil {
			return nil, err
		}
		page = append(page, p)
	}
	return page, rows.Err()
}
