package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// first makes a database with the schema of the first newsdesk.
func first(t *testing.T, path string) {
	t.Helper()
	db, err := connect("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`PRAGMA journal_mode = WAL`); err != nil {
		t.Fatal(err)
	}
	p, err := db.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO edition (digest, period, date, hash, issue, sender) VALUES ('weekly', '2021-W38', '', '', '', '')`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// What is only read stays as it is, be it of an older newsdesk; Open brings it up
// to date and keeps what is there.
func TestOpenRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?.db")
	first(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := OpenRead(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]bool{"edition": true, "edition_article": false, "edition_page": false} {
		if has, err := db.Has(t.Context(), table); err != nil || has != want {
			t.Errorf("has %s: %v, error %v", table, has, err)
		}
	}
	if _, err := db.Exec(`DELETE FROM edition`); err == nil {
		t.Error("what was opened for reading can be written")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("reading changed the file, error %v", err)
	}
	upgraded := mustOpen(t, "sqlite:"+path)
	var period string
	if err := upgraded.QueryRow(`SELECT period FROM edition`).Scan(&period); err != nil || period != "2021-W38" {
		t.Errorf("after the upgrade: period %q, error %v", period, err)
	}
	if has, err := upgraded.Has(t.Context(), "edition_article"); err != nil || !has {
		t.Errorf("the upgrade made no table: %v", err)
	}
}

// While another newsdesk writes, its committed rows can be read.
func TestOpenReadBesideWriter(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "newsdesk.db")
	writer := mustOpen(t, url)
	if _, err := writer.Exec(`INSERT INTO setting VALUES ('a', 'b')`); err != nil {
		t.Fatal(err)
	}
	db, err := OpenRead(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM setting`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, error %v", n, err)
	}
}

func TestOpenReadErrors(t *testing.T) {
	dir := t.TempDir()
	none := "sqlite:" + filepath.Join(dir, "none.db")
	if _, err := OpenRead(t.Context(), none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no database: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("reading made %v, error %v", files, err)
	}
	empty, text, newer := filepath.Join(dir, "empty.db"), filepath.Join(dir, "text"), filepath.Join(dir, "newer.db")
	for file, content := range map[string]string{empty: "", text: strings.Repeat("jane@example.org\n", 500)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := mustOpen(t, "sqlite:"+newer).Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"mysql://db/news": "want sqlite:FILE",
		"sqlite:" + dir:   "this is a folder",
		"sqlite:" + text:  "this file is no SQLite database",
		"sqlite:" + newer: "has schema 99, this newsdesk knows only",
		"sqlite:" + empty: "",
	} {
		db, err := OpenRead(t.Context(), url)
		switch {
		case err == nil && want == "":
			db.Close()
		case err == nil || want == "" || !strings.Contains(err.Error(), want):
			t.Errorf("OpenRead(%q): %v, want %q in it", url, err, want)
		}
	}
}

// Where the folder can't be written, SQLite can read only what nobody changes.
func TestReadImmutable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsdesk.db")
	first(t, path)
	db, err := readPool(t.Context(), path, "immutable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM edition`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d editions, error %v", n, err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("reading made %v, error %v", files, err)
	}
}

func mustOpen(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Health tells an older schema and a damaged file, and changes neither.
func TestHealth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	first(t, path)
	if h := health(t, path); h.Schema != 1 || h.Newest != newestMigration() || len(h.Problems) > 0 {
		t.Errorf("%+v", h)
	}
	db := mustOpen(t, "sqlite:"+path)
	var page int // of an index: SQLite names what is wrong there and goes on
	err := db.QueryRow(`SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_tally_1'`).Scan(&page)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if h := health(t, path); h.Schema != h.Newest || len(h.Problems) > 0 {
		t.Errorf("%+v", h)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := (page - 1) * 4096; i < page*4096; i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if h := health(t, path); len(h.Problems) == 0 {
		t.Error("no problem was found")
	}
}

func health(t *testing.T, path string) Health {
	t.Helper()
	db, err := OpenRead(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h, err := db.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}
