package delivery

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
)

// points is where a child can be killed by its own hand; at "rcpt", "dot" and
// "reply" the server kills it: after RCPT, after the dot without accepting the
// message, and after it has accepted.
var points = []string{"claimed", "settle", "commit", "committed", "intend", "intended", "rcpt", "dot", "reply"}

// TestKill kills a sending process with many connections at named points and at
// random moments, again and again, and starts it anew at once, until one run
// comes to its end. NEWSDESK_TEST_KILLS=300 makes it that many.
func TestKill(t *testing.T) {
	kills := len(points)
	if n, err := strconv.Atoi(os.Getenv("NEWSDESK_TEST_KILLS")); err == nil {
		kills = n
	}
	for _, policy := range []string{"resend", "hold"} {
		t.Run(policy, func(t *testing.T) { testKill(t, policy, kills) })
	}
	t.Run("hold with limits", func(t *testing.T) { testKill(t, "hold", kills, childSlow+"=1") })
}

func testKill(t *testing.T, policy string, maxKills int, settings ...string) {
	settings = append(settings, childPolicy+"="+policy)
	recipients := 100 + 25*maxKills
	var victim atomic.Pointer[order]
	server := mailtest.Start(t, mailtest.Options{
		Rcpt: func(string, int) error { return victim.Load().at("rcpt", nil) },
		Dot: func(string, int) error {
			if err := victim.Load().at("dot", mailtest.ErrDrop); err != nil {
				return err
			}
			return victim.Load().at("reply", mailtest.ErrSwallow)
		},
	})
	url := address(t)
	db, tokens, err := openDB(t.Context(), url, recipients)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()

	kills := 0
	for kills < maxKills {
		// One in three at any moment, the others at a point.
		o := &order{nth: int64(1 + rand.IntN(20))}
		env := settings[:len(settings):len(settings)]
		if kills%3 > 0 {
			o.point = points[rand.IntN(len(points))]
			nth := 2 * o.nth
			if o.point == "claimed" {
				nth = 1
			}
			env = append(env, fmt.Sprintf("%s=%s %d 9", childSignal, o.point, nth))
		}
		victim.Store(o)
		p := startChild(t, url, server.Port, env...)
		o.pid.Store(p.Process)
		if o.point == "" {
			for range rand.IntN(30) {
				p.lines.Scan()
			}
			time.Sleep(time.Duration(rand.IntN(4000)) * time.Microsecond)
			p.Process.Kill()
		}
		if p.end(t) {
			break
		}
		kills++
	}
	victim.Store(nil)
	for !startChild(t, url, server.Port, settings...).end(t) {
	}
	time.Sleep(50 * time.Millisecond) // for what the killed one still had on the wire

	afterCrash, _ := ParseAfterCrash(policy)
	s, err := DryRun(t.Context(), db, testIssue(), Options{
		Sender: testSender(), Tokens: tokens, AfterCrash: afterCrash, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if kills < maxKills/3 {
		t.Errorf("%d kills, want %d: all was sent before", kills, maxKills)
	}
	checkCopies(t, db, server, s, kills*connections, afterCrash)
	var byNew int
	err = db.QueryRow(`SELECT COUNT(*) FROM delivery d JOIN relay_number r ON r.id = d.relay_id WHERE r.name = 'new'`).Scan(&byNew)
	if err != nil || byNew > warmed {
		t.Errorf("%d by the relay that may get %d, %v", byNew, warmed, err)
	}
	t.Logf("%d kills, %d by the new relay, %d messages for %d recipients, %s", kills, byNew, len(server.Messages()), recipients, counted(s))
}

// order is when the server is to kill the child.
type order struct {
	point string
	nth   int64
	seen  atomic.Int64
	pid   atomic.Pointer[os.Process]
}

// at kills the child if it is time, and then gives err.
func (o *order) at(point string, err error) error {
	if o == nil || o.point != point || o.seen.Add(1) != o.nth {
		return nil
	}
	if p := o.pid.Load(); p != nil {
		p.Kill()
	}
	return err
}

// checkCopies compares what the server has with what the ledger says, with so
// many intents at most that a crash left open.
func checkCopies(t *testing.T, db *store.DB, server *mailtest.Server, s Summary, open int, policy AfterCrash) {
	t.Helper()
	l := &ledger{db: db, now: time.Now}
	if err := db.QueryRowContext(t.Context(), `SELECT id FROM edition`).Scan(&l.edition); err != nil {
		t.Fatal(err)
	}
	if err := l.verify(t.Context()); err != nil {
		t.Error(err)
	}
	count := server.Count()
	twice, missing := 0, 0
	for i := range s.Audience {
		n := count[reader(i)]
		if n > 1 {
			twice += n - 1
		}
		if n == 0 {
			missing++
		}
	}
	switch policy {
	case Resend:
		if counted(s) != fmt.Sprintf("%d: %d already", s.Audience, s.Audience) {
			t.Errorf("ledger: %s", counted(s))
		}
		if missing != 0 || twice > open {
			t.Errorf("%d got none, %d too many, %d intents open", missing, twice, open)
		}
	case Hold:
		if s.Pending != 0 || s.Uncertain > open || s.Already+s.Uncertain != s.Audience {
			t.Errorf("ledger: %s", counted(s))
		}
		if twice != 0 || missing > s.Uncertain {
			t.Errorf("%d too many, %d got none, %d uncertain", twice, missing, s.Uncertain)
		}
	}
	ids := map[string]string{}
	for _, m := range server.Messages() {
		if id, first := header(t, m.Data, "Message-ID"), ids[m.To]; first != "" && first != id {
			t.Errorf("%s got another message, not the same again: %s, %s", m.To, first, id)
		} else {
			ids[m.To] = id
		}
	}
}

func header(t *testing.T, message []byte, name string) string {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get(name)
}

// TestStop stops a worker for longer than its lease, lets a second one do the
// work, and wakes the first: it sends nothing of what was taken from it.
func TestStop(t *testing.T) {
	for _, point := range []string{"claimed", "settle", "intended"} {
		t.Run(point, func(t *testing.T) {
			const recipients, lease = 300, "300ms"
			server := mailtest.Start(t, mailtest.Options{})
			url := address(t)
			stopped := url
			// A process that stops in a transaction, which another of its goroutines may
			// have open once messages are sent, locks an SQLite file for good; PostgreSQL
			// soon ends the session.
			if strings.HasPrefix(url, "postgres:") {
				stopped += "&idle_in_transaction_session_timeout=200"
			} else if point != "claimed" {
				return
			}
			db, tokens, err := openDB(t.Context(), url, recipients)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			nth := 20
			if point == "claimed" {
				nth = 1
			}
			p := startChild(t, stopped, server.Port, childLease+"="+lease, fmt.Sprintf("%s=%s %d 19", childSignal, point, nth))
			for p.lines.Scan() && p.lines.Text() != "signal" {
			}
			s, err := Send(t.Context(), db, testIssue(), Options{Sender: testSender(), SMTP: mailConfig(server), Tokens: tokens, Now: time.Now, lease: 300 * time.Millisecond})
			if err != nil || s.Pending != 0 {
				t.Errorf("the second worker: %s, %v", counted(s), err)
			}
			wake(p.Process)
			io.Copy(io.Discard, p.stdout)
			// Where nobody had got the edition, it was frozen anew, and the first has an
			// error. Else it knows of messages whose dot it did not send, and sends them.
			if err := p.Wait(); err != nil && point != "claimed" {
				t.Errorf("the first worker: %v: %s", err, p.stderr.String())
			}
			s, err = DryRun(t.Context(), db, testIssue(), Options{Sender: testSender(), Tokens: tokens, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			checkCopies(t, db, server, s, connections, Hold)
			t.Log(counted(s))
		})
	}
}
