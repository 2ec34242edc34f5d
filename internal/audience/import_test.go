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
	"github.com/medigy/newsdesk/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

var now = time.Date(2021, 10, 4, 6, 0, 0, 0, time.UTC)

func openDB(t testing.TB) *store.DB { return open(t, storetest.SQLiteReady(t)) }

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
			got := importList(t, storetest.SQLiteReady(t), list)
			if other := importList(t, storetest.PostgresReady(t), list); other != got {
				t.Errorf("on PostgreSQL:\n%s", other)
			}
			if got != string(archive.Files[1].Data) {
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
func importList(t *testing.T, address, list string) string {
	db := open(t, address)
	hashes := suppressor(t, db)
	for _, address := range []string{"known@example.org", "gone@example.org"} {
		add(t, db, hashes, address)
	}
	if err := Leave(t.Context(), db, find1(t, db, "Gone@example.org").ID, act); err != nil {
		t.Fatal(err)
	}

	var rejects []Reject
	o := ImportOptions{Name: "list.csv", Act: act, Reject: func(r Reject) error { rejects = append(rejects, r); return nil }}
	// One byte at a time: no row may depend on how the list arrives.
	r, err := Import(t.Context(), db, hashes, iotest.OneByteReader(strings.NewReader(list)), o)
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows: %d added, %d left, %d known, %d suppressed, %d bad\n", r.Rows, r.Added, r.Left, r.Known, r.Suppressed, r.Bad)
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	for _, reject := range rejects {
		fmt.Fprintln(&b, reject.Error())
	}
	for s, err := range List(t.Context(), db, Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s <%s> %s", s.Name, s.Address, s.State)
		for _, choice := range []string{words(s.Topics), s.Language, words(s.Digests)} {
			if choice != "" {
				fmt.Fprintf(&b, " [%s]", choice)
			}
		}
		if !s.Created.Equal(now) {
			fmt.Fprintf(&b, " since %s", s.Created.Format(time.RFC3339))
		}
		if !s.Changed.Equal(now) {
			fmt.Fprintf(&b, " left %s", s.Changed.Format(time.RFC3339))
		}
		if !s.Until.IsZero() {
			fmt.Fprintf(&b, " until %s", s.Until.Format(time.RFC3339))
		}
		if c, ok, err := ConsentOf(t.Context(), db, s.ID); err != nil {
			t.Fatal(err)
		} else if ok && c.Origin != "" && (c.Origin != "import list.csv" || !c.Time.Equal(now)) {
			fmt.Fprintf(&b, " (%s, %s)", c.Time.Format(time.RFC3339), c.Origin)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestImportTwice: to import a list again changes nothing.
func TestImportTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		var list strings.Builder
		for i := range 1203 { // more than two batches, and a rest
			fmt.Fprintf(&list, "reader%04d@example.org\n", i)
		}
		for i, want := range []Result{{Rows: 1203, Added: 1203}, {Rows: 1203, Known: 1203}} {
			got, err := Import(t.Context(), db, hashes, strings.NewReader(list.String()), ImportOptions{Name: "list.csv", Act: act, batch: 500, run: 20_000})
			if err != nil || got != want {
				t.Errorf("import %d: %+v, error %v; want %+v", i+1, got, err, want)
			}
		}
		n := 0
		for s, err := range List(t.Context(), db, Filter{}) { // pages must not overlap or miss
			if want := fmt.Sprintf("reader%04d@example.org", n); err != nil || s.Address != want || !s.Created.Equal(now) {
				t.Fatalf("subscriber %d: %+v, error %v", n, s, err)
			}
			n++
		}
		if n != 1203 {
			t.Errorf("%d subscribers, want 1203", n)
		}
	})
}

// TestImportDryRun tells what the import then does, over batches.
func TestImportDryRun(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		add(t, db, hashes, "known@example.org")
		list := "a@example.org\nb@example.org\nA@example.org\nknown@example.org\nnobody\nb@example.org\n"
		o := ImportOptions{Name: "list.csv", Act: act, batch: 2, run: 300, DryRun: true}
		want := Result{Rows: 6, Added: 2, Known: 3, Bad: 1}
		if got, err := Import(t.Context(), db, hashes, strings.NewReader(list), o); err != nil || got != want {
			t.Errorf("dry run: %+v, %v; want %+v", got, err, want)
		}
		if stats, err := Count(t.Context(), db); err != nil || stats.Total != 1 {
			t.Errorf("a dry run left %d subscribers, error %v", stats.Total, err)
		}
		o.DryRun = false
		if got, err := Import(t.Context(), db, hashes, strings.NewReader(list), o); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	})
}

// TestImportUpdate: with Update the list's names and choices count, but it
// brings nobody back.
func TestImportUpdate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		jane := add(t, db, hashes, "Jane <jane@example.org>")
		add(t, db, hashes, "Joe <joe@example.org>")
		gone := add(t, db, hashes, "gone@example.org")
		if err := Leave(t.Context(), db, gone, act); err != nil {
			t.Fatal(err)
		}
		list := "Courriel;Pr\xe9nom;Nom;Langue;Sujet\njane@example.org;J\xe9anne;Doe;fr;b,a\njoe@example.org;;;;\ngone@example.org;Gone;;;\n"
		o := ImportOptions{Name: "list.csv", Encoding: "iso-8859-1", Map: map[string]string{"topics": "sujet"}, Update: true, Act: act}
		want := Result{Rows: 3, Updated: 1, Known: 1, Suppressed: 1}
		if got, err := Import(t.Context(), db, hashes, strings.NewReader(list), o); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
		s := find1(t, db, "jane@example.org")
		if s.Name != "Jéanne Doe" || s.Language != "fr" || words(s.Topics) != "a b" {
			t.Errorf("%+v", s)
		}
		if got := history(t, db, jane); !strings.HasSuffix(got, "test: import: topics none to a b; language none to fr; name\n") {
			t.Error(got)
		}
	})
}

func TestImportWrongFile(t *testing.T) {
	tests := []struct{ name, list, want string }{
		{"no such column", "email\n1\n", `list.csv:1: there is no column "Correo" for address among "email"`},
		{"spreadsheet", "PK\x03\x04\x14\x00", "list.csv: the list is a spreadsheet"},
		{"no address column", "id;name\n1;Jane\n", `list.csv:1: no column for the address among "id, name" (call it email,`},
		{"no lines", strings.Repeat("x", 2<<20), "list.csv: line 1 is longer than"},
	}
	for _, tt := range tests {
		db := openDB(t)
		o := ImportOptions{Name: "list.csv", Act: act}
		if tt.name == "no such column" {
			o.Map = map[string]string{"address": "Correo"}
		}
		_, err := Import(t.Context(), db, suppressor(t, db), strings.NewReader(tt.list), o)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}
