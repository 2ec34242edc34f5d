package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/store"
)

// TestMakeWay moves subscribers to the address of one who has left, and away again.
func TestMakeWay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		ctx := t.Context()
		move := func(id int64, to string) error {
			return db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
				_, err := Move(ctx, tx, hashes, id, to, act)
				return err
			})
		}
		listed := func(want string) {
			t.Helper()
			var got []string
			for s, err := range List(ctx, db, Filter{}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, s.Address+" "+string(s.State))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("listed: %v, want %s", got, want)
			}
		}
		gone, ann, bob := add(t, db, hashes, "x@example.org"), add(t, db, hashes, "ann@example.org"), add(t, db, hashes, "bob@example.org")
		if err := move(ann, "x@example.org"); !errors.Is(err, ErrTaken) {
			t.Errorf("to one who is active: %v", err)
		}
		if err := Leave(ctx, db, gone, act); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(move(ann, "X@example.org"), move(ann, "x@example.org")); err != nil {
			t.Fatal(err)
		}
		listed("x@example.org active, bob@example.org active")
		if s, err := Get(ctx, db, gone); err != nil || s.Address != "x@example.org" || s.State != Unsubscribed {
			t.Errorf("who made way: %+v, %v", s, err)
		}
		if events, err := History(ctx, db, gone); err != nil || len(events) == 0 || events[len(events)-1].Action != "make way" {
			t.Errorf("history: %+v, %v", events, err)
		}
		if err := errors.Join(Leave(ctx, db, ann, act), move(bob, "x@example.org")); err != nil {
			t.Fatal(err)
		}
		listed("x@example.org active")
		if err := move(bob, "bob@example.org"); err != nil { // and ann has it again, who has left
			t.Fatal(err)
		}
		listed("x@example.org unsubscribed, bob@example.org active")
		r, err := Import(ctx, db, hashes, strings.NewReader("x@example.org\n"), ImportOptions{Name: "l", Act: act})
		if err != nil || r.Added != 0 {
			t.Errorf("a list: %+v, %v", r, err)
		}

		if err := Erase(ctx, db, hashes, find1(t, db, "x@example.org").ID, act); err != nil {
			t.Fatal(err)
		}
		var left int
		err = db.QueryRow(`SELECT COUNT(*) FROM subscriber WHERE LOWER(address) = 'x@example.org'`).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d rows still have what was erased, %v", left, err)
		}
		listed("bob@example.org active")
	})
}

// TestHeir: who complains about an old mail to an address, or asks to be taken off by
// it, means what comes there now; an old bounce says nothing of it.
func TestHeir(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		for i, tt := range []struct {
			kind      ReturnKind
			effect    Effect
			gone, ann State // of who made way, and of who has the address
		}{
			{HardBounce, NoChange, Unsubscribed, Active},
			{SoftBounce, NoChange, Unsubscribed, Active},
			{Farewell, "unsubscribed", Unsubscribed, Unsubscribed},
			{Complaint, "complained", Unsubscribed, Complained},
		} {
			address := fmt.Sprintf("x%d@example.org", i)
			gone, ann := add(t, db, hashes, address), add(t, db, hashes, fmt.Sprintf("ann%d@example.org", i))
			err := errors.Join(Leave(t.Context(), db, gone, act), db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				_, err := Move(ctx, tx, hashes, ann, address, act)
				return err
			}))
			if err != nil {
				t.Fatal(err)
			}
			for n, want := range []Effect{tt.effect, NoChange} {
				r := Return{ID: fmt.Sprint(i, " ", n), Kind: tt.kind, Subscriber: gone, Address: address}
				if got := take(t, db, hashes, r, now); got != want {
					t.Errorf("kind %d: %q, want %q", tt.kind, got, want)
				}
			}
			for id, want := range map[int64]State{gone: tt.gone, ann: tt.ann} {
				if s, err := Get(t.Context(), db, id); err != nil || s.State != want {
					t.Errorf("kind %d: %+v, %v, want %s", tt.kind, s, err, want)
				}
			}
		}
	})
}
