// Package storetest gives tests the databases that newsdesk runs on: an SQLite
// file, and a real PostgreSQL server of their own.
//
// The server is started once for each test binary, from Debian's package
// postgresql, on a Unix socket in a temporary folder that goes when the tests
// end, however they end. It does not fsync: tests kill clients, whose commits
// the server then has, and never the server or the machine.
package storetest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// prepare is what Prepare was given, or nil.
var prepare func(address string) error

// Prepare makes the databases that tests get from then on copies of one that f has
// filled, one of each kind: under the race detector to make the tables takes longer
// than most tests. It is for TestMain.
func Prepare(f func(address string) error) { prepare = f }

// preparedFile gives what is in the SQLite file of Prepare.
var preparedFile = sync.OnceValues(func() (data []byte, err error) {
	dir, err := os.MkdirTemp("", "newsdesk-prepared-")
	if err != nil {
		return nil, err
	}
	address := sqliteIn(dir)
	if err = prepare(address); err == nil {
		data, err = os.ReadFile(strings.TrimPrefix(address, "sqlite:"))
	}
	return data, errors.Join(err, os.RemoveAll(dir))
})

// Each runs f on an SQLite file and on PostgreSQL, with the address of a database
// that is new, and empty but for Prepare. Without PostgreSQL that part is skipped.
func Each(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite gives the address of an SQLite file that is not there yet, or of a copy of
// that of Prepare.
func SQLite(t testing.TB) string {
	t.Helper()
	address := sqliteIn(t.TempDir())
	if prepare == nil {
		return address
	}
	data, err := preparedFile()
	if err == nil {
		err = os.WriteFile(strings.TrimPrefix(address, "sqlite:"), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func sqliteIn(dir string) string { return "sqlite:" + filepath.Join(dir, "newsdesk.db") }
