package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// ErrGone says that the file of a database was deleted, or replaced by another,
// while it was open.
var ErrGone = errors.New("the file was deleted or replaced while newsdesk had it open; nothing more is written. " +
	"Put it back or restore it, and start newsdesk again (newsdesk restore replaces what is in it, not the file)")

// BeginTx begins a transaction as [sql.DB.BeginTx] does, but not in a file that no
// longer has its name: SQLite would write on into what nobody can open any more, and
// what was committed would be lost when the process ends.
func (db *DB) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	if err := db.present(); err != nil {
		return nil, err
	}
	return db.DB.BeginTx(ctx, opts)
}

// present asks whether the file is the one that was opened.
func (db *DB) present() error {
	if db.file == nil {
		return nil
	}
	if info, err := os.Stat(db.path); err != nil || !os.SameFile(info, db.file) {
		return fmt.Errorf("%s: %w", db.path, ErrGone)
	}
	return nil
}
