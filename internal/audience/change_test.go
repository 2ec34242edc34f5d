package audience

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

var act = Act{By: "test", Now: now}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, db *store.DB, hashes *Suppressor)) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		db := open(t, address)
		f(t, db, suppressor(t, db))
	})
}

func open(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func suppressor(t testing.TB, db *store.DB) *Suppressor {
	t.Helper()
	hashes, err := OpenSuppressor(t.Context(), db, bytes.NewReader(make([]byte, keySize)))
	if err != nil {
		t.Fatal(err)
	}
	return hashes
}

// add adds an address that must be new, and gives its subscriber's number.
func add(t testing.TB, db *store.DB, hashes *Suppressor, address string) int64 {
	t.Helper()
	what, why, err := Add(t.Context(), db, hashes, Signup{Address: address}, act)
	if err != nil || what != Added {
		t.Fatalf("Add(%q): %v, %q, %v", address, what, why, err)
	}
	return find1(t, db, address).ID
}

func find1(t testing.TB, db *store.DB, address string) Subscriber {
	t.Helper()
	s, err := Find(t.Context(), db, address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func history(t testing.TB, db *store.DB, id int64) string {
	t.Helper()
	events, err := History(t.Context(), db, id)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %s: %s: %s\n", e.Time.Format(time.DateOnly), e.By, e.Action, e.Detail)
	}
	return b.String()
}

// TestLife is a subscriber's life, and what the audit log says of it.
func TestLife(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		ctx := t.Context()
		consent := Consent{Origin: "192.0.2.7", Text: "Yes, weekly", Time: now}
		jane := Signup{Address: "Jane Doe <jane@example.org>", Consent: consent}
		if what, _, err := Add(ctx, db, hashes, jane, act); what != Added || err != nil {
			t.Fatal(what, err)
		}
		if what, _, err := Add(ctx, db, hashes, Signup{Address: "JANE@Example.ORG"}, act); what != Known || err != nil {
			t.Errorf("added again: %v, %v; want Known", what, err)
		}
		id := find1(t, db, "jane@example.org").ID
		until := now.AddDate(0, 1, 0)
		steps := []func() error{
			func() error { return Pause(ctx, db, id, until, act) },
			func() error { return Resume(ctx, db, id, act) },
			func() error {
				return Choose(ctx, db, id, Choice{Topics: []string{"b", "a", "b"}, Language: "es"}, act)
			},
			func() error { return Leave(ctx, db, id, act) },
			func() error { return Leave(ctx, db, id, act) }, // to leave twice is no error, and no event
		}
		for i, step := range steps {
			if err := step(); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := Pause(ctx, db, id, until, act); err == nil || !strings.Contains(err.Error(), "is unsubscribed") {
			t.Errorf("one who has left pauses: %v", err)
		}
		what, why, err := Add(ctx, db, hashes, jane, act)
		if what != Refused || why != "unsubscribed on 2021-10-04" || err != nil {
			t.Errorf("Add after Leave: %v, %q, %v", what, why, err)
		}
		jane.Again = true
		if what, _, err := Add(ctx, db, hashes, jane, act); what != Added || err != nil {
			t.Errorf("Add again: %v, %v", what, err)
		}
		want := Subscriber{ID: id, Address: "jane@example.org", Name: "Jane Doe", State: Active, Created: now, Changed: now,
			Choice: Choice{Topics: []string{}, Digests: []string{}}}
		if diff := cmp.Diff(want, find1(t, db, "jane@example.org")); diff != "" {
			t.Error(diff)
		}
		if got, ok, err := ConsentOf(ctx, db, id); err != nil || !ok || got != consent {
			t.Errorf("consent %+v, %v, %v", got, ok, err)
		}
		if diff := cmp.Diff(`2021-10-04 test: add: active
2021-10-04 test: pause: active to paused; until none to 2021-11-04T06:00:00Z
2021-10-04 test: resume: paused to active; until 2021-11-04T06:00:00Z to none
2021-10-04 test: choose: topics none to a b; language none to es
2021-10-04 test: unsubscribe: active to unsubscribed
2021-10-04 test: add: unsubscribed to active
`, history(t, db, id)); diff != "" {
			t.Error(diff)
		}
		for _, change := range []string{`UPDATE audit SET actor = 'nobody'`, `DELETE FROM audit`} {
			if _, err := db.ExecContext(ctx, change); err == nil {
				t.Errorf("the audit log lets %s", change)
			}
		}
	})
}

func TestUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		if _, err := Find(t.Context(), db, "nobody@example.org"); !errors.Is(err, ErrUnknown) {
			t.Errorf("Find: %v", err)
		}
		if _, err := Get(t.Context(), db, 7); !errors.Is(err, ErrUnknown) {
			t.Errorf("Get: %v", err)
		}
		if err := Leave(t.Context(), db, 7, act); !errors.Is(err, ErrUnknown) {
			t.Errorf("Leave: %v", err)
		}
		if _, _, err := Add(t.Context(), db, hashes, Signup{Address: "nobody"}, act); err == nil {
			t.Error("an address without @ was added")
		}
	})
}

// TestErase: nothing is left of an erased person but a hash that keeps her out.
func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		ctx := t.Context()
		signup := Signup{Address: "Jane Secret <jane.secret@example.org>", Choice: Choice{Topics: []string{"x"}},
			Consent: Consent{Origin: "192.0.2.77", Text: "Yes"}}
		if _, _, err := Add(ctx, db, hashes, signup, act); err != nil {
			t.Fatal(err)
		}
		id := find1(t, db, "jane.secret@example.org").ID
		called := int64(0)
		also := func(_ context.Context, _ *sql.Tx, id int64) error { called = id; return nil }
		for range 2 { // the second time changes nothing
			if err := Erase(ctx, db, hashes, id, act, also); err != nil {
				t.Fatal(err)
			}
		}
		if called != id {
			t.Errorf("also was called for %d, want %d", called, id)
		}
		want := Subscriber{ID: id, State: Erased, Created: now, Changed: now, Choice: Choice{Topics: []string{}, Digests: []string{}}}
		if got, err := Get(ctx, db, id); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%v, %s", err, cmp.Diff(want, got))
		}
		if _, ok, err := ConsentOf(ctx, db, id); ok || err != nil {
			t.Errorf("the consent is still there, error %v", err)
		}
		if err := Leave(ctx, db, id, act); err != nil {
			t.Errorf("a link in an old mail: %v", err)
		}
		what, why, err := Add(ctx, db, hashes, Signup{Address: "Jane.Secret@example.org"}, act)
		if what != Refused || why != "asked to be erased on 2021-10-04" || err != nil {
			t.Errorf("Add: %v, %q, %v", what, why, err)
		}
		r, err := Import(ctx, db, hashes, strings.NewReader("jane.secret@example.org\njoe@example.org\n"), ImportOptions{Name: "l", Act: act})
		if err != nil || r.Suppressed != 1 || r.Added != 1 {
			t.Errorf("Import: %+v, %v", r, err)
		}
		signup.Again = true
		if what, _, err := Add(ctx, db, hashes, signup, act); what != Added || err != nil {
			t.Errorf("she wants it again: %v, %v", what, err)
		}
	})
}

// TestEraseFile: the file and its log have nothing of her any more, although
// the database is still open.
func TestEraseFile(t *testing.T) {
	address := storetest.SQLiteReady(t)
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	hashes := suppressor(t, db)
	for i := range 50 {
		add(t, db, hashes, fmt.Sprintf("Somebody <reader%d@example.org>", i))
	}
	id := add(t, db, hashes, "Jane Secret <jane.secret@example.org>")
	if err := Erase(t.Context(), db, hashes, id, act); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(address, "sqlite:")
	data, err := os.ReadFile(path)
	log, logErr := os.ReadFile(path + "-wal")
	if err := errors.Join(err, logErr, db.Close()); err != nil {
		t.Fatal(err)
	}
	data = append(data, log...)
	if !bytes.Contains(data, []byte("reader7@example.org")) || bytes.Contains(bytes.ToLower(data), []byte("secret")) {
		t.Error("the file still has what was erased")
	}
}

func TestListFilter(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		for address, c := range map[string]Choice{
			"all@example.org": {}, "x@example.org": {Topics: []string{"x"}}, "xy@example.org": {Topics: []string{"x", "y"}},
			"xx@example.org": {Topics: []string{"xx"}}, "month@example.org": {Digests: []string{"monthly"}},
		} {
			if _, _, err := Add(t.Context(), db, hashes, Signup{Address: address, Choice: c}, act); err != nil {
				t.Fatal(err)
			}
		}
		if err := Leave(t.Context(), db, find1(t, db, "xy@example.org").ID, act); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			filter Filter
			want   int
		}{
			{Filter{}, 5}, {Filter{State: Active}, 4}, {Filter{Topic: "x"}, 4}, {Filter{Topic: "x", State: Active}, 3},
			{Filter{Topic: "_"}, 2}, {Filter{Digest: "weekly"}, 4}, {Filter{Text: "XX@"}, 1}, {Filter{Text: "%"}, 0},
			{Filter{Text: "'; DROP TABLE subscriber; --"}, 0},
		} {
			n := 0
			for _, err := range List(t.Context(), db, tt.filter) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != tt.want {
				t.Errorf("%+v: %d, want %d", tt.filter, n, tt.want)
			}
		}
	})
}

// TestListWhileWriting: SQLite has one connection, and List must not hold it.
func TestListWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		for _, a := range []string{"a@example.org", "b@example.org", "c@example.org"} {
			add(t, db, hashes, a)
		}
		for s, err := range List(t.Context(), db, Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if err := Leave(t.Context(), db, s.ID, act); err != nil {
				t.Fatal(err)
			}
		}
		if stats, err := Count(t.Context(), db); err != nil || stats.States[Unsubscribed] != 3 {
			t.Errorf("%+v, %v", stats, err)
		}
	})
}

// TestSegments: the distinct selections of those who would get a digest now.
func TestSegments(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		choices := []Choice{{}, {}, {Topics: []string{"b", "a"}}, {Topics: []string{"a", "b"}}, {Language: "es"},
			{Digests: []string{"monthly"}}, {Topics: []string{"a"}}, {Topics: []string{"c"}}, {Topics: []string{"d"}}}
		for i, c := range choices {
			if _, _, err := Add(t.Context(), db, hashes, Signup{Address: fmt.Sprintf("r%d@example.org", i), Choice: c}, act); err != nil {
				t.Fatal(err)
			}
		}
		id := func(i int) int64 { return find1(t, db, fmt.Sprintf("r%d@example.org", i)).ID }
		err := errors.Join(Leave(t.Context(), db, id(6), act),
			Pause(t.Context(), db, id(7), now, act),                // is over
			Pause(t.Context(), db, id(8), now.Add(time.Hour), act)) // is not
		if err != nil {
			t.Fatal(err)
		}
		got, err := Segments(t.Context(), db, "weekly", now)
		want := []Segment{{Topics: []string{}, Size: 2}, {Topics: []string{}, Language: "es", Size: 1},
			{Topics: []string{"a", "b"}, Size: 2}, {Topics: []string{"c"}, Size: 1}}
		if err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%v\n%s", err, cmp.Diff(want, got))
		}
	})
}
