package audience

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/medigy/newsdesk/internal/store"
)

// Erase forgets a person, as the law demands when she asks (GDPR, article 17):
// address, name, choices and consents go, also of those who had
// her address before (see Move). What stays is the row's number, so
// that ledger and audit log still add up and links in old mails do no harm, and
// the keyed hash that keeps the address from coming back with a list. Other
// packages that keep something of a subscriber erase it in the same transaction,
// in also.
func Erase(ctx context.Context, db *store.DB, hashes *Suppressor, id int64, act Act, also ...func(ctx context.Context, tx *sql.Tx, id int64) error) error {
	err := transact(ctx, db, func(tx *sql.Tx) error {
		s, err := locked(ctx, tx, "id", id)
		if err != nil || s.State == Erased {
			return err
		}
		ids, err := everyone(ctx, tx, hashes, key(s.Address))
		if err != nil {
			return err
		}
		reason := Erased
		if s.State.Left() {
			reason = s.State
		}
		if err := hashes.suppress(ctx, tx, key(s.Address), reason, act.Now); err != nil {
			return err
		}
		for _, id := range ids {
			if err := eraseRow(ctx, tx, id, act, also); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.Checkpoint(ctx)
}

func eraseRow(ctx context.Context, tx *sql.Tx, id int64, act Act, also []func(ctx context.Context, tx *sql.Tx, id int64) error) error {
	s, err := locked(ctx, tx, "id", id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`UPDATE subscriber SET address = '', address_key = $1, name = '', state = $2, changed = $3, paused_until = 0,
			topics = '', language = '', digests = '', consent_id = NULL WHERE id = $4`,
		fmt.Sprintf("erased:%d", id), string(Erased), act.Now.Unix(), id)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM consent WHERE subscriber_id = $1`, id); err != nil {
		return err
	}
	if err := forgetSoft(ctx, tx, id); err != nil {
		return err
	}
	for _, erase := range also {
		if err := erase(ctx, tx, id); err != nil {
			return err
		}
	}
	return act.note(ctx, tx, "erase", id, 0, string(s.State)+" to erased")
}
