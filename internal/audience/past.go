package audience

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
)

// pastKey is the address key of one who had an address before the one who has it
// now, the nth of those.
func (s *Suppressor) pastKey(addressKey string, n int) string {
	return fmt.Sprintf("past:%s:%d", hex.EncodeToString(s.hash(addressKey)), n)
}

// past gives the numbers of those who had an address before the one who has it now.
func past(ctx context.Context, tx *sql.Tx, hashes *Suppressor, addressKey string) (ids []int64, err error) {
	for {
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM subscriber WHERE address_key = $1`, hashes.pastKey(addressKey, len(ids))).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
}

// makeWay takes an address from another subscriber than id who has left with it.
func makeWay(ctx context.Context, tx *sql.Tx, hashes *Suppressor, id int64, addressKey string, act Act) error {
	before, err := locked(ctx, tx, "address_key", addressKey)
	if errors.Is(err, ErrUnknown) || err == nil && before.ID == id {
		return nil
	}
	if err != nil {
		return err
	}
	if before.State != Unsubscribed && before.State != Bounced {
		return ErrTaken
	}
	older, err := past(ctx, tx, hashes, addressKey)
	if err != nil {
		return err
	}
	if err := setKey(ctx, tx, before.ID, hashes.pastKey(addressKey, len(older))); err != nil {
		return err
	}
	return act.note(ctx, tx, "make way", before.ID, 0, fmt.Sprintf("the address is subscriber %d's", id))
}

// comeBack gives an address that nobody has any more to the one who had it before,
// so that a list can't bring it back.
func comeBack(ctx context.Context, tx *sql.Tx, hashes *Suppressor, addressKey string) error {
	ids, err := past(ctx, tx, hashes, addressKey)
	if err != nil || len(ids) == 0 {
		return err
	}
	var taken int // by who only writes her address in another way now
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM subscriber WHERE address_key = $1`, addressKey).Scan(&taken); err != nil || taken > 0 {
		return err
	}
	return setKey(ctx, tx, ids[len(ids)-1], addressKey)
}

// Heir gives the subscriber who has the address of one who has left, if she made way
// for her (see Move), and else the same one: whoever says something by an old mail to
// an address means what comes to it now.
func Heir(ctx context.Context, tx *sql.Tx, s Subscriber) (Subscriber, error) {
	if !s.State.Left() || s.Address == "" {
		return s, nil
	}
	now, err := locked(ctx, tx, "address_key", key(s.Address))
	if errors.Is(err, ErrUnknown) {
		return s, nil
	}
	return now, err
}

func setKey(ctx context.Context, tx *sql.Tx, id int64, addressKey string) error {
	_, err := tx.ExecContext(ctx, `UPDATE subscriber SET address_key = $1 WHERE id = $2`, addressKey, id)
	return err
}

// everyone gives the numbers of all rows with an address: of who has it, and of who
// had it.
func everyone(ctx context.Context, tx *sql.Tx, hashes *Suppressor, addressKey string) ([]int64, error) {
	ids, err := past(ctx, tx, hashes, addressKey)
	if err != nil {
		return nil, err
	}
	now, err := locked(ctx, tx, "address_key", addressKey)
	if errors.Is(err, ErrUnknown) {
		return ids, nil
	}
	return append(ids, now.ID), err
}
