package audience

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

func take(t testing.TB, db *store.DB, hashes *Suppressor, r Return, at time.Time) Effect {
	t.Helper()
	e, err := Take(t.Context(), db, hashes, r, Act{By: "test", Now: at})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestTake: what each kind does to each state, the second time nothing.
func TestTake(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		states := []State{Pending, Active, Paused, Unsubscribed, Bounced, Complained}
		for kind, want := range map[ReturnKind][]Effect{
			HardBounce: {"bounced", "bounced", "bounced", NoChange, NoChange, NoChange},
			SoftBounce: {Counted, Counted, Counted, NoChange, NoChange, NoChange},
			Complaint:  {"complained", "complained", "complained", "complained", "complained", NoChange},
			Farewell:   {"unsubscribed", "unsubscribed", "unsubscribed", NoChange, "unsubscribed", NoChange},
		} {
			for i, state := range states {
				id := add(t, db, hashes, fmt.Sprintf("s%d-%d@example.org", kind, i))
				if _, err := db.Exec(`UPDATE subscriber SET state = $1, paused_until = 5 WHERE id = $2`, string(state), id); err != nil {
					t.Fatal(err)
				}
				r := Return{ID: fmt.Sprint(kind, i), Kind: kind, Subscriber: id, Detail: "5.1.1", Edition: 7}
				if got := take(t, db, hashes, r, now); got != want[i] {
					t.Errorf("kind %d of one who is %s: %q, want %q", kind, state, got, want[i])
				}
				if got := take(t, db, hashes, r, now); got != TakenBefore {
					t.Errorf("the second time: %q", got)
				}
				s, err := Get(t.Context(), db, id)
				if w := string(want[i]); err != nil || State(w).Left() && (s.State != State(w) || !s.Until.IsZero()) {
					t.Errorf("%v, %v, want %s", s, err, w)
				}
				if events := strings.Count(history(t, db, id), "; edition 7\n"); (events == 1) != (want[i] != NoChange) {
					t.Errorf("%s: %d events:\n%s", state, events, history(t, db, id))
				}
			}
		}
	})
}

// TestTakeSuppresses: an address that bounced does not come back with a list, nor
// when its row is erased, but by its owner.
func TestTakeSuppresses(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		ctx := t.Context()
		id := add(t, db, hashes, "gone@example.org")
		take(t, db, hashes, Return{ID: "1", Kind: HardBounce, Subscriber: id, Detail: "5.1.1"}, now)
		what, why, err := Add(ctx, db, hashes, Signup{Address: "gone@example.org"}, act)
		if what != Refused || !strings.Contains(why, "it bounced on 2021-10-04") || err != nil {
			t.Errorf("%v, %q, %v", what, why, err)
		}
		var reason string
		if err := db.QueryRow(`SELECT reason FROM suppression`).Scan(&reason); err != nil || reason != "bounced" {
			t.Errorf("suppressed because %q, %v", reason, err)
		}
		if want := "2021-10-04 test: bounce: active to bounced; 5.1.1\n"; !strings.HasSuffix(history(t, db, id), want) {
			t.Errorf("history:\n%swant %s", history(t, db, id), want)
		}
		if what, _, err := Add(ctx, db, hashes, Signup{Address: "gone@example.org", Again: true}, act); what != Added || err != nil {
			t.Errorf("again: %v, %v", what, err)
		}
		if e := take(t, db, hashes, Return{ID: "2", Kind: HardBounce, Subscriber: 99}, now); e != Stranger {
			t.Errorf("a stranger: %q", e)
		}
	})
}

// TestSoftBounces: a weekly mail that always comes back ends with the ninth; one
// that comes back every other month never does; an edition counts once.
func TestSoftBounces(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		for _, tt := range []struct {
			every time.Duration
			want  int // which one ends it, 0 for none
		}{{0, 5}, {7 * 24 * time.Hour, 9}, {60 * 24 * time.Hour, 0}} {
			id := add(t, db, hashes, fmt.Sprintf("soft%d@example.org", tt.want))
			ended := 0
			for n := 1; n <= 20 && ended == 0; n++ {
				r := Return{ID: fmt.Sprint(id, ".", n), Kind: SoftBounce, Subscriber: id, Edition: int64(n), Detail: "4.2.2"}
				at := now.Add(time.Duration(n) * tt.every)
				if take(t, db, hashes, r, at) == Effect(Bounced) {
					ended = n
					continue
				}
				r.ID += " of the next server"
				if e := take(t, db, hashes, r, at); e != NoChange {
					t.Errorf("the same edition: %q", e)
				}
			}
			if ended != tt.want {
				t.Errorf("every %v it ended with %d, want %d\n%s", tt.every, ended, tt.want, history(t, db, id))
			}
		}
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM soft_bounce`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d scores, %v; who has bounced has none", n, err)
		}
		if err := Erase(t.Context(), db, hashes, find1(t, db, "soft0@example.org").ID, act); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(`SELECT COUNT(*) FROM soft_bounce`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d scores of who is erased, %v", n, err)
		}
	})
	if got := decayed(4, 60*24*time.Hour); math.Abs(got-1) > 1e-9 {
		t.Errorf("4 after 60 days is %v, want 1", got)
	}
	if got := decayed(4, -time.Hour); got != 4 {
		t.Errorf("a clock that was put back makes %v of 4", got)
	}
}

// TestTakeFormer: who has changed her address does not bounce by the old one; where
// a forwarder reports another address she does.
func TestTakeFormer(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		id := add(t, db, hashes, "new@example.org")
		err := transact(t.Context(), db, func(tx *sql.Tx) error { return act.note(t.Context(), tx, "move", id, 0, "another address") })
		if err != nil {
			t.Fatal(err)
		}
		if e := take(t, db, hashes, Return{ID: "1", Kind: HardBounce, Subscriber: id, Address: "old@example.org"}, now); e != FormerAddress {
			t.Errorf("the old one: %q", e)
		}
		if e := take(t, db, hashes, Return{ID: "2", Kind: HardBounce, Subscriber: id, Address: "New@example.org"}, now); e != "bounced" {
			t.Errorf("the new one: %q", e)
		}
		forwards := add(t, db, hashes, "forwards@example.org")
		if e := take(t, db, hashes, Return{ID: "3", Kind: HardBounce, Subscriber: forwards, Address: "to@example.net"}, now); e != "bounced" {
			t.Errorf("forwarded: %q", e)
		}
	})
}

// TestTakeTogether: two who take the same at once do it once.
func TestTakeTogether(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		one, two := open(t, address), open(t, address)
		hashes := suppressor(t, one)
		id := add(t, one, hashes, "ada@example.org")
		effects := make(chan Effect)
		for _, db := range []*store.DB{one, two, one, two} {
			go func() {
				e, err := Take(context.WithoutCancel(t.Context()), db, hashes, Return{ID: "same", Kind: SoftBounce, Subscriber: id}, act)
				if err != nil {
					t.Error(err)
				}
				effects <- e
			}()
		}
		count := map[Effect]int{}
		for range 4 {
			count[<-effects]++
		}
		if count[Counted] != 1 || count[TakenBefore] != 3 {
			t.Errorf("%v", count)
		}
	})
}

// TestTakeIn: what is not committed is not kept.
func TestTakeIn(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, hashes *Suppressor) {
		id := add(t, db, hashes, "ada@example.org")
		r := Return{ID: "1", Kind: HardBounce, Subscriber: id}
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if e, err := TakeIn(t.Context(), tx, hashes, r, act); e != "bounced" || err != nil {
			t.Errorf("%q, %v", e, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if s := find1(t, db, "ada@example.org"); s.State != Active {
			t.Errorf("she is %s", s.State)
		}
		if e := take(t, db, hashes, r, now); e != "bounced" {
			t.Errorf("then: %q", e)
		}
		if err := ForgetReturned(t.Context(), db, now.Add(keepReturned)); err != nil {
			t.Fatal(err)
		}
		if e := take(t, db, hashes, r, now); e != TakenBefore {
			t.Errorf("half a year later: %q", e)
		}
		if err := ForgetReturned(t.Context(), db, now.Add(keepReturned+time.Second)); err != nil {
			t.Fatal(err)
		}
		if e := take(t, db, hashes, r, now); e != NoChange {
			t.Errorf("when it is forgotten: %q", e)
		}
	})
}

func TestAddressKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB, _ *Suppressor) {
		load := func(seed byte) [][]byte {
			keys, err := AddressKeys(t.Context(), db, bytes.NewReader(bytes.Repeat([]byte{seed}, keySize)))
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		if keys := load(1); len(keys) != 1 || keys[0][0] != 1 {
			t.Errorf("%v", keys)
		}
		if err := NewAddressKey(t.Context(), db, bytes.NewReader(bytes.Repeat([]byte{2}, 2*keySize))); err != nil {
			t.Fatal(err)
		}
		if keys := load(3); len(keys) != 2 || keys[0][0] != 2 || keys[1][0] != 1 {
			t.Errorf("%v; want the newest first", keys)
		}
	})
}
