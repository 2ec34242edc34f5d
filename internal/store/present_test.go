package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// What is written into a file without a name is lost when the process ends.
func TestFileGone(t *testing.T) {
	tests := []struct {
		name string
		do   func(path string) error
	}{
		{"deleted", os.Remove},
		{"replaced", func(path string) error {
			other := path + ".other"
			return errors.Join(os.WriteFile(other, nil, 0o600), os.Rename(other, path))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "newsdesk.db")
			db, err := Open(t.Context(), "sqlite:"+path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			change := func(context.Context, *sql.Tx) error { return nil }
			if err := NewGroup(db).Do(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			if err := test.do(path); err != nil {
				t.Fatal(err)
			}
			for name, do := range map[string]Transactor{"alone": db, "together": NewGroup(db)} {
				if err := do.Do(t.Context(), change); !errors.Is(err, ErrGone) {
					t.Errorf("%s: a change is acknowledged: %v", name, err)
				}
			}
		})
	}
}
