package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/medigy/newsdesk/internal/audience"
)

// settleStatement writes n outcomes.
func settleStatement(n int) string {
	return `UPDATE delivery SET state = v.column2, tries = v.column3, code = v.column4, reason = v.column5, due = v.column6, relay_id = v.column9, changed = ?
		FROM (VALUES ` + values(n, "BIGINT", "TEXT", "INTEGER", "INTEGER", "TEXT", "BIGINT", "BIGINT", "TEXT", "BIGINT") + `) AS v
		WHERE delivery.id = v.column1 AND delivery.shard_id = v.column7 AND delivery.state = v.column8 RETURNING delivery.id`
}

// intendStatement writes n intents.
func intendStatement(n int) string {
	return `UPDATE delivery SET state = 'sending', changed = ?
		FROM (VALUES ` + values(n, "BIGINT", "BIGINT") + `) AS v
		WHERE delivery.id = v.column1 AND delivery.shard_id = v.column2 AND delivery.state IN ('leased', 'sending')
			AND EXISTS (SELECT 1 FROM subscriber s WHERE s.id = delivery.subscriber_id AND ` + subscribed + `)
		RETURNING delivery.id`
}

// settle writes outcomes, by the shards that the rows were leased with.
func (l *ledger) settle(ctx context.Context, tx *sql.Tx, outcomes []*outcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	now := l.now().Unix()
	args := make([]any, 0, 1+9*len(outcomes))
	args = append(args, now)
	for _, o := range outcomes {
		if !allowed(o.row.state, o.Delivery.State) {
			return fmt.Errorf("delivery to %s: no step from %s to %s", o.row.address, o.row.state, o.Delivery.State)
		}
		args = append(args, o.row.id, string(o.Delivery.State), o.Tries, o.Code, o.Reason, o.due, o.row.shard.id, string(o.row.state), o.relay)
	}
	written, err := l.ids(ctx, tx, settleStatement(len(outcomes)), args...)
	if err != nil {
		return err
	}
	var delta counts
	for _, o := range outcomes {
		if !written[o.row.id] {
			late, err := l.late(ctx, tx, o)
			if err != nil {
				return err
			}
			if !late {
				continue
			}
			delta.uncertain--
		}
		if f := o.refusal; f != nil && l.refused != nil {
			if err := l.refused(ctx, tx, l.edition, o.row.subscriber, o.row.address, f.Code, f.Enhanced, f.Line); err != nil {
				return err
			}
		}
		delta.add(o.Delivery.State, 1)
	}
	return l.tally(ctx, tx, delta)
}

// late writes the outcome of a row whose worker was taken for dead while it
// waited for the reply. Where somebody else has the row already, nothing is
// written. An edition that others took for done meanwhile is not, if there is
// something to be sent after all.
func (l *ledger) late(ctx context.Context, tx *sql.Tx, o *outcome) (bool, error) {
	if o.row.state != Sending || o.Delivery.State == Uncertain {
		return false, nil
	}
	result, err := tx.ExecContext(ctx, l.bind(`UPDATE delivery SET state = ?, tries = ?, code = ?, reason = ?, due = ?, relay_id = ?, changed = ?
		WHERE id = ? AND shard_id = ? AND state = 'uncertain'`),
		string(o.Delivery.State), o.Tries, o.Code, o.Reason, o.due, o.relay, l.now().Unix(), o.row.id, o.row.shard.id)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if n == 0 || err != nil {
		return false, err
	}
	if o.Delivery.State == Pending || o.Delivery.State == Deferred {
		// Also where it is not done: whoever is about to close it has to wait for this.
		_, err = tx.ExecContext(ctx, l.bind(`UPDATE edition SET state = CASE state WHEN 'done' THEN 'sending' ELSE state END WHERE id = ?`), l.edition)
	}
	return true, err
}

// intend writes that the dots of rows are about to be sent. The answers tell of
// which that must not be: others have the row, or the subscriber has left.
func (l *ledger) intend(ctx context.Context, tx *sql.Tx, rows []*row) (answers map[*row]error, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	now := l.now().Unix()
	args := make([]any, 0, 2+2*len(rows))
	args = append(args, now)
	for _, r := range rows {
		args = append(args, r.id, r.shard.id)
	}
	written, err := l.ids(ctx, tx, intendStatement(len(rows)), append(args, subscribedArgs(l)...)...)
	if err != nil {
		return nil, err
	}
	answers = map[*row]error{}
	for _, r := range rows {
		if written[r.id] {
			continue
		}
		var state State
		var shard int64
		err := tx.QueryRowContext(ctx, l.bind(`SELECT state, shard_id FROM delivery WHERE id = ?`), r.id).Scan(&state, &shard)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && (shard != r.shard.id || state != Leased && state != Sending):
			answers[r] = errFenced
		case err != nil:
			return nil, err
		default:
			answers[r] = errGone
		}
	}
	return answers, nil
}

// subscribed is the condition for a subscriber s who may be sent something.
var subscribed = audience.Receives("s", "?")

func subscribedArgs(l *ledger) []any { return []any{l.now().Unix()} }
