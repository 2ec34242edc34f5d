package audience

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestExportImport takes subscribers of each state, with names that are hard to
// write, to a list and from there to an empty database: they are the same there, and
// no cell of the list runs in a spreadsheet.
func TestExportImport(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		names := []string{`=HYPERLINK("https://evil.example","x")`, "+1", "-1+1|cmd", "@SUM(1)", "'=1", "''", "'Cem", "＝1",
			`"Quoted", Jr`, "Doe; Jane", "a\tb\r\nBcc: x", "nul\x00", "Zoë 日本", `\`, "<b>"}
		for i, name := range names {
			row := []string{"", name, string([]State{Active, Paused, Unsubscribed, Bounced, Complained}[i%5]), "2020-02-03T04:05:06Z",
				"b a", "de", "weekly", ""}
			row[0] = string([]byte{'a' + byte(i)}) + ".reader@bücher.example"
			if i == 1 {
				row[0], row[7] = "'=cmd|'/c!A1@example.org", "2022-01-01T00:00:00Z"
			}
			in := [][]string{slices.Clone(ExportHeader), {row[0], guarded(name), row[2], row[3], row[4], row[5], row[6], row[7]}}
			if got := importRows(t, db, hashes, in); got.Added+got.Left != 1 {
				t.Fatalf("%q: %+v", name, got)
			}
		}
		list := export(t, db)
		for _, row := range list[1:] {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", []rune(cell)[0]) || strings.ContainsAny(cell, "\r\n\x00") {
					t.Errorf("cell %q", cell)
				}
			}
		}
		for _, address := range []string{storetest.SQLiteReady(t), storetest.PostgresReady(t)} {
			other := open(t, address)
			if got := importRows(t, other, suppressor(t, other), list); got.Added+got.Left != len(names) {
				t.Errorf("%+v", got)
			}
			want := slices.SortedFunc(slices.Values(list), slices.Compare)
			got := slices.SortedFunc(slices.Values(export(t, other)), slices.Compare)
			if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
				t.Errorf("got %q\nwant %q", got, want)
			}
		}
	})
}

func export(t *testing.T, db *store.DB) [][]string {
	t.Helper()
	rows := [][]string{ExportHeader}
	for s, err := range List(t.Context(), db, Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, s.Cells())
	}
	return rows
}

func importRows(t *testing.T, db *store.DB, hashes *Suppressor, rows [][]string) Result {
	t.Helper()
	var list strings.Builder
	if err := csv.NewWriter(&list).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	r, err := Import(t.Context(), db, hashes, strings.NewReader(list.String()), ImportOptions{Name: "list.csv", Act: act})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestImportLeft: of whom a list says that she has left is kept out, also if she came
// with a list before, and a later list brings her not back. A dry run tells the same.
func TestImportLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		run := func(list string, o ImportOptions, want Result) {
			t.Helper()
			for _, o.DryRun = range []bool{true, false} {
				o.Name, o.Act = "list.csv", act
				if got, err := Import(t.Context(), db, hashes, strings.NewReader(list), o); err != nil || got != want {
					t.Errorf("dry run %v: %+v, error %v; want %+v", o.DryRun, got, err, want)
				}
			}
		}
		add(t, db, hashes, "here@example.org")
		gone := add(t, db, hashes, "gone@example.org")
		if err := Erase(t.Context(), db, hashes, gone, act); err != nil {
			t.Fatal(err)
		}
		run("a@example.org\nb@example.org\n", ImportOptions{}, Result{Rows: 2, Added: 2})
		run("A@example.org\nc@example.org\nhere@example.org\ngone@example.org\nC@example.org\n", ImportOptions{State: Unsubscribed},
			Result{Rows: 5, Left: 2, Known: 3})
		run("a@example.org\nb@example.org\nc@example.org\nhere@example.org\ngone@example.org\n", ImportOptions{Update: true},
			Result{Rows: 5, Known: 2, Suppressed: 3})
		run("email,status\nb@example.org,cleaned\na@example.org,complained\n", ImportOptions{}, Result{Rows: 2, Left: 1, Known: 1})
		a := find1(t, db, "a@example.org")
		if a.State != Unsubscribed {
			t.Errorf("%+v", a)
		}
		if got := history(t, db, a.ID); !strings.HasSuffix(got, "test: import: active to unsubscribed\n") {
			t.Error(got)
		}
	})
}

// TestImportEvidence: a consent that the list tells goes with the subscriber, and the
// list's text belongs to it.
func TestImportEvidence(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		list := "email,CONFIRM_TIME,CONFIRM_IP\na@example.org,2020-02-03 04:05:06,192.0.2.7\nb@example.org,,\n"
		o := ImportOptions{Name: "list.csv", Act: act, Consent: "Yes!"}
		for _, want := range []Result{{Rows: 2, Added: 2}, {Rows: 2, Known: 2}} {
			if got, err := Import(t.Context(), db, hashes, strings.NewReader(list), o); err != nil || got != want {
				t.Fatal(got, err)
			}
		}
		a, b := find1(t, db, "a@example.org"), find1(t, db, "b@example.org")
		for id, want := range map[int64]Consent{
			a.ID: {time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC), "import list.csv, 192.0.2.7", "Yes!"},
			b.ID: {now, "import list.csv", "Yes!"},
		} {
			if got, ok, err := ConsentOf(t.Context(), db, id); err != nil || !ok || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
		}
		if err := Erase(t.Context(), db, hashes, a.ID, act); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM consent WHERE origin LIKE '%192.0.2.7%'`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d consents of one who is erased, error %v", n, err)
		}
	})
}
