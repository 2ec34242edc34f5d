package storetest

import "testing"

// Has reports whether Postgres gives a database.
func Has() bool { return false }

// Postgres skips the test: it is tested where its server is a package.
func Postgres(t testing.TB) string {
	t.Skip("PostgreSQL is not tested on Windows")
	return ""
}

// PostgresWith gives Postgres.
func PostgresWith(fill func(address string) error) func(testing.TB) string { return Postgres }

// Restart fails the test: without Postgres nobody gets here.
func Restart(t testing.TB) { t.Fatal("PostgreSQL is not tested on Windows") }
