package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// State is how far a delivery is. See the package's description.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"   // not sent; with a Reason it was tried
	Sending   State = "sending"   // the dot was about to be sent
	Accepted  State = "accepted"  // the server has taken over
	Failed    State = "failed"    // the server said no for good
	Uncertain State = "uncertain" // the connection broke between dot and reply
	Skipped   State = "skipped"   // not to be sent any more
)

// Delivery is one row of the ledger.
type Delivery struct {
	Address string
	State   State
	Tries   int    // that did not end in Accepted
	Code    int    // SMTP reply code of the last try, or 0
	Reason  string // the reply, or what went wrong; "" if nothing did
}

// ledger is the rows of one edition.
type ledger struct {
	db      *store.DB
	edition int64
	now     func() time.Time
}

// row is a delivery that is to be sent.
type row struct {
	id, subscriber int64
	address, name  string
	state          State // Pending, or Uncertain
	tries          int
	subscribed     bool // still, and not paused
}

// next gives the first row behind id that is pending, or nil; with uncertain
// those that are uncertain, too.
func (l *ledger) next(ctx context.Context, id int64, uncertain bool) (*row, error) {
	also := Pending
	if uncertain {
		also = Uncertain
	}
	var r row
	err := l.db.QueryRowContext(ctx,
		`SELECT d.id, d.subscriber_id, d.address, d.name, d.state, d.tries, `+audience.Receives("s", "$1")+`
		FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
		WHERE d.edition_id = $2 AND d.state IN ('pending', $3) AND d.id > $4 ORDER BY d.id LIMIT 1`,
		l.now().Unix(), l.edition, string(also), id).
		Scan(&r.id, &r.subscriber, &r.address, &r.name, &r.state, &r.tries, &r.subscribed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

// intend commits that a row's dot is about to be sent. It fails if the row is
// not any more what it was when it was read, whoever changed it, and if ctx has
// ended; but it does not end half-way.
func (l *ledger) intend(ctx context.Context, r *row) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result, err := l.db.ExecContext(context.WithoutCancel(ctx),
		`UPDATE delivery SET state = 'sending', changed = $1 WHERE id = $2 AND state = $3`, l.now().Unix(), r.id, string(r.state))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("the delivery to %s is not %s any more: another process has it", r.address, r.state))
	}
	return nil
}

// settle commits the outcome of a row, even if ctx has ended: the server's
// reply can't be asked for a second time.
func (l *ledger) settle(ctx context.Context, r *row, d Delivery) error {
	_, err := l.db.ExecContext(context.WithoutCancel(ctx),
		`UPDATE delivery SET state = $1, tries = $2, code = $3, reason = $4, changed = $5
		WHERE id = $6 AND state IN ('pending', 'sending', 'uncertain')`,
		string(d.State), d.Tries, d.Code, d.Reason, l.now().Unix(), r.id)
	return err
}

// recover tells the truth about the rows that a killed run was sending. The
// caller holds the lock, so no other process is sending them now.
func (l *ledger) recover(ctx context.Context) error {
	_, err := l.db.ExecContext(ctx,
		`UPDATE delivery SET state = 'uncertain', reason = $1, tries = tries + 1, changed = $2 WHERE edition_id = $3 AND state = 'sending'`,
		"newsdesk was stopped between the message and the server's reply", l.now().Unix(), l.edition)
	return err
}

// counts is the number of rows in each state.
type counts struct {
	pending, accepted, failed, skipped int
	uncertain                          int // or sending
	deferred                           int // pending although they were tried
}

func (c counts) total() int { return c.pending + c.accepted + c.failed + c.skipped + c.uncertain }

func (l *ledger) count(ctx context.Context) (c counts, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT
			COUNT(CASE state WHEN 'pending' THEN 1 END),
			COUNT(CASE state WHEN 'accepted' THEN 1 END),
			COUNT(CASE state WHEN 'failed' THEN 1 END),
			COUNT(CASE state WHEN 'skipped' THEN 1 END),
			COUNT(CASE WHEN state IN ('uncertain', 'sending') THEN 1 END),
			COUNT(CASE WHEN state = 'pending' AND tries > 0 THEN 1 END)
		FROM delivery WHERE edition_id = $1`, l.edition).
		Scan(&c.pending, &c.accepted, &c.failed, &c.skipped, &c.uncertain, &c.deferred)
	return c, err
}

// problems gives the rows that did not go as they should, in the audience's order.
func (l *ledger) problems(ctx context.Context) ([]Delivery, error) {
	rows, err := l.db.QueryContext(ctx,
		`SELECT address, state, tries, code, reason FROM delivery
		WHERE edition_id = $1 AND (state IN ('failed', 'uncertain', 'sending') OR state = 'pending' AND tries > 0) ORDER BY id`, l.edition)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		var d Delivery
		if err := rows.Scan(&d.Address, &d.State, &d.Tries, &d.Code, &d.Reason); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// Forget erases a person from the ledger, in the transaction in which
// audience.Erase forgets her: address, name, and the server's replies, which
// often repeat the address. The rows stay, so that the sums do, and what was not
// sent yet is skipped.
func Forget(ctx context.Context, tx *sql.Tx, subscriber int64) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE delivery SET address = 'erased:' || id, name = '',
			reason = CASE state WHEN 'pending' THEN 'erased' ELSE '' END,
			state = CASE state WHEN 'pending' THEN 'skipped' ELSE state END
		WHERE subscriber_id = $1`, subscriber)
	return err
}
