// Package storetest gives tests the databases that newsdesk runs on: an SQLite
// file, and a real PostgreSQL server of their own.
//
// The server is started once for each test binary, from Debian's package
// postgresql, on a Unix socket in a temporary folder that goes when the tests
// end, however they end. It does not fsync: tests kill clients, whose commits
// the server then has, and never the server or the machine.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
)

// Each runs f on an SQLite file and on PostgreSQL, with the address of a new
// and empty database. Without PostgreSQL that part is skipped.
func Each(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite gives the address of an SQLite file that is not there yet.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "newsdesk.db") }

// EachReady is Each with databases that have their tables.
func EachReady(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLiteReady(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, PostgresReady(t)) })
}

// SQLiteReady is SQLite with a file that has its tables: a copy of one that was made
// once, for making them takes longer than most tests.
func SQLiteReady(t testing.TB) string {
	t.Helper()
	content, err := sqliteTemplate()
	address := SQLite(t)
	if err == nil {
		err = os.WriteFile(strings.TrimPrefix(address, "sqlite:"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return address
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "newsdesk-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "newsdesk.db")
	if err := makeTables("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func makeTables(address string) error {
	db, err := store.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return db.Close()
}
