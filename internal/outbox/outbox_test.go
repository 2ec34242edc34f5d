package outbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// office is a Sender with a clock that the test moves.
type office struct {
	*testing.T
	db     *store.DB
	sender *Sender
	now    atomic.Int64
}

func (o *office) clock() time.Time { return time.Unix(o.now.Load(), 0) }

func open(t *testing.T, address string, server mail.Config, compose func(context.Context, Letter) ([]byte, error)) *office {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o := &office{T: t, db: db}
	o.now.Store(1_700_000_000)
	o.sender = NewSender(db, Options{
		SMTP: server, From: "news@example.org", Compose: compose, Now: o.clock, Log: slog.New(slog.DiscardHandler),
	})
	return o
}

func plain(_ context.Context, l Letter) ([]byte, error) {
	return fmt.Appendf(nil, "To: %s\r\nSubject: %s %d\r\n\r\nHello.\r\n", l.Address, l.Kind, l.About), nil
}

func (o *office) put(address string) {
	o.Helper()
	err := o.db.Do(o.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return Put(ctx, tx, Letter{Kind: "confirm", Address: address, About: 7, Created: o.clock()})
	})
	if err != nil {
		o.Fatal(err)
	}
}

// states gives the state of each address's letter, its tries and when it is due.
func (o *office) states() map[string]string {
	o.Helper()
	rows, err := o.db.Query(`SELECT address, state, tries, due FROM outbox`)
	if err != nil {
		o.Fatal(err)
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var address, state string
		var tries int
		var due int64
		if err := rows.Scan(&address, &state, &tries, &due); err != nil {
			o.Fatal(err)
		}
		if all[address] = fmt.Sprint(state, " ", tries); state == "queued" {
			all[address] += fmt.Sprintf(" in %ds", due-o.now.Load())
		}
	}
	return all
}

func (o *office) want(address, state string) {
	o.Helper()
	if got := o.states()[address]; got != state {
		o.Errorf("%s: %s, want %s", address, got, state)
	}
}

func TestSender(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(to string, try int) error {
			switch {
			case to == "gone@example.org":
				return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
			case to == "grey@example.org" && try < 3:
				return &smtp.SMTPError{Code: 451, Message: "come back later"}
			case to == "cut@example.org" && try == 1:
				return mailtest.ErrDrop
			}
			return nil
		}})
		o := open(t, address, mail.Config{Host: server.Host, Port: server.Port}, func(ctx context.Context, l Letter) ([]byte, error) {
			switch l.Address {
			case "over@example.org":
				return nil, ErrPointless
			case "broken@example.org":
				return nil, errors.New("mail-confirm.html:3: a fault")
			}
			return plain(ctx, l)
		})
		for _, to := range []string{"a@example.org", "gone@example.org", "grey@example.org", "cut@example.org", "over@example.org", "broken@example.org", "z@example.org"} {
			o.put(to)
		}
		round := func(want int) {
			t.Helper()
			if n, err := o.sender.round(t.Context()); n != want || err != nil {
				t.Errorf("a round of %d letters, %v; want %d", n, err, want)
			}
		}
		round(7)
		if n := server.Connections(); n != 2 { // and one after cut@ was dropped
			t.Errorf("%d connections, want 2", n)
		}
		for to, state := range map[string]string{
			"a@example.org": "sent 0", "z@example.org": "sent 0", "gone@example.org": "failed 1", "over@example.org": "dropped 1",
			"grey@example.org": "queued 1 in 30s", "cut@example.org": "queued 1 in 30s", "broken@example.org": "queued 1 in 30s",
		} {
			o.want(to, state)
		}
		round(0)
		if due, err := o.sender.Due(t.Context()); due || err != nil {
			t.Errorf("due at once: %v, %v", due, err)
		}
		if q, err := Waiting(t.Context(), o.db); err != nil || q.Letters != 3 || q.Oldest.Unix() != 1_700_000_000 {
			t.Errorf("waiting: %v, %v", q, err)
		}
		o.now.Add(30)
		if due, err := o.sender.Due(t.Context()); !due || err != nil {
			t.Errorf("due 30 s later: %v, %v", due, err)
		}
		round(3)
		o.want("cut@example.org", "sent 1")
		o.want("grey@example.org", "queued 2 in 60s")
		o.now.Add(60)
		round(2)
		o.want("grey@example.org", "sent 2")
		o.want("broken@example.org", "queued 3 in 120s")
		for to, n := range server.Count() {
			if n != 1 {
				t.Errorf("%s got %d", to, n)
			}
		}
		o.now.Add(4 * 24 * 3600)
		round(1)
		o.want("broken@example.org", "failed 4")
		if err := o.sender.Forget(t.Context()); err != nil || len(o.states()) != 0 {
			t.Errorf("kept: %v, %v", o.states(), err)
		}
	})
}

// TestGivenUp: the log tells that a letter is given up and why, and not whose it was.
func TestGivenUp(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Rcpt: func(to string, _ int) error {
		return &smtp.SMTPError{Code: 550, Message: "<" + to + ">: User unknown; rcpt=" + to + ", \"jane+news@bücher.example\" neither"}
	}})
	o := open(t, storetest.SQLite(t), mail.Config{Host: server.Host, Port: server.Port}, plain)
	var log bytes.Buffer
	o.sender.options.Log = slog.New(slog.NewTextHandler(&log, nil))
	o.put("gone@example.org")
	if _, err := o.sender.round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, "@") || !strings.Contains(text, "kind=confirm") || !strings.Contains(text, "<[address]>: User unknown") {
		t.Error(text)
	}
}

// TestServerAway holds letters while there is no mail server.
func TestServerAway(t *testing.T) {
	o := open(t, storetest.SQLite(t), mail.Config{Host: "127.0.0.1", Port: 1}, plain)
	for i := range 3 {
		o.put(fmt.Sprintf("reader%d@example.org", i))
	}
	for _, due := range []string{"queued 1 in 30s", "queued 2 in 60s", "queued 3 in 120s"} {
		if n, err := o.sender.round(t.Context()); n != 3 || err == nil {
			t.Errorf("%d letters, error %v", n, err)
		}
		o.want("reader2@example.org", due)
		o.now.Add(1000)
	}
	for range 20 {
		o.sender.round(t.Context())
		o.now.Add(1000)
	}
	o.sender.round(t.Context())
	o.want("reader2@example.org", "queued 24 in 600s") // when the server is back, they go soon
}

// TestTake has two processes take letters: each gets some, nobody gets another's,
// and those of one that was killed come back.
func TestTake(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, mail.Config{}, plain)
		for i := range 2 * batch {
			o.put(fmt.Sprintf("reader%d@example.org", i))
		}
		seen := map[int64]bool{}
		for range 3 {
			err := o.db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				letters, err := take(ctx, tx, o.clock(), lease)
				for _, l := range letters {
					if seen[l.ID] {
						t.Errorf("letter %d was taken twice", l.ID)
					}
					seen[l.ID] = true
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != 2*batch {
			t.Errorf("%d letters", len(seen))
		}
		o.now.Add(int64(lease/time.Second) + 1)
		err := o.db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			letters, err := take(ctx, tx, o.clock(), lease)
			if len(letters) != batch {
				t.Errorf("%d letters after the lease", len(letters))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestRecent counts letters by address, and by mailbox whatever its tags and dots, of
// the kinds that are asked for, since a time.
func TestRecent(t *testing.T) {
	o := open(t, storetest.SQLite(t), mail.Config{}, plain)
	put := func(kind, address string, about int64, at time.Time) {
		t.Helper()
		err := o.db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return Put(ctx, tx, Letter{Kind: kind, Address: address, About: about, Created: at})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	now := o.clock()
	put("confirm", "jane@example.org", 1, now.Add(-2*time.Hour))
	put("confirm", "jane@example.org", 2, now)
	put("address", "Jane@Example.org", 3, now)
	put("welcome", "jane@example.org", 4, now)
	put("confirm", "jane+news@example.org", 5, now)
	put("confirm", "j.ane@gmail.com", 6, now)
	put("confirm", "jane+x@googlemail.com", 7, now)
	for _, tt := range []struct {
		address string
		since   time.Duration
		kinds   string
		about   string
		mailbox int
	}{
		{"jane@example.org", time.Hour, "confirm address", "[2 3]", 3},
		{"jane@example.org", 3 * time.Hour, "confirm", "[1 2]", 3},
		{"jane@example.org", time.Hour, "welcome", "[4]", 1},
		{"jane@gmail.com", time.Hour, "confirm", "[]", 2},
		{"j.ane@gmail.com", time.Hour, "confirm", "[6]", 2},
		{"j.ane@example.org", time.Hour, "confirm", "[]", 0},
	} {
		err := o.db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			about, mailbox, err := Recent(ctx, tx, tt.address, now.Add(-tt.since), strings.Fields(tt.kinds)...)
			if slices.Sort(about); fmt.Sprint(about) != tt.about || mailbox != tt.mailbox {
				t.Errorf("%s, %s in %s: %v, mailbox %d; want %s, %d", tt.address, tt.kinds, tt.since, about, mailbox, tt.about, tt.mailbox)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestWork sends all that is due, over one connection for each batch, and ends.
func TestWork(t *testing.T) {
	server := (&mailtest.Faulty{}).Start(t)
	o := open(t, storetest.SQLite(t), mail.Config{Host: server.Host, Port: server.Port}, plain)
	for i := range batch + 1 {
		o.put(fmt.Sprintf("reader%d@example.org", i))
	}
	if err := o.sender.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(server.Messages()); n != batch+1 {
		t.Errorf("%d letters were sent, want %d", n, batch+1)
	}
	count := map[string]int{}
	for _, line := range server.Commands() {
		verb, _, _ := strings.Cut(line, " ")
		count[verb]++
	}
	if count["EHLO"] != 2 || count["QUIT"] != 2 {
		t.Errorf("%v, want two connections that say goodbye", count)
	}
	o.now.Add(int64(time.Hour / time.Second))
	if err := o.sender.Work(t.Context()); err != nil || len(server.Messages()) != batch+1 {
		t.Errorf("%v; %d letters after an hour", err, len(server.Messages()))
	}
}
