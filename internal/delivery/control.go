package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// ErrNotFrozen says that there is no edition to do something with.
var ErrNotFrozen = errors.New("nothing of it was sent, nor frozen to be sent")

// Control is a frozen edition, to look at it and to steer it. Every worker of
// every machine obeys within a second.
type Control struct {
	ledger *ledger
	name   string
}

// Find gives the control of a digest's period, or ErrNotFrozen.
func Find(ctx context.Context, db *store.DB, digest, period string, now func() time.Time) (*Control, error) {
	c := &Control{&ledger{db: db, now: now}, digest + "/" + period}
	err := db.QueryRowContext(ctx, c.ledger.bind(`SELECT id FROM edition WHERE digest = ? AND period = ?`), digest, period).Scan(&c.ledger.edition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("edition %s: %w", c.name, ErrNotFrozen)
	}
	return c, err
}

// Pause stops the sending until Resume. The message in hand is finished.
func (c *Control) Pause(ctx context.Context) error { return c.become(ctx, EditionPaused) }

// Resume lets workers go on. Without one, the next Send does. Of one that is done
// nothing is left to go on with: that is an error.
func (c *Control) Resume(ctx context.Context) error {
	now, err := c.ledger.state(ctx)
	if err == nil && now == EditionDone {
		err = fmt.Errorf("edition %s is %s", c.name, now)
	}
	if err != nil {
		return err
	}
	return c.become(ctx, EditionSending)
}

// Cancel stops the sending for good: who has not got the edition is skipped.
func (c *Control) Cancel(ctx context.Context) error {
	if err := c.become(ctx, EditionCancelled); err != nil {
		return err
	}
	return c.ledger.sweep(ctx)
}

// become brings the edition into a state; to be in it already is no error.
func (c *Control) become(ctx context.Context, s EditionState) error {
	ok, err := c.ledger.become(ctx, s)
	if ok || err != nil {
		return err
	}
	now, err := c.ledger.state(ctx)
	if err == nil && now != s {
		err = fmt.Errorf("edition %s is %s", c.name, now)
	}
	return err
}

// Retry makes the deliveries of a state, Failed or Uncertain, pending again, and
// tells how many there were. The next Send, or a worker, sends them.
func (c *Control) Retry(ctx context.Context, s State) (int, error) {
	state, err := c.ledger.state(ctx)
	if err != nil {
		return 0, err
	}
	if state == EditionCancelled {
		return 0, fmt.Errorf("edition %s is %s", c.name, state)
	}
	n, err := c.ledger.retry(ctx, s)
	if err == nil && n > 0 && state == EditionDone {
		err = c.become(ctx, EditionSending)
	}
	return n, err
}

func (l *ledger) retry(ctx context.Context, s State) (n int, err error) {
	if !allowed(s, Pending) {
		return 0, fmt.Errorf("no step from %s to pending", s)
	}
	err = l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// Names, and not a parameter, so that the index of what went wrong is used.
		result, err := tx.ExecContext(ctx, l.bind(`UPDATE delivery SET state = 'pending', due = 0, tries = 0, changed = ?
			WHERE id IN (SELECT id FROM delivery WHERE edition_id = ? AND state IN ('failed', 'uncertain')) AND state = ?`),
			l.now().Unix(), l.edition, string(s))
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		n = int(rows)
		var delta counts
		delta.add(s, -n)
		return l.tally(ctx, tx, delta)
	})
	return n, err
}

// sweep skips everything that is open, after the edition was cancelled.
func (l *ledger) sweep(ctx context.Context) error {
	return l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		delta := counts{}
		for _, s := range []State{Deferred, Pending} {
			result, err := tx.ExecContext(ctx, l.bind(`UPDATE delivery SET state = 'skipped', due = 0, reason = 'cancelled', changed = ?
				WHERE id IN (SELECT id FROM delivery WHERE edition_id = ? AND state IN ('pending', 'deferred')) AND state = ?`),
				l.now().Unix(), l.edition, string(s))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			delta.add(s, -int(n))
			delta.skipped += int(n)
		}
		return l.tally(ctx, tx, delta)
	})
}

// close checks that the deliveries add up and makes the edition done, unless
// something is to be sent after all: see late.
func (l *ledger) close(ctx context.Context) error {
	if err := l.verify(ctx); err != nil {
		return err
	}
	return l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if ok, err := l.becomeIn(ctx, tx, EditionDone); !ok || err != nil {
			return err
		}
		c, err := l.countIn(ctx, tx)
		if err == nil && c.pending() > 0 {
			_, err = l.becomeIn(ctx, tx, EditionSending)
		}
		return err
	})
}

// Status says how an edition stands at this moment:
//
//	Audience = Accepted + Failed + Skipped + Uncertain + Pending
type Status struct {
	Edition  string
	State    EditionState
	Audience int
	Accepted int
	Failed   int
	Skipped  int
	Uncertain, Pending,
	Deferred int // of Pending: refused for now
	Waiting int // of Deferred: not refused, but more than their domain may get now
	Workers int // that send it
	Reasons []Reason
}

// Reason is why deliveries are deferred, the most frequent first.
type Reason struct {
	Code  int    // of the reply, or 0
	Text  string // one of the replies with this code
	Count int
	Next  time.Time // when the first is tried again
}

// Status tells how the edition stands.
func (c *Control) Status(ctx context.Context) (Status, error) {
	l := c.ledger
	n, err := l.count(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Edition: c.name, Audience: n.audience, Accepted: n.accepted, Failed: n.failed, Skipped: n.skipped,
		Uncertain: n.uncertain, Pending: n.pending(), Deferred: n.deferred}
	if s.State, err = l.state(ctx); err != nil {
		return Status{}, err
	}
	err = l.db.QueryRowContext(ctx, l.bind(`SELECT COUNT(DISTINCT worker) FROM shard WHERE edition_id = ? AND expires > ?`),
		l.edition, l.now().UnixMilli()).Scan(&s.Workers)
	if err == nil {
		s.Reasons, err = l.reasons(ctx)
	}
	if err == nil {
		err = l.db.QueryRowContext(ctx, l.bind(`SELECT COUNT(*) FROM delivery
			WHERE edition_id = ? AND state IN ('pending', 'deferred') AND due > 0 AND tries = 0`), l.edition).Scan(&s.Waiting)
	}
	return s, err
}

func (l *ledger) reasons(ctx context.Context) ([]Reason, error) {
	rows, err := l.db.QueryContext(ctx, l.bind(`SELECT code, MIN(reason), COUNT(*), MIN(due) FROM delivery
		WHERE edition_id = ? AND state IN ('pending', 'deferred') AND due > 0 AND tries > 0 GROUP BY code ORDER BY COUNT(*) DESC, code`), l.edition)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Reason
	for rows.Next() {
		var r Reason
		var due int64
		if err := rows.Scan(&r.Code, &r.Text, &r.Count, &due); err != nil {
			return nil, err
		}
		r.Next = time.Unix(due, 0)
		all = append(all, r)
	}
	return all, rows.Err()
}
