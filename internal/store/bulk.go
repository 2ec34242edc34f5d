package store

import "context"

// Bulk prepares SQLite for millions of rows, until end is called: pages that
// every batch touches are copied from the log to the file now and then, not
// after each. The log may grow to some 250 MB meanwhile.
func (db *DB) Bulk(ctx context.Context) (end func(), err error) {
	if db.postgres {
		return func() {}, nil
	}
	if _, err := db.ExecContext(ctx, `PRAGMA wal_autocheckpoint = 60000`); err != nil { // pages of 4 KiB
		return nil, err
	}
	return func() {
		// If either fails, the log is only longer than it need be.
		_, _ = db.ExecContext(context.WithoutCancel(ctx), `PRAGMA wal_autocheckpoint = 1000`)
		_ = db.Checkpoint(context.WithoutCancel(ctx))
	}, nil
}

// Checkpoint empties SQLite's log into the file, as far as nobody reads from it:
// old versions of pages are in it, and what was erased on them.
func (db *DB) Checkpoint(ctx context.Context) error {
	if db.postgres {
		return nil
	}
	_, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
