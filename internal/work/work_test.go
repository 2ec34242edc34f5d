package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
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
	hashes, err := audience.OpenSuppressor(t.Context(), db, rand.Reader)
	for i := range n {
		if err == nil {
			_, _, err = audience.Add(t.Context(), db, hashes, audience.Signup{Address: fmt.Sprintf("reader%d@example.org", i)}, audience.Act{By: "test", Now: monday})
		}
	}
	tokens, tokensErr := audience.OpenTokens(t.Context(), db, rand.Reader)
	if err := errors.Join(err, tokensErr); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// options make and send one and the same issue, and count how often it is made.
func options(t *testing.T, db *store.DB, made *atomic.Int32, tokens *audience.Tokens, server *mailtest.Server) Options {
	t.Helper()
	weekly, err := ParseSchedule("0 7 * * 1")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return monday }
	sender := delivery.Sender{From: netmail.Address{Address: "news@news.example"}, ListID: "weekly.news.example", Base: "https://news.example/"}
	return Options{
		Now:    now,
		Log:    slog.New(slog.DiscardHandler),
		Poll:   20 * time.Millisecond,
		Failed: func(err error) { t.Error(err) },
		Series: []Series{{Digest: "weekly", Schedule: weekly, CatchUp: time.Hour, Period: func(time.Time) string { return "2021-W39" }}},
		Freeze: func(ctx context.Context, name, period string) error {
			made.Add(1)
			_, _, err := delivery.Freeze(ctx, db, &digest.Issue{
				Digest: name, Period: period, Subject: "News", Language: "en", URL: "https://news.example/",
				HTML: []byte("<p>News</p>" + digest.MarkUnsubscribe), Text: []byte("News " + digest.MarkUnsubscribe),
			}, nil, sender, now())
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

// TestTwoWorkers has two machines, a database handle each, do the same schedule.
func TestTwoWorkers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		const readers = 120
		server := mailtest.Start(t, mailtest.Options{})
		tokens := subscribe(t, openDB(t, address), readers)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var made atomic.Int32
		var running sync.WaitGroup
		for range 2 {
			running.Go(func() {
				w, err := Open(ctx, openDB(t, address), options(t, openDB(t, address), &made, tokens, server))
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
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			all, err := delivery.Standings(t.Context(), db, "weekly")
			if err != nil || time.Now().After(deadline) {
				t.Fatalf("the edition is %v: %v", all, err)
			}
			if len(all) == 1 && all[0].State() == string(delivery.EditionDone) {
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
// takes its number, makes it at once.
func TestDeadWorker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		server := mailtest.Start(t, mailtest.Options{})
		db := openDB(t, address)
		tokens := subscribe(t, db, 3)
		var made atomic.Int32
		o := options(t, db, &made, tokens, server)
		begun := make(chan bool)
		hung := o
		hung.Failed = func(error) {}
		hung.Freeze = func(ctx context.Context, _, _ string) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		}
		dead, err := Open(t.Context(), openDB(t, address), hung)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		ended := make(chan error)
		go func() { ended <- dead.Once(ctx) }()
		<-begun
		if err := dead.free(); err != nil {
			t.Fatal(err)
		}
		w, err := Open(t.Context(), openDB(t, address), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Once(t.Context()), w.Close()); err != nil || made.Load() != 1 {
			t.Errorf("%v; the edition was made %d times", err, made.Load())
		}
		stop()
		<-ended
		check(t, server, 3)
	})
}

// TestLostConnection ends a worker whose connections PostgreSQL has broken, as its
// restart does. That is no failure.
func TestLostConnection(t *testing.T) {
	address := storetest.Postgres(t)
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
