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
		// What is not copied now is when the file is closed or opened again.
		db.ExecContext(context.WithoutCancel(ctx), `PRAGMA wal_autocheckpoint = 1000`)
		db.ExecContext(context.WithoutCancel(ctx), `PRAGMA wal_checkpoint(TRUNCATE)`)
	}, nil
}
