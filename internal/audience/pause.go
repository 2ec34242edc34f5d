package audience

import (
	"context"
	"database/sql"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// EndPauses makes those active whose pause is over. They get mail without it, from
// the very time (see Receives): it is for whoever counts or lists them.
func EndPauses(ctx context.Context, db store.Transactor, now time.Time) error {
	act := Act{By: "calendar", Now: now}
	return transact(ctx, db, func(tx *sql.Tx) error {
		ids, err := overdue(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := act.note(ctx, tx, "resume", id, 0, "paused to active; until is over"); err != nil {
				return err
			}
		}
		return nil
	})
}

// overdue ends the pauses that are over, and gives the subscribers.
func overdue(ctx context.Context, tx *sql.Tx, now time.Time) (ids []int64, err error) {
	// The condition of the index subscriber_selection is in it, in its words.
	rows, err := tx.QueryContext(ctx, `UPDATE subscriber SET state = 'active', paused_until = 0, changed = $1
		WHERE (state <> 'active' OR topics <> '' OR language <> '') AND state = 'paused' AND paused_until > 0 AND paused_until <= $1
		RETURNING id`, now.Unix())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
