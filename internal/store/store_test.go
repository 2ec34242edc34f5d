package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

func TestOpenKeepsWhatWasWritten(t *testing.T) {
	for _, name := range []string{"newsdesk.db", "a b?c#d%20é.db"} {
		path := filepath.Join(t.TempDir(), name)
		db := mustOpen(t, "sqlite:"+path)
		if _, err := db.ExecContext(t.Context(), `INSERT INTO setting VALUES ($1, $2)`, "color", []byte("blue")); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		var value []byte
		db = mustOpen(t, "sqlite:"+path)
		if err := db.QueryRowContext(t.Context(), `SELECT value FROM setting`).Scan(&value); err != nil || string(value) != "blue" {
			t.Errorf("%s: opened again: value %q, error %v", name, value, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the database is not where it was asked for: %v", err)
		}
	}
}

func TestOpenSettings(t *testing.T) {
	db := mustOpen(t, "sqlite:"+filepath.Join(t.TempDir(), "newsdesk.db"))
	for pragma, want := range map[string]string{
		"journal_mode": "wal",
		"synchronous":  "2", // FULL
		"foreign_keys": "1",
		"busy_timeout": "10000",
	} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, error %v; want %q", pragma, got, err, want)
		}
	}
}

func TestOpenIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no file modes
	}
	path := filepath.Join(t.TempDir(), "newsdesk.db")
	mustOpen(t, "sqlite:"+path)
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o: others can read the addresses", name, mode)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(text, []byte(strings.Repeat("jane@example.org\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	db := mustOpen(t, "sqlite:"+newer)
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	tests := []struct{ url, want string }{
		{"mysql://db/news", `database.url: "mysql://db/news": want sqlite:FILE or postgres://user@host/database`},
		{"mysql://news:hush@db/news", `database.url: "mysql://db/news": want`},
		{"user=news password=hush host=db", `database.url: "…": want`},
		{"news:hush@db/news", `want sqlite:FILE`},
		{"newsdesk.db", `want sqlite:FILE`},
		{"sqlite:", `want sqlite:FILE`},
		{"sqlite:" + dir, "this is a folder"},
		{"sqlite:" + dir + "/none/x.db", "there is no folder " + dir + "/none"},
		{"sqlite:" + text, "this file is no SQLite database"},
		{"sqlite:" + newer, "has schema 99, this newsdesk knows only"},
	}
	for _, tt := range tests {
		db, err := store.Open(t.Context(), tt.url)
		if err == nil {
			t.Errorf("Open(%q) succeeded", tt.url)
			db.Close()
		} else if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("Open(%q) = %q, want %q in it", tt.url, err, tt.want)
		}
	}
	if data, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(data), "jane@") {
		t.Errorf("the file that is no database was changed")
	}
}

func TestLock(t *testing.T) { storetest.Each(t, testLock) }

func testLock(t *testing.T, url string) {
	one, two := mustOpen(t, url), mustOpen(t, url)

	release, err := one.Lock("send", "a longer note than the second")
	if err != nil {
		t.Fatal(err)
	}
	_, err = two.Lock("send", "x")
	if held, ok := errors.AsType[*store.LockedError](err); !ok || held.Note != "a longer note than the second" {
		t.Fatalf("second lock: %v; want a LockedError with the first one's note", err)
	}
	if other, err := two.Lock("other", ""); err != nil {
		t.Errorf("a lock of another name is not free: %v", err)
	} else {
		other()
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = two.Lock("send", "short")
	if err != nil {
		t.Fatalf("lock after release: %v", err)
	}
	defer release()
	_, err = one.Lock("send", "")
	if held, ok := errors.AsType[*store.LockedError](err); !ok || held.Note != "short" {
		t.Errorf("note of the second holder: %v", err)
	}
}

func mustOpen(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
