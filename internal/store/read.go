package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// OpenRead opens the database at url for reading, as it is: it is neither made
// nor brought up to date, so that a command that only looks changes nothing. The
// error is fs.ErrNotExist if there is none. A table that a later migration makes
// may be missing: see Has.
func OpenRead(ctx context.Context, url string) (*DB, error) {
	db, err := openRead(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("database.url: %q: %w", redacted(url), err)
	}
	return db, nil
}

func openRead(ctx context.Context, url string) (*DB, error) {
	if isPostgres(url) {
		db, err := connectPostgres(url)
		if err != nil {
			return nil, err
		}
		if err := db.notNewer(ctx); err != nil {
			return nil, errors.Join(explain(err), db.Close())
		}
		return db, nil
	}
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || file == "" {
		return nil, errors.New("want sqlite:FILE or postgres://user@host/database")
	}
	if info, err := os.Stat(file); err != nil {
		return nil, err
	} else if info.IsDir() {
		return nil, openError(file, nil)
	}
	if err := access(file, false); err != nil { // SQLite does not say why it can't
		return nil, fmt.Errorf("%w (what was sent is written there; let this user read it)", err)
	}
	db, err := readPool(ctx, file, "ro")
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_READONLY_DIRECTORY {
		// Readers of a WAL database write beside it. Where nobody can, nobody
		// changes it either.
		db, err = readPool(ctx, file, "immutable")
	}
	return db, explain(err)
}

func readPool(ctx context.Context, file, mode string) (*DB, error) {
	pool, err := sql.Open("sqlite", readSource(file, mode))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	db := &DB{DB: pool, path: file}
	if err := db.notNewer(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// Has reports whether there is a table.
func (db *DB) Has(ctx context.Context, table string) (bool, error) {
	query := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1`
	if db.postgres {
		query = `SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1`
	}
	var n int
	err := db.QueryRowContext(ctx, query, table).Scan(&n)
	return n > 0, err
}

// notNewer fails if the schema is newer than this program's.
func (db *DB) notNewer(ctx context.Context) error {
	if ok, err := db.Has(ctx, "goose_db_version"); err != nil || !ok {
		return err
	}
	var current int64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&current); err != nil {
		return err
	}
	if newest := newestMigration(); current > newest {
		return newerError(current, newest)
	}
	return nil
}

func newerError(current, newest int64) error {
	return fmt.Errorf("the database has schema %d, this newsdesk knows only %d (use the newer newsdesk)", current, newest)
}
