package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

var monday = time.Date(2021, 10, 4, 7, 0, 5, 0, time.UTC)

func openDB(t *testing.T, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// subscribe makes the audience.
func subscribe(t *testing.T, db *store.DB, n int) *audience.Tokens {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
		INSERT INTO subscriber (address, address_key, name, created, changed)
		SELECT 'reader' || i || '@example.org', 'reader' || i || '@example.org', '', $2, $2 FROM n`, n, monday.Unix())
	tokens, tokensErr := audience.OpenTokens(t.Context(), db, rand.Reader)
	if err := errors.Join(err, tokensErr); err != nil {
		t.Fatal(err)
	}
	return tokens
}

var sender = delivery.Sender{From: netmail.Address{Address: "news@news.example"}, ListID: "weekly.news.example", Base: "https://news.example/"}

func issue(name, period string) *digest.Issue {
	return &digest.Issue{
		Digest: name, Period: period, Subject: "News", Language: "en", URL: "https://news.example/",
		HTML: []byte("<p>News</p>" + digest.MarkUnsubscribe), Text: []byte("News " + digest.MarkUnsubscribe),
	}
}

// options make and send one and the same issue, and count how often it is made.
func options(t *testing.T, db *store.DB, made *atomic.Int32, tokens *audience.Tokens, server *mailtest.Server) Options {
	t.Helper()
	weekly, err := ParseSchedule("0 7 * * 1")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return monday }
	return Options{
		Now:    now,
		Log:    slog.New(slog.DiscardHandler),
		Poll:   20 * time.Millisecond,
		Failed: func(err error) { t.Error(err) },
		Series: []Series{{Digest: "weekly", Schedule: weekly, CatchUp: time.Hour, Period: func(time.Time) string { return "2021-W39" }}},
		Freeze: func(ctx context.Context, name, period string) error {
			made.Add(1)
			_, _, err := delivery.Freeze(ctx, db, issue(name, period), nil, sender, now())
			return err
		},
		Deliver: func(ctx context.Context, e *delivery.Edition) error {
			_, err := delivery.Continue(ctx, db, e, delivery.Options{
				Tokens: tokens, Now: time.Now, SMTP: mail.Config{Host: server.Host, Port: server.Port}, Stay: true,
			})
			return err
		},
	}
}

func check(t *testing.T, server *mailtest.Server, want int) {
	t.Helper()
	count := server.Count()
	for to, n := range count {
		if n != 1 {
			t.Errorf("%s got %d messages", to, n)
		}
	}
	if len(count) != want {
		t.Errorf("%d subscribers got it, want %d", len(count), want)
	}
}

// TestTwoWorkers has two machines, a database handle each, do the same schedule, while
// cron runs digest send.
func TestTwoWorkers(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		const readers = 120
		server := mailtest.Start(t, mailtest.Options{})
		tokens := subscribe(t, openDB(t, address), readers)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var made atomic.Int32
		var running sync.WaitGroup
		for range 2 {
			running.Go(func() {
				w, err := Open(t.Context(), openDB(t, address), options(t, openDB(t, address), &made, tokens, server))
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(w.Run(ctx), w.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		db := openDB(t, address)
		running.Go(func() {
			for made.Load() == 0 { // it freezes at the same moment
				time.Sleep(time.Millisecond)
			}
			_, err := delivery.Send(t.Context(), openDB(t, address), issue("weekly", "2021-W39"), delivery.Options{
				Sender: sender, Tokens: tokens, Now: time.Now, SMTP: mail.Config{Host: server.Host, Port: server.Port},
			})
			if err != nil {
				t.Error(err)
			}
		})
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			all, err := delivery.Standings(t.Context(), db, "weekly")
			if err != nil || time.Now().After(deadline) {
				t.Fatalf("the edition is %v: %v", all, err)
			}
			// The job may not have ended: cron's sends the edition, too.
			var open int
			err = db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job WHERE kind = 'edition' AND state <> 'completed'`).Scan(&open)
			if err == nil && open == 0 && len(all) == 1 && all[0].State() == string(delivery.EditionDone) {
				break
			}
		}
		stop()
		running.Wait()
		check(t, server, readers)
		if made.Load() != 1 {
			t.Errorf("the edition was made %d times", made.Load())
		}

		// What was done is known to the next.
		w, err := Open(t.Context(), openDB(t, address), options(t, db, &made, tokens, server))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Once(t.Context()), w.Close()); err != nil || made.Load() != 1 {
			t.Errorf("%v; the edition was made %d times", err, made.Load())
		}
		check(t, server, readers)
	})
}

// TestDeadWorker has a worker die while it makes an edition. The next one, which
// takes its number, or one that worked already makes it.
func TestDeadWorker(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		for _, there := range []bool{false, true} {
			t.Run(fmt.Sprint(there), func(t *testing.T) { testDeadWorker(t, address, there) })
			address = strings.Replace(address, "newsdesk.db", "second.db", 1)
			if strings.HasPrefix(address, "postgres") {
				address = storetest.PostgresReady(t)
			}
		}
	})
}

func testDeadWorker(t *testing.T, address string, there bool) {
	server := mailtest.Start(t, mailtest.Options{})
	db := openDB(t, address)
	tokens := subscribe(t, db, 3)
	var made atomic.Int32
	o := options(t, db, &made, tokens, server)
	begun := make(chan bool)
	hung := o
	hung.Series = slices.Clone(o.Series)
	hung.Failed = func(error) {}
	end := make(chan bool)
	hung.Freeze = func(context.Context, string, string) error {
		close(begun)
		<-end
		return errors.New("dead")
	}
	open := func(o Options) *Worker {
		w, err := Open(t.Context(), openDB(t, address), o)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	dead := open(hung)
	var w *Worker
	if there {
		w = open(o)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error)
	go func() { ended <- dead.Once(ctx) }()
	<-begun
	if there {
		if err := w.bury(t.Context()); err != nil || made.Load() != 0 {
			t.Errorf("%v; of one that lives it was made %d times", err, made.Load())
		}
		w.looked = time.Time{}
	}
	if err := dead.free(); err != nil {
		t.Fatal(err)
	}
	if !there {
		w = open(o)
	}
	if err := errors.Join(w.Once(t.Context()), w.Close()); err != nil || made.Load() != 1 {
		t.Errorf("%v; the edition was made %d times", err, made.Load())
	}
	check(t, server, 3)
	stop()
	close(end)
	<-ended
}

// TestClock lets the clock jump: what was done is not done again, and a clock that was
// far ahead for a while keeps nothing from being done afterwards.
func TestClock(t *testing.T) {
	at := func(text string) time.Time {
		now, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	storetest.EachReady(t, func(t *testing.T, address string) {
		var now time.Time
		var made []string
		o := options(t, nil, nil, nil, mailtest.Start(t, mailtest.Options{}))
		var told []string
		o.Failed = func(err error) { told = append(told, err.Error()) }
		o.Now = func() time.Time { return now }
		o.Series[0].CatchUp = 24 * time.Hour
		o.Series[0].Period = func(due time.Time) string { return due.Format("2006-01-02") }
		o.Freeze = func(_ context.Context, _, period string) error {
			made = append(made, period)
			return nil
		}
		w, err := Open(t.Context(), openDB(t, address), o)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		for _, step := range []struct{ now, made string }{
			{"2021-10-04 06:59", ""},
			{"2021-10-04 07:00", "2021-10-04"},
			{"2021-10-04 06:01", ""}, // an hour back
			{"2021-10-04 07:00", ""},
			{"2021-10-10 07:10", ""},
			{"2021-10-11 07:10", "2021-10-11"}, // a day ahead, of a Sunday
			{"2021-10-10 07:20", ""},           // and back
			{"2021-10-11 07:00", ""},
			{"2021-10-18 20:00", "2021-10-18"}, // late
			{"2031-12-29 07:00", "2031-12-29"}, // ten years ahead
			{"2021-10-18 21:00", "2021-10-18"}, // made again as a job; the ledger has it
			{"2021-10-24 21:00", ""},
			{"2021-10-25 07:00", "2021-10-25"},
		} {
			now, made, told = at(step.now), nil, nil
			if err := errors.Join(w.plan(t.Context()), w.runQueue(editions)); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(made, " "); got != step.made || told != nil {
				t.Errorf("at %s it made %q, want %q; told %q", step.now, got, step.made, told)
			}
		}
	})
}

// TestClockPutBack: what failed before the machine's clock was put back an hour does not
// wait until it gets there again.
func TestClockPutBack(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		db, fail := openDB(t, address), true
		o := options(t, nil, nil, nil, mailtest.Start(t, mailtest.Options{}))
		o.Failed = func(error) {}
		made := 0
		o.Freeze = func(context.Context, string, string) error {
			made++
			if fail {
				return errors.New("no")
			}
			return nil
		}
		w, err := Open(t.Context(), openDB(t, address), o)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		once := func(want int) {
			t.Helper()
			w.looked = time.Time{}
			if err := errors.Join(w.plan(t.Context()), w.bury(t.Context()), w.runQueue(editions)); err != nil || made != want {
				t.Errorf("%v; it was tried %d times, want %d", err, made, want)
			}
		}
		once(1)
		once(1) // in a minute
		fail = false
		hour := time.Now().UTC().Add(time.Hour).Format("2006-01-02 15:04:05.000")
		if db.IsPostgres() {
			hour += "+00"
		}
		if _, err := db.ExecContext(t.Context(), `UPDATE river_job SET scheduled_at = $1`, hour); err != nil {
			t.Fatal(err)
		}
		once(2)
	})
}

// runQueue does what is in a queue.
func (w *Worker) runQueue(name string) error {
	ctx := context.Background()
	return w.started(ctx, func() error { return w.await(name)(ctx) })
}

// TestRestart crashes PostgreSQL twice while three workers send. They go on by
// themselves; nobody gets two, and whoever gets none is known.
func TestRestart(t *testing.T) {
	const readers = 600
	address := storetest.PostgresReady(t)
	db := openDB(t, address)
	tokens := subscribe(t, db, readers)
	reached := make(chan bool, readers)
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		reached <- true
		time.Sleep(3 * time.Millisecond)
		return nil
	}})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running sync.WaitGroup
	for range 3 {
		o := options(t, openDB(t, address), new(atomic.Int32), tokens, server)
		o.Failed = func(error) {} // it tells that the database is away
		running.Go(func() {
			// One that was just starting is started anew, as systemd does.
			for Keep(ctx, func(ctx context.Context) (*store.DB, error) { return store.Open(ctx, address) }, o) != nil {
			}
		})
	}
	for n := range 300 {
		<-reached
		if n == 100 || n == 250 {
			storetest.Restart(t)
		}
	}
	s := delivery.Standing{Pending: readers}
	for deadline := time.Now().Add(2 * time.Minute); s.State() != string(delivery.EditionDone); time.Sleep(50 * time.Millisecond) {
		all, err := delivery.Standings(t.Context(), db, "weekly")
		if err == nil && len(all) == 1 {
			s = all[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("the edition is %+v: %v", s, err)
		}
	}
	stop()
	running.Wait()
	t.Logf("%+v", s)
	count := server.Count()
	for to, n := range count {
		if n != 1 {
			t.Errorf("%s got %d", to, n)
		}
	}
	// At most one a connection, worker and crash: 4 times 3 times 2.
	if s.Accepted+s.Uncertain != readers || s.Uncertain > 24 || readers-len(count) > s.Uncertain {
		t.Errorf("%d of %d got it: %+v", len(count), readers, s)
	}
}

// TestLostConnection ends a worker whose connections PostgreSQL has broken, as its
// restart does. That is no failure.
func TestLostConnection(t *testing.T) {
	address := storetest.PostgresReady(t)
	db := openDB(t, address)
	w, err := Open(t.Context(), openDB(t, address), options(t, db, new(atomic.Int32), nil, mailtest.Start(t, mailtest.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Error(err)
	}
}

// TestFrozenAnewMeanwhile: an edition that another newsdesk freezes anew just before it
// would be sent is sent as that, and nobody is told of a failure.
func TestFrozenAnewMeanwhile(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		server := mailtest.Start(t, mailtest.Options{})
		db := openDB(t, address)
		o := options(t, db, new(atomic.Int32), subscribe(t, db, 3), server)
		deliver, again := o.Deliver, 0
		o.Deliver = func(ctx context.Context, e *delivery.Edition) error {
			if again++; again == 1 {
				if _, _, err := delivery.Freeze(ctx, db, issue("weekly", "2021-W39"), nil, sender, monday); err != nil {
					t.Error(err)
				}
			}
			return deliver(ctx, e)
		}
		w, err := Open(t.Context(), openDB(t, address), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Once(t.Context()), w.Close()); err != nil || again != 2 {
			t.Errorf("%v; it was sent in %d tries", err, again)
		}
		check(t, server, 3)
	})
}
