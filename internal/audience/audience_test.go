package audience

import (
	"errors"
	"testing"
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
	if c, err := Count(t.Context(), db); err != nil || c != (Counts{Unsubscribed: 1}) {
		t.Errorf("Count = %+v, %v", c, err)
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
	if c, err := Count(t.Context(), db); err != nil || c.Unsubscribed != 3 {
		t.Errorf("Count = %+v, %v", c, err)
	}
}
