package audience

import (
	"errors"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
)

func TestAddRemove(t *testing.T) {
	db := openDB(t)
	steps := []struct {
		add  string
		want Addition
	}{
		{"Jane Doe <jane@example.org>", Added},
		{"JANE@Example.ORG", Known},
	}
	for _, step := range steps {
		if got, err := Add(t.Context(), db, step.add, now); err != nil || got != step.want {
			t.Errorf("Add(%q) = %v, %v; want %v", step.add, got, err, step.want)
		}
	}
	for range 2 { // to leave twice is no error
		if err := Remove(t.Context(), db, "Jane@Example.org", now); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Add(t.Context(), db, "jane@example.org", now); err != nil || got != Suppressed {
		t.Errorf("Add after Remove = %v, %v; want Suppressed", got, err)
	}
	if n := unsubscribed(t, db); n != 1 {
		t.Errorf("%d have unsubscribed, want 1", n)
	}
	if err := Remove(t.Context(), db, "nobody@example.org", now); !errors.Is(err, ErrUnknown) {
		t.Errorf("Remove of a stranger: %v", err)
	}
	if _, err := Add(t.Context(), db, "nobody", now); err == nil {
		t.Error("an address without @ was added")
	}
}

// TestListWhileWriting: there is one connection, and List must not hold it.
func TestListWhileWriting(t *testing.T) {
	db := openDB(t)
	for _, a := range []string{"a@example.org", "b@example.org", "c@example.org"} {
		if _, err := Add(t.Context(), db, a, now); err != nil {
			t.Fatal(err)
		}
	}
	for s, err := range List(t.Context(), db) {
		if err != nil {
			t.Fatal(err)
		}
		if err := Remove(t.Context(), db, s.Address, now); err != nil {
			t.Fatal(err)
		}
	}
	if n := unsubscribed(t, db); n != 3 {
		t.Errorf("%d have unsubscribed, want 3", n)
	}
}

// unsubscribed counts who has left.
func unsubscribed(t *testing.T, db *store.DB) int {
	t.Helper()
	n := 0
	for s, err := range List(t.Context(), db) {
		if err != nil {
			t.Fatal(err)
		}
		if s.State == Unsubscribed {
			n++
		}
	}
	return n
}

// Address finds who a token was made for.
func TestAddress(t *testing.T) {
	db := openDB(t)
	if _, err := Add(t.Context(), db, "jane@example.org", now); err != nil {
		t.Fatal(err)
	}
	if got, err := Address(t.Context(), db, 1); err != nil || got != "jane@example.org" {
		t.Errorf("Address(1) = %q, %v", got, err)
	}
	if _, err := Address(t.Context(), db, 2); !errors.Is(err, ErrUnknown) {
		t.Errorf("Address(2): %v, want ErrUnknown", err)
	}
}
