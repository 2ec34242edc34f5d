package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	gooselock "github.com/pressly/goose/v3/lock"
)

// The files are run in the order of their numbers, each once. A file that was
// released is never changed; what it did wrong, the next one repairs. They are
// in SQLite's dialect; see translated for PostgreSQL's.
//
//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// migrate brings the schema to the newest that this program knows. A schema
// that is newer still is an error: an old program must not write by old rules.
func (db *DB) migrate(ctx context.Context) error {
	if err := db.notNewer(ctx); err != nil {
		return err
	}
	if current, err := db.isCurrent(ctx); err != nil || current {
		return err
	}
	// Others may have seen the same old schema. One at a time looks again, which Up
	// does first, and brings it up to date; on PostgreSQL goose's own lock sees to it.
	if !db.postgres {
		release, err := db.waitLock(ctx, "migrate", "bringing the database up to date")
		if err != nil {
			return err
		}
		defer release()
	}
	p, err := db.provider()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	return nil
}

// isCurrent reports whether every migration was run. It writes nothing, as goose
// does when it looks.
func (db *DB) isCurrent(ctx context.Context) (bool, error) {
	if ok, err := db.Has(ctx, "goose_db_version"); err != nil || !ok {
		return false, err
	}
	for _, n := range knownMigrations() {
		var done bool
		err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM goose_db_version WHERE is_applied AND version_id = $1)`, n).Scan(&done)
		if err != nil || !done {
			return false, err
		}
	}
	return true, nil
}

// provider gives goose for this database. Numbers may arrive out of order:
// migrations that were written side by side do not build on each other.
func (db *DB) provider() (*goose.Provider, error) {
	options := []goose.ProviderOption{
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true),
	}
	dialect := goose.DialectSQLite3
	if db.postgres {
		dialect = goose.DialectPostgres
		locker, err := gooselock.NewPostgresSessionLocker(gooselock.WithLockTimeout(1, 60)) // seconds, times
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db.DB, translated{migrations, db.postgres}, options...)
}

// schemaVersion gives the number of the newest migration that was run on pool.
func schemaVersion(ctx context.Context, pool *sql.DB) (version int64, err error) {
	err = pool.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&version)
	return version, err
}

// newestMigration gives the number that this program's schema has.
func newestMigration() int64 { return slices.Max(knownMigrations()) }

// knownMigrations gives the numbers of the migrations.
func knownMigrations() (all []int64) {
	files, _ := fs.Glob(migrations, migrationsDir+"/*.sql")
	for _, file := range files {
		if n, err := goose.NumericComponent(file); err == nil {
			all = append(all, n)
		}
	}
	return all
}
