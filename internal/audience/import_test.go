package audience

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/internal/store"
)

var update = flag.Bool("update", false, "write the wanted parts of testdata anew")

var now = time.Date(2021, 10, 4, 6, 0, 0, 0, time.UTC)

func openDB(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "newsdesk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestImport imports the list of each archive into a database in which
// known@example.org is subscribed and gone@example.org has unsubscribed, and
// compares what is reported and who is subscribed then.
func TestImport(t *testing.T) {
	files, err := filepath.Glob("testdata/import/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d archives, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) != 2 {
				t.Fatalf("%d files in the archive, want list.csv and want", len(archive.Files))
			}
			// In the archive $CR, $BOM and $TAB stand for what editors hide.
			list := strings.NewReplacer("$CR", "\r", "$BOM", "\ufeff", "$TAB", "\t", "$FF", "\xff").Replace(string(archive.Files[0].Data))
			if got := importList(t, list); got != string(archive.Files[1].Data) {
				if !*update {
					t.Errorf("got:\n%s\nwant:\n%s", got, archive.Files[1].Data)
					return
				}
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// importList gives the result of an import, its errors and the subscribers.
func importList(t *testing.T, list string) string {
	db := openDB(t)
	for _, address := range []string{"known@example.org", "gone@example.org"} {
		if what, err := Add(t.Context(), db, address, now); err != nil || what != Added {
			t.Fatalf("Add: %v, %v", what, err)
		}
	}
	if err := Remove(t.Context(), db, "Gone@example.org", now); err != nil {
		t.Fatal(err)
	}

	// One byte at a time: no row may depend on how the list arrives.
	r, err := Import(t.Context(), db, iotest.OneByteReader(strings.NewReader(list)), ImportOptions{Name: "list.csv", Now: now})
	if r.Rows != r.Added+r.Known+r.Suppressed+len(r.Bad) {
		t.Errorf("the counts do not add up: %+v", r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows: %d added, %d known, %d suppressed, %d bad\n", r.Rows, r.Added, r.Known, r.Suppressed, len(r.Bad))
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	for _, bad := range r.Bad {
		fmt.Fprintln(&b, bad.Error())
	}
	for s, err := range List(t.Context(), db) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s <%s> %s\n", s.Name, s.Address, s.State)
	}
	return b.String()
}

func TestImportTwice(t *testing.T) {
	db := openDB(t)
	var list strings.Builder
	for i := range 1203 { // more than two batches, and a rest
		fmt.Fprintf(&list, "reader%d@example.org\n", i)
	}
	for i, want := range []Result{{Rows: 1203, Added: 1203}, {Rows: 1203, Known: 1203}} {
		got, err := Import(t.Context(), db, strings.NewReader(list.String()), ImportOptions{Name: "list.csv", Now: now})
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("import %d: %+v, error %v; want %+v", i+1, got, err, want)
		}
	}
	n := 0
	for s, err := range List(t.Context(), db) { // pages must not overlap or miss
		if want := fmt.Sprintf("reader%d@example.org", n); err != nil || s.Address != want || !s.Created.Equal(now) {
			t.Fatalf("subscriber %d: %+v, error %v", n, s, err)
		}
		n++
	}
	if n != 1203 {
		t.Errorf("%d subscribers, want 1203", n)
	}
}

func TestImportWrongFile(t *testing.T) {
	tests := []struct{ name, list, want string }{
		{"UTF-16", "\xff\xfej\x00a\x00", "list.csv: the list is UTF-16 (save it as CSV in UTF-8)"},
		{"spreadsheet", "PK\x03\x04\x14\x00", "list.csv: the list is a spreadsheet"},
		{"no address column", "id;name\n1;Jane\n", `list.csv:1: no column for the address among "id, name" (call it email)`},
		{"no lines", strings.Repeat("x", 2<<20), "list.csv: line 1 is longer than"},
	}
	for _, tt := range tests {
		_, err := Import(t.Context(), openDB(t), strings.NewReader(tt.list), ImportOptions{Name: "list.csv", Now: now})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func BenchmarkImport(b *testing.B) {
	var list strings.Builder
	list.WriteString("name,email\n")
	for i := range 10000 {
		fmt.Fprintf(&list, "Reader %d,reader%d@example.org\n", i, i)
	}
	for b.Loop() {
		db := openDB(b)
		if r, err := Import(b.Context(), db, strings.NewReader(list.String()), ImportOptions{Name: "list.csv", Now: now}); err != nil || r.Added != 10000 {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(10000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
