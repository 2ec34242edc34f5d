package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

func put(t *testing.T, db *store.DB, name, value string) {
	t.Helper()
	if _, err := db.Exec(`INSERT INTO setting VALUES ($1, $2)`, name, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, db *store.DB) (all string) {
	t.Helper()
	if err := db.QueryRow(`SELECT group_concat(name || '=' || value, ' ') FROM setting`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBackup: a backup is what was committed, made while another process has
// the database open and writes.
func TestBackup(t *testing.T) {
	address, file := storetest.SQLite(t), filepath.Join(t.TempDir(), "backup.db")
	db, writer := mustOpen(t, address), mustOpen(t, address)
	put(t, db, "a", "1")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			if _, err := writer.Exec(`INSERT INTO consent_text (text) VALUES ($1)`, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 3 { // it replaces the one before
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, error %v: others can read the addresses", info.Mode(), err)
	}
	if files, _ := os.ReadDir(filepath.Dir(file)); len(files) != 1 {
		t.Errorf("left beside the backup: %v", files)
	}

	put(t, db, "b", "2") // after the backup
	if err := store.Restore(t.Context(), address, file, false); !errors.Is(err, store.ErrExists) {
		t.Errorf("restore over a database: %v", err)
	}
	if err := store.Restore(t.Context(), address, file, true); err != nil {
		t.Fatal(err)
	}
	if got := get(t, db); got != "a=1" { // by the connection that was open before
		t.Errorf("after the restore: %s", got)
	}
	other := storetest.SQLite(t)
	if err := store.Restore(t.Context(), other, file, false); err != nil {
		t.Fatal(err)
	}
	if got := get(t, mustOpen(t, other)); got != "a=1" {
		t.Errorf("restored to a new file: %s", got)
	}
	if err := db.Backup(t.Context(), filepath.Join(t.TempDir(), "none", "x.db")); err == nil {
		t.Error("a backup to a folder that is not there succeeded")
	}
}

func TestRestoreWrong(t *testing.T) {
	dir := t.TempDir()
	source := mustOpen(t, "sqlite:"+filepath.Join(dir, "source.db"))
	good := filepath.Join(dir, "good.db")
	if err := source.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte{}, data...)
	for i := 5000; i < 9000; i++ {
		damaged[i] = 0xff
	}
	if _, err := source.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := source.Backup(t.Context(), filepath.Join(dir, "newer.db")); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"damaged.db": damaged, "short.db": data[:len(data)/2], "text.db": []byte(strings.Repeat("no database ", 99)), "empty.db": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	target := "sqlite:" + filepath.Join(dir, "target.db")
	for file, want := range map[string]string{
		"damaged.db": "damaged", "short.db": "damaged", "text.db": "no SQLite database", "empty.db": "no database of newsdesk",
		"newer.db": "has schema 99", "none.db": "none.db", ".": "this is a folder",
	} {
		err := store.Restore(t.Context(), target, filepath.Join(dir, file), true)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", file, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "target.db")); err == nil {
		t.Error("a database was made from nothing")
	}
}
