package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestMove: what a backup of SQLite has is in PostgreSQL afterwards, every row and
// value, and new rows get numbers of their own.
func TestMove(t *testing.T) {
	address := storetest.Postgres(t)
	source := storetest.SQLite(t)
	load(t, source, "testdata/schema-60.sql")
	from := mustOpen(t, source)
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := from.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(t.Context(), address, file, false); err != nil {
		t.Fatal(err)
	}
	to := mustOpen(t, address)
	rows, err := from.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	for _, table := range tables {
		if want, got := dump(t, from, table), dump(t, to, table); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", table, got, want)
		}
	}
	var id int
	if err := to.QueryRow(`INSERT INTO consent_text (text) VALUES ('another') RETURNING id`).Scan(&id); err != nil || id != 2 {
		t.Errorf("a new row has number %d, error %v", id, err)
	}
	if err := store.Restore(t.Context(), address, file, false); !errors.Is(err, store.ErrExists) {
		t.Errorf("over what is there: %v", err)
	}
	if err := store.Restore(t.Context(), address, file, true); err != nil {
		t.Error(err)
	}
	if got := dump(t, to, "consent_text"); strings.Contains(got, "another") {
		t.Errorf("after --force: %s", got)
	}
}

// dump gives all rows of a table, columns by name.
func dump(t *testing.T, db *store.DB, table string) string {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM ` + table + ` ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values := map[string]any{}
		places := make([]any, len(columns))
		for i := range places {
			places[i] = new(any)
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		for i, name := range columns {
			v := *places[i].(*any)
			if data, ok := v.([]byte); ok {
				v = string(data)
			}
			values[name] = v
		}
		fmt.Fprintln(&b, values)
	}
	return b.String()
}
