// Package storetest gives tests the databases that newsdesk runs on: an SQLite
// file, and a real PostgreSQL server of their own.
//
// The server is started once for each test binary, from Debian's package
// postgresql, on a Unix socket in a temporary folder that goes when the tests
// end, however they end. It does not fsync: tests kill clients, whose commits
// the server then has, and never the server or the machine.
package storetest

import (
	"path/filepath"
	"testing"
)

// Each runs f on an SQLite file and on PostgreSQL, with the address of a new
// and empty database. Without PostgreSQL that part is skipped.
func Each(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite gives the address of an SQLite file that is not there yet.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "newsdesk.db") }
