package delivery

import (
	"context"
	"errors"
)

// rehearsal is a DryRun.
type rehearsal struct {
	*engine
	summary Summary
	message []byte // the last one, whose memory the next one takes
}

// try composes a row's message and keeps the error.
func (r *rehearsal) try(row *row) {
	message, err := r.compose(r.message[:0], row)
	if r.message = message; err != nil {
		r.summary.Problems = append(r.summary.Problems, Delivery{Address: row.address, State: Failed, Reason: err.Error()})
	}
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
			} else {
				r.try(&row.row)
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
	rows, err := r.ledger.db.QueryContext(ctx, r.ledger.bind(`SELECT d.id, d.subscriber_id, d.address, d.name, NOT (`+subscribed+`)
		FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
		WHERE d.edition_id = ? AND d.id > ? AND d.state IN ('pending', 'leased', 'deferred', ?) ORDER BY d.id LIMIT 500`), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p pageRow
		if err := rows.Scan(&p.id, &p.subscriber, &p.address, &p.name, &p.left); err != nil {
			return nil, err
		}
		page = append(page, p)
	}
	return page, rows.Err()
}
