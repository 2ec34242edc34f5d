package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// ErrPostgres says that backups of PostgreSQL are made with its own tools.
var ErrPostgres = errors.New("database.url is PostgreSQL, which has its own tools: pg_dump --format=custom --file=FILE DATABASE, and pg_restore --clean --dbname=DATABASE FILE")

// Backup writes the database as it is at this moment to file, whole or not at
// all; others may read and write meanwhile. A file that is there is replaced.
func (db *DB) Backup(ctx context.Context, file string) error {
	if db.postgres {
		return ErrPostgres
	}
	temp, err := privateTemp(file)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	// It may write to a file that is there if that is empty.
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, temp); err != nil {
		return err
	}
	return publish(temp, file)
}

// privateTemp makes an empty file beside file that only its owner may read.
func privateTemp(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".newsdesk-*.tmp")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// publish gives the whole and durable file temp its name.
func publish(temp, file string) error {
	f, err := os.OpenFile(temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, file); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	_ = dir.Sync() // not every system has it for folders
	return dir.Close()
}

// ErrExists says that Restore would replace a database.
var ErrExists = errors.New("there is a database already")

// Restore makes the database at address from a file that Backup wrote, after it
// has checked that the file is whole and that this program knows its schema.
// Only with force it replaces a database that is there, in one transaction:
// other processes that have it open see the old one or the new one. The address may
// be PostgreSQL's: that is the way from the one to the other.
func Restore(ctx context.Context, address, file string, force bool) error {
	if err := checkBackup(ctx, file); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if isPostgres(address) {
		return move(ctx, address, file, force)
	}
	db, err := connect(address)
	if err != nil {
		return fmt.Errorf("database.url: %q: %w", address, err)
	}
	defer db.Close()
	if info, err := os.Stat(db.path); err != nil || info.Size() > 0 && !force {
		return errors.Join(err, fmt.Errorf("%s: %w", db.path, ErrExists))
	}
	err = db.writeAhead(ctx)
	if err == nil {
		err = db.replace(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", db.path, explain(err))
	}
	return db.migrate(ctx)
}

// checkBackup reads all of the file.
func checkBackup(ctx context.Context, file string) error {
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return errors.Join(err, dirError(info))
	}
	pool, err := sql.Open("sqlite", dataSourceReadOnly(file))
	if err != nil {
		return err
	}
	defer pool.Close()
	var found string
	if err := pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return explain(err)
	}
	if found != "ok" {
		return fmt.Errorf("the file is damaged: %s", found)
	}
	version, err := schemaVersion(ctx, pool)
	if err != nil {
		return fmt.Errorf("this is no database of newsdesk: %w", err)
	}
	if newest := newestMigration(); version > newest {
		return newerError(version, newest)
	}
	return nil
}

func dirError(info fs.FileInfo) error {
	if info == nil {
		return nil
	}
	return errors.New("this is a folder (want a file that newsdesk backup wrote)")
}

// replace copies file's pages over those of db, by SQLite's backup interface.
func (db *DB) replace(ctx context.Context, file string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		restorer, ok := driver.(interface {
			NewRestore(source string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver can't restore")
		}
		b, err := restorer.NewRestore(dataSourceReadOnly(file))
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(-1)
			}
		}
		return errors.Join(err, b.Finish())
	})
}
