package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
)

// frozen freezes an edition and gives the ledger of a worker.
func (d *desk) frozen(worker int) *ledger {
	d.Helper()
	e, _, err := Freeze(d.Context(), d.db, d.issue, nil, d.options.Sender, d.now())
	if err != nil {
		d.Fatal(err)
	}
	return &ledger{db: d.db, edition: e.id, worker: worker, now: d.now, leaseTime: leaseTime}
}

// write asks a committer for one thing.
func write(t *testing.T, l *ledger, o *op) error {
	t.Helper()
	o.done = make(chan error, 1)
	c := newCommitter(l)
	if err := c.write(t.Context(), []*op{o}); err != nil {
		t.Fatal(err)
	}
	if o.intent == nil {
		return nil
	}
	return <-o.done
}

// TestFencing: a worker that was taken for dead can't send what it had, and what
// it knows better is believed as long as nobody else has it.
func TestFencing(t *testing.T) {
	d := newDesk(t, 3, mailtest.Start(t, mailtest.Options{}))
	one := d.frozen(1)
	rows, err := one.claim(t.Context(), 10)
	if err != nil || len(rows) != 3 {
		t.Fatal(len(rows), err)
	}
	if err := write(t, one, &op{intent: rows[0]}); err != nil {
		t.Fatal(err)
	}
	if err := write(t, one, &op{intent: rows[1]}); err != nil {
		t.Fatal(err)
	}
	two := *one
	two.worker = 2
	if living, err := two.recover(t.Context(), false); living != 1 || err != nil {
		t.Errorf("%d workers live, error %v", living, err)
	}
	ahead := two
	ahead.seen, ahead.now = nil, func() time.Time { return d.now().Add(time.Hour) }
	if living, err := ahead.recover(t.Context(), false); living != 1 || err != nil {
		t.Errorf("by a clock that is an hour ahead %d workers live, error %v", living, err)
	}
	d.later()
	if living, err := two.recover(t.Context(), false); living != 0 || err != nil {
		t.Errorf("a day later %d workers live, error %v", living, err)
	}
	if _, err := one.renew(t.Context(), rows[0].shard); !errors.Is(err, errFenced) {
		t.Errorf("renewed: %v", err)
	}
	if err := write(t, one, &op{intent: rows[2]}); !errors.Is(err, errFenced) {
		t.Errorf("intent: %v", err)
	}
	expect := func(want counts) {
		t.Helper()
		got, err := one.count(t.Context())
		if err != nil || got != want {
			t.Errorf("%+v, error %v; want %+v", got, err, want)
		}
		if err := one.verify(t.Context()); err != nil {
			t.Error(err)
		}
	}
	expect(counts{audience: 3, uncertain: 2})
	// The reply came after all.
	write(t, one, &op{outcome: &outcome{row: rows[0], Delivery: Delivery{State: Accepted, Code: 250}}})
	expect(counts{audience: 3, uncertain: 1, accepted: 1})
	// But not where the second one has it.
	if n, err := two.retry(t.Context(), Uncertain); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if again, err := two.claim(t.Context(), 10); len(again) != 2 || err != nil {
		t.Fatal(len(again), err)
	}
	write(t, one, &op{outcome: &outcome{row: rows[1], Delivery: Delivery{State: Accepted, Code: 250}}})
	expect(counts{audience: 3, accepted: 1})
}

// TestLate: an edition that was taken for done is not, when its first worker wakes and
// knows of a message whose dot it did not send.
func TestLate(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 3, server)
	one := d.frozen(1)
	rows, err := one.claim(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(t, one, &op{intent: rows[0]}); err != nil {
		t.Fatal(err)
	}
	// Its lock is free: it is dead.
	if s, err := d.send(); err != nil || counted(s) != "3: 2 accepted 1 uncertain" {
		t.Fatal(counted(s), err)
	}
	if state, err := one.state(t.Context()); state != EditionDone || err != nil {
		t.Errorf("%s, %v", state, err)
	}
	write(t, one, &op{outcome: &outcome{row: rows[0], Delivery: Delivery{State: Pending}}})
	all, err := Unfinished(t.Context(), d.db)
	if len(all) != 1 || err != nil {
		t.Fatalf("%d editions to be sent, %v", len(all), err)
	}
	if s, err := Continue(t.Context(), d.db, all[0], d.options); err != nil || counted(s) != "3: 2 already 1 accepted" {
		t.Error(counted(s), err)
	}
	once(t, server, 3)
}

// TestDrop: a worker whose shard others have taken does not end before it has written
// what became of the rows in its connections' hands.
func TestDrop(t *testing.T) {
	d := newDesk(t, 0, mailtest.Start(t, mailtest.Options{}))
	d.at("example.net", 6)
	d.frozen(1)
	e, _, err := Freeze(t.Context(), d.db, d.issue, nil, d.options.Sender, d.now())
	if err != nil {
		t.Fatal(err)
	}
	n, err := newEngine(d.db, e, 1, d.options)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := n.ledger.claim(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	s := rows[0].shard
	n.shards[s] = true
	n.domains = newDomains([]Domain{{Names: []string{"example.net"}}})
	n.domains.byName["example.net"].rows, n.domains.parked = rows[:2], 2
	n.queue = rows[2:4] // and two are in hand
	n.drop(s)
	if len(n.queue)+n.domains.parked != 0 || s.open != 2 || !n.shards[s] {
		t.Errorf("%d in the queue, %d parked, %d without an outcome, kept: %v", len(n.queue), n.domains.parked, s.open, n.shards[s])
	}
	n.state = EditionDone
	if wait, err := n.judgeState(t.Context()); wait != forever || err != nil {
		t.Errorf("it rests for %v, %v", wait, err)
	}
}

// TestForget: who is erased while the edition is being sent is not sent it, and
// the sums stay right.
func TestForget(t *testing.T) {
	d := newDesk(t, 3, mailtest.Start(t, mailtest.Options{}))
	l := d.frozen(1)
	rows, err := l.claim(t.Context(), 2)
	if err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	for _, id := range []int64{1, 3} { // leased, pending
		if err := l.inTx(t.Context(), func(_ context.Context, tx *sql.Tx) error { return Forget(t.Context(), tx, id) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rows {
		err := write(t, l, &op{intent: r})
		if gone := r.subscriber == 1; gone != (err != nil) {
			t.Errorf("subscriber %d: %v", r.subscriber, err)
		}
	}
	c, err := l.count(t.Context())
	if err != nil || c != (counts{audience: 3, skipped: 2}) {
		t.Errorf("%+v, %v", c, err)
	}
	if err := l.verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestUpgrade: an older newsdesk's ledger is read, with what it was sending when
// it was killed.
func TestUpgrade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Exec(oldLedger); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := Find(t.Context(), db, "weekly", "2021-W39", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Status(t.Context())
	if err != nil || s.State != EditionSending || s.Audience != 6 || s.Accepted != 1 || s.Failed != 1 || s.Uncertain != 1 || s.Skipped != 1 || s.Pending != 2 || s.Deferred != 1 {
		t.Errorf("%+v, error %v", s, err)
	}
	if err := c.ledger.verify(t.Context()); err != nil {
		t.Error(err)
	}
	if rows, err := (&ledger{db: db, edition: 1, worker: 1, now: time.Now, leaseTime: leaseTime}).claim(t.Context(), 10); len(rows) != 2 || err != nil {
		t.Errorf("%d rows can be claimed, error %v", len(rows), err)
	}
}

// TestUpgradeSends: what an older newsdesk froze, which knew no parts, goes out to
// those who have not got it.
func TestUpgradeSends(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	issue, err := json.Marshal(testIssue())
	if err != nil {
		t.Fatal(err)
	}
	sender, err := json.Marshal(testSender())
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.Exec(oldLedger)
	if err == nil {
		_, err = old.Exec(`UPDATE edition SET issue = ?, sender = ?; UPDATE delivery SET address = address || '@example.org'`, issue, sender)
	}
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 0, server)
	db, tokens, err := openDB(t.Context(), "sqlite:"+file, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	d.options.Tokens = tokens
	editions, err := Unfinished(t.Context(), db)
	if err != nil || len(editions) != 1 {
		t.Fatal(editions, err)
	}
	s, err := Continue(t.Context(), db, editions[0], d.options)
	got := server.Count()
	if err != nil || counted(s) != "6: 1 already 2 accepted 1 failed 1 skipped 1 uncertain" || len(got) != 2 || got["b@example.org"] != 1 || got["c@example.org"] != 1 {
		t.Errorf("%s, %v, error %v", counted(s), got, err)
	}
}

// oldLedger is the schema of the first newsdesk, without what is not needed here.
const oldLedger = `
CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1);
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE subscriber (id INTEGER PRIMARY KEY, address TEXT NOT NULL, address_key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')), created BIGINT NOT NULL, changed BIGINT NOT NULL);
CREATE TABLE edition (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, period TEXT NOT NULL, date TEXT NOT NULL, hash TEXT NOT NULL, issue BLOB NOT NULL, sender BLOB NOT NULL, UNIQUE (digest, period));
CREATE TABLE delivery (id INTEGER PRIMARY KEY, edition_id BIGINT NOT NULL REFERENCES edition (id), subscriber_id BIGINT NOT NULL REFERENCES subscriber (id),
	address TEXT NOT NULL, name TEXT NOT NULL,
	state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'accepted', 'failed', 'uncertain', 'skipped')),
	tries INTEGER NOT NULL DEFAULT 0, code INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', changed BIGINT NOT NULL, UNIQUE (edition_id, address));
CREATE INDEX delivery_in_order ON delivery (edition_id, id);
INSERT INTO subscriber VALUES (1, 'a@example.org', 'a@example.org', '', 'subscribed', 0, 0);
INSERT INTO edition VALUES (1, 'weekly', '2021-W39', '2021-10-04T06:00:00Z', '', '{}', '{}');
INSERT INTO delivery (edition_id, subscriber_id, address, name, state, tries, changed) VALUES
	(1, 1, 'a', '', 'accepted', 0, 0), (1, 1, 'b', '', 'pending', 0, 0), (1, 1, 'c', '', 'pending', 1, 0),
	(1, 1, 'd', '', 'sending', 0, 0), (1, 1, 'e', '', 'failed', 1, 0), (1, 1, 'f', '', 'skipped', 0, 0);
`

// TestCommitAfterEnd: a run that is told to stop still writes what servers said.
func TestCommitAfterEnd(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	l := d.frozen(1)
	rows, err := l.claim(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newCommitter(l).write(ctx, []*op{{intent: rows[0], done: make(chan error, 1)}}); err != nil {
		t.Error(err)
	}
}
