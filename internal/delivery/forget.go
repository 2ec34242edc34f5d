package delivery

import (
	"context"
	"database/sql"
)

// Forget erases a person from the ledger, in the transaction in which
// audience.Erase forgets her: address, name, and the server's replies, which
// often repeat the address. The rows stay, so that the sums do, and what was not
// sent yet is skipped; a worker that has it can't send it any more.
func Forget(ctx context.Context, tx *sql.Tx, subscriber int64) error {
	const open = `state IN ('pending', 'leased', 'deferred')`
	for _, statement := range []string{
		`INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped)
			SELECT edition_id, 0, 0, -COUNT(CASE state WHEN 'deferred' THEN 1 END), 0, 0, COUNT(*)
			FROM delivery WHERE subscriber_id = $1 AND ` + open + ` GROUP BY edition_id
			ON CONFLICT (edition_id, worker) DO UPDATE SET deferred = tally.deferred + excluded.deferred, skipped = tally.skipped + excluded.skipped`,
		`UPDATE delivery SET address = 'erased:' || id, name = '', due = 0,
			reason = CASE WHEN ` + open + ` THEN 'erased' ELSE '' END,
			state = CASE WHEN ` + open + ` THEN 'skipped' ELSE state END
			WHERE subscriber_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, subscriber); err != nil {
			return err
		}
	}
	return nil
}
