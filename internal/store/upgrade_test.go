package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestUpgrade: a database of each schema that was ever landed, with data in it,
// comes out with all of it. testdata/schema-N.sql is a dump of such a file.
func TestUpgrade(t *testing.T) {
	dumps, err := filepath.Glob("testdata/schema-*.sql")
	if err != nil || len(dumps) == 0 {
		t.Fatalf("%d dumps, error %v", len(dumps), err)
	}
	for _, dump := range dumps {
		address := storetest.SQLite(t)
		load(t, address, dump)
		for range 2 { // the second time nothing is left to do
			db := mustOpen(t, address)
			var states, key string
			var deliveries int
			err := db.QueryRow(`SELECT (SELECT group_concat(id || ' ' || address || ' ' || state || ' ' || topics, '; ') FROM subscriber),
				(SELECT value FROM setting WHERE name = 'token_key'),
				(SELECT COUNT(*) FROM delivery JOIN subscriber ON subscriber.id = subscriber_id)`).Scan(&states, &key, &deliveries)
			if err != nil || states != "1 Ada@example.org active ; 2 bob@example.org unsubscribed ; 7 cleo@example.org active " ||
				key != "0123456789abcdef0123456789abcdef" || deliveries != 2 {
				t.Errorf("%s: %q, key %q, %d deliveries, error %v", dump, states, key, deliveries, err)
			}
			if _, err := db.Exec(`UPDATE subscriber SET state = 'paused' WHERE id = 1`); err != nil {
				t.Error(err)
			}
			if _, err := db.Exec(`UPDATE subscriber SET state = 'subscribed' WHERE id = 1`); err == nil {
				t.Error("the old state is still allowed")
			}
			if _, err := db.Exec(`UPDATE subscriber SET state = 'active' WHERE id = 1`); err != nil {
				t.Error(err)
			}
		}
	}
}

func load(t *testing.T, address, dump string) {
	t.Helper()
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(string(text)); err != nil {
		t.Fatal(err)
	}
}

// TestUpgradeIsNew: a file of each landed schema has the tables of a new one in the
// end, and no other; so a migration that was landed is not changed afterwards.
func TestUpgradeIsNew(t *testing.T) {
	want := schema(t, storetest.SQLite(t))
	dumps, err := filepath.Glob("testdata/schema-*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, dump := range dumps {
		address := storetest.SQLite(t)
		load(t, address, dump)
		if got := schema(t, address); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", dump, got, want)
		}
	}
}

// schema opens a database and gives what its tables and their columns are then.
func schema(t *testing.T, address string) string {
	t.Helper()
	var all string
	err := mustOpen(t, address).QueryRow(`SELECT group_concat(line, char(10)) FROM (
		SELECT m.type || ' ' || m.name || ' ' || COALESCE(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || COALESCE(c.dflt_value, ''), '') AS line
		FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c ON m.type = 'table' ORDER BY line)`).Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOpenTogether: processes that find an old schema at once all go on.
func TestOpenTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		errs := make(chan error)
		for range 4 {
			go func() {
				db, err := store.Open(context.Background(), address)
				if err == nil {
					err = db.Close()
				}
				errs <- err
			}()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestPostgresErrors(t *testing.T) {
	address := storetest.Postgres(t)
	for _, tt := range []struct{ address, want string }{
		{strings.Replace(address, "/test", "/none", 1), "there is no such database (make it with createdb)"},
		{"postgres://joe:topsecret@127.0.0.1:1/x", `database.url: "postgres://127.0.0.1:1/x": no connection to PostgreSQL`},
		{"postgres://joe:topsecret@[bad/x", "not a PostgreSQL address"},
		{"postgres://h/x?password=topsecret&sslmode=maybe", "not a PostgreSQL address"},
	} {
		_, err := store.Open(t.Context(), tt.address)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("Open(%s): %v; want %q and no password", tt.address, err, tt.want)
		}
	}
}
