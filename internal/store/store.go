package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DB is an open database with the schema of this program.
type DB struct {
	*sql.DB
	path     string      // of the SQLite file
	file     fs.FileInfo // the file that was opened; nil for PostgreSQL and for reading
	postgres bool
}

// Open opens the database at address and makes its tables, or brings them up
// to date, where needed. The address is "sqlite:" and a file's name, relative
// ("sqlite:newsdesk.db") or absolute ("sqlite:/var/lib/newsdesk.db"), or
// "postgres://user@host/database". Errors name the setting database.url, and
// never a password in it.
func Open(ctx context.Context, address string) (*DB, error) {
	db, err := open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("database.url: %q: %w", redacted(address), err)
	}
	return db, nil
}

func open(ctx context.Context, address string) (*DB, error) {
	db, err := connect(address)
	if err != nil {
		return nil, err
	}
	err = db.writeAhead(ctx)
	if err == nil {
		err = db.migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(explain(err), db.Close())
	}
	return db, nil
}

// writeAhead has the file of a SQLite database keep a write-ahead log (WAL), as it then
// does for good. One process at a time: of two that change the mode at once SQLite
// refuses one, and does not wait as long as busy_timeout says (its transaction reads
// first and writes later, like those that _txlock is for).
func (db *DB) writeAhead(ctx context.Context) error {
	if db.postgres {
		return nil
	}
	var mode string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil || mode == "wal" {
		return err
	}
	release, err := db.waitLock(ctx, "migrate", "bringing the database up to date")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
	return errors.Join(err, release())
}

func connect(address string) (*DB, error) {
	if isPostgres(address) {
		return connectPostgres(address)
	}
	path, ok := strings.CutPrefix(address, "sqlite:")
	if !ok || path == "" {
		return nil, errors.New("want sqlite:FILE or postgres://user@host/database")
	}
	if err := prepare(path); err != nil {
		return nil, openError(path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, err)
	}
	pool, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return &DB{DB: pool, path: path, file: info}, nil
}

var preparing sync.Mutex

// prepare makes the file if there is none, and else tells why it can't be used:
// SQLite would make it readable to everybody, although it holds addresses (its
// -wal and -shm files take over the mode), and does not say why it can't.
//
// A file that is there is not opened. On Unix a process that closes a file loses
// all its locks on it (POSIX, fcntl), also those of a connection that is open
// already: another process would then take itself for the last one and delete the
// -wal file with what this one goes on to commit. So that it is not opened either while
// this process makes it, one at a time prepares.
func prepare(path string) error {
	preparing.Lock()
	defer preparing.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		info, serr := os.Stat(path)
		switch {
		case serr == nil && info.IsDir():
			return &fs.PathError{Op: "open", Path: path, Err: errors.New("is a folder")}
		case serr == nil:
			return access(path, true)
		}
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // a link to a file that is to be made
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dataSource gives the driver's name for the file at path. It is a URI, so the
// characters that mean something there are escaped.
func dataSource(path string) string {
	return fileURI(path) + "?" + url.Values{
		"_pragma": {
			"busy_timeout(10000)", // milliseconds; another newsdesk may be writing
			"synchronous(FULL)",
			"foreign_keys(ON)",
			"secure_delete(ON)",  // who is erased is not to be read in the file
			"cache_size(-16000)", // KiB; an import meets pages of the index again and again
		},
		// A transaction that will write says so at its begin: one that reads
		// first and writes later can fail although it waited.
		"_txlock": {"immediate"},
	}.Encode()
}

// readSource gives the driver's name for the file at path, for reading: "ro", or
// "immutable" if nothing else changes it meanwhile.
func readSource(path, mode string) string {
	values := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}
	if mode == "immutable" {
		values.Set("immutable", "1")
	}
	return fileURI(path) + "?" + values.Encode()
}

func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}

// dataSourceReadOnly names a file that nobody writes to, such as a backup.
func dataSourceReadOnly(path string) string { return readSource(path, "immutable") }

// openError words the errors of making the file for the person who set its name.
func openError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s (make it, or name another file)", filepath.Dir(path))
	}
	if info, serr := os.Stat(path); serr == nil && info.IsDir() {
		return errors.New("this is a folder (want sqlite:FILE)")
	}
	return err
}

// explain words the errors at opening for the person who set the address.
func explain(err error) error {
	if text := explainPostgres(err); text != "" {
		return fmt.Errorf("%s: %w", text, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the rest is the extended code
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("this file is no SQLite database, or it is damaged (name another file): %w", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another program has kept the database locked for 10 s: %w", err)
	}
	return err
}
