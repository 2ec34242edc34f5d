package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func TestGroup(t *testing.T) {
	db := mustOpen(t, "sqlite:"+filepath.Join(t.TempDir(), "newsdesk.db"))
	g := NewGroup(db)
	wrong := errors.New("this one is wrong")
	var all sync.WaitGroup
	for i := range 500 {
		all.Go(func() {
			err := g.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				if _, err := tx.ExecContext(ctx, `INSERT INTO setting VALUES ($1, $2)`, fmt.Sprint(i), []byte("x")); err != nil {
					return err
				}
				if i%7 == 0 {
					return wrong
				}
				return nil
			})
			if (i%7 == 0) != errors.Is(err, wrong) {
				t.Errorf("change %d: %v", i, err)
			}
			var n int
			if err := db.QueryRow(`SELECT COUNT(*) FROM setting WHERE name = $1`, fmt.Sprint(i)).Scan(&n); err != nil || (n == 1) != (i%7 != 0) {
				t.Errorf("change %d is there %d times, %v", i, n, err)
			}
		})
	}
	all.Wait()
}

func TestGroupIsLeft(t *testing.T) {
	db := mustOpen(t, "sqlite:"+filepath.Join(t.TempDir(), "newsdesk.db"))
	ctx, cancel := context.WithCancel(t.Context())
	g, begun, end := NewGroup(db), make(chan bool), make(chan bool)
	go func() { <-begun; cancel() }()
	err := g.Do(ctx, func(context.Context, *sql.Tx) error { close(begun); <-end; return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	close(end)
	if err := g.Do(t.Context(), func(context.Context, *sql.Tx) error { return nil }); err != nil {
		t.Errorf("the next change: %v", err)
	}
}

// What a change sets that its caller has left is given to nobody, for it may be set
// at that moment: the race detector looks on.
func TestValueIsLeft(t *testing.T) {
	db := mustOpen(t, "sqlite:"+filepath.Join(t.TempDir(), "newsdesk.db"))
	ctx, cancel := context.WithCancel(t.Context())
	g, begun, end := NewGroup(db), make(chan bool), make(chan bool)
	go func() { <-begun; cancel() }()
	n, err := Value(ctx, g, func(context.Context, *sql.Tx) (int, error) { close(begun); <-end; return 7, nil })
	if n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("left: %d, error %v", n, err)
	}
	close(end)
	n, err = Value(t.Context(), g, func(context.Context, *sql.Tx) (int, error) { return 7, nil })
	if n != 7 || err != nil {
		t.Errorf("%d, error %v", n, err)
	}
}
