package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestSlowDown: who says "later" too often is sent slower, which the next process
// knows, everybody sees, and time undoes; nobody is lost or sent twice.
func TestSlowDown(t *testing.T) {
	reply := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "too fast"}
	}
	for _, code := range []int{421, 450, 451, 452, 454} {
		for _, who := range []string{"relay", "domain"} {
			if who == "domain" && code != 451 && code != 452 {
				continue // 421 is always about the relay; the others are alike
			}
			t.Run(fmt.Sprint(who, code), func(t *testing.T) {
				t.Parallel()
				busy := func(_ string, try int) error {
					if try <= 1 {
						return reply(code)
					}
					return nil
				}
				o, name := mailtest.Options{Rcpt: busy}, "domain example.org"
				if who == "relay" {
					o, name = mailtest.Options{Mail: busy}, "relay main"
				}
				server := mailtest.Start(t, o)
				d := newDesk(t, 20, server)
				d.options.Relays = []Relay{{Name: "main", SMTP: mailConfig(server), Connections: 1}}
				var seen []Limit
				d.options.Progress = nil
				d.options.Sleep = sleeping(d, func() {
					if len(seen) == 0 {
						seen, _ = Limits(t.Context(), d.db, d.options.Relays, nil, d.now())
					}
				})
				if s, err := d.send(); err != nil || counted(s) != "20: 20 accepted" {
					t.Fatal(counted(s), err)
				}
				once(t, server, 20)
				if len(seen) != 1 || seen[0].Name != name || !strings.HasPrefix(seen[0].Text, "slowed to ") || !strings.HasSuffix(seen[0].Text, fmt.Sprintf(" a minute: %d 4.7.0 too fast", code)) || !seen[0].Until.After(start) {
					t.Errorf("limits %v", seen)
				}
				if now, err := Limits(t.Context(), d.db, d.options.Relays, nil, d.now().Add(time.Hour)); err != nil || len(now) > 0 {
					t.Errorf("an hour later: %v, %v", now, err)
				}
			})
		}
	}
}

// sleeping gives a desk's Sleep that looks first.
func sleeping(d *desk, look func()) func(ctx context.Context, wait time.Duration) error {
	inner := d.options.Sleep
	var one sync.Mutex // of the engine's goroutines looks
	return func(ctx context.Context, wait time.Duration) error {
		one.Lock()
		look()
		one.Unlock()
		return inner(ctx, wait)
	}
}

// TestSlowDownShared: what one worker is told, another keeps to, and a restart does
// not forget it. Two that are told at once halve the rate once.
func TestSlowDownShared(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	var workers [2]*engine
	for i := range workers {
		e, err := newEngine(d.db, &Edition{Issue: d.issue, Sender: d.options.Sender, Date: start}, i+1, d.options)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.adapt(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		workers[i] = e
	}
	busy := &mail.Error{Phase: mail.PhaseMail, Code: 451, Line: "busy", Temporary: true}
	for _, e := range workers {
		e.cut(&e.relays[0].throttle, start, 80, busy)
	}
	for range 2 {
		for _, e := range workers {
			if err := e.adapt(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if got := e.relays[0].rate; got != 40 {
				t.Errorf("rate %v, want 40", got)
			}
		}
	}
	d.passed = raiseTime
	for _, e := range workers { // raised once, not by each
		if err := e.adapt(t.Context(), true); err != nil || e.relays[0].rate != 44 {
			t.Errorf("rate %v, want 44; %v", e.relays[0].rate, err)
		}
	}
	d.passed = time.Hour
	for _, e := range workers {
		if err := e.adapt(t.Context(), true); err != nil || e.relays[0].rate != 0 {
			t.Errorf("rate %v after an hour; %v", e.relays[0].rate, err)
		}
	}
}

// TestCrowded: a server that lets in fewer connections than we have gets no more for a
// while, and is not taken for broken.
func TestCrowded(t *testing.T) {
	r := newRelay(Relay{Connections: 16})
	full := &mail.Error{Phase: mail.PhaseConnect, Code: 421, Temporary: true, Lost: true}
	if r.crowded(full, start) {
		t.Error("a server without one connection is crowded")
	}
	r.using = 10
	if !r.crowded(full, start) || r.ready(start) {
		t.Error("an eleventh connection is tried")
	}
	e := &engine{relays: []*relay{r}}
	e.room(start.Add(crowdTime - 1))
	if r.ready(start) {
		t.Error("too early")
	}
	for i := range 6 {
		e.room(start.Add(time.Duration(i+1) * crowdTime))
	}
	if !r.ready(start) || r.most != 0 {
		t.Errorf("%d connections at most after six minutes", r.most)
	}
}
