package storetest

import "testing"

// Has reports whether Postgres gives a database.
func Has() bool { return false }

// Postgres skips the test: it is tested where its server is a package.
func Postgres(t testing.TB) string {
	t.Skip("PostgreSQL is not tested on Windows")
	return ""
}

// PostgresReady is Postgres.
func PostgresReady(t testing.TB) string { return Postgres(t) }

// Restart fails the test: without Postgres nobody gets here.
func Restart(t testing.TB) { t.Fatal("PostgreSQL is not tested on Windows") }
