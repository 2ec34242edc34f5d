package delivery

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestRelays: the better relay is used; when it is gone the other takes over.
func TestRelays(t *testing.T) {
	down := mail.Config{Host: "127.0.0.1", Port: 1}
	for _, tt := range []struct {
		name          string
		first, second Relay
		one, two      [2]int // least and most messages of each server
	}{
		{"priority", Relay{}, Relay{Priority: 1}, [2]int{200, 200}, [2]int{0, 0}},
		{"weight", Relay{Weight: 3}, Relay{}, [2]int{120, 175}, [2]int{25, 80}},
		{"first is down", Relay{SMTP: down}, Relay{Priority: 1}, [2]int{0, 0}, [2]int{200, 200}},
		{"both are equal, one is down", Relay{}, Relay{SMTP: down}, [2]int{200, 200}, [2]int{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			one, two := mailtest.Start(t, mailtest.Options{}), mailtest.Start(t, mailtest.Options{})
			d := newDesk(t, 200, one)
			if tt.first.SMTP.Port == 0 {
				tt.first.SMTP = mailConfig(one)
			}
			if tt.second.SMTP.Port == 0 {
				tt.second.SMTP = mailConfig(two)
			}
			tt.first.Name, tt.second.Name = "first", "second"
			d.options.Relays = []Relay{tt.first, tt.second}
			if s, err := d.send(); err != nil || s.Accepted != 200 {
				t.Errorf("%s, error %v", counted(s), err)
			}
			for i, n := range []int{len(one.Messages()), len(two.Messages())} {
				if want := [][2]int{tt.one, tt.two}[i]; n < want[0] || n > want[1] {
					t.Errorf("server %d got %d messages, want %v", i+1, n, want)
				}
			}
		})
	}
}

// TestRelayRate: messages are taken no faster than that, by all connections
// together; the clock is the test's.
func TestRelayRate(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 20, server)
	d.options.Relays = []Relay{{SMTP: mailConfig(server), Connections: 1, Rate: 2}}
	s, err := d.send()
	if err != nil || s.Accepted != 20 {
		t.Fatal(counted(s), err)
	}
	if d.passed < 19*time.Second/2 || d.passed > 11*time.Second {
		t.Errorf("20 messages at 2 a second took %v", d.passed)
	}
}

// TestCircuit: connections that break at once are one failure, three failures
// open the circuit, and the next process knows it.
func TestCircuit(t *testing.T) {
	r := newRelay(Relay{})
	r.reached = true
	broken := &mail.Error{Phase: mail.PhaseRcpt, Temporary: true, Lost: true, Line: "gone"}
	for range 5 {
		r.fails(broken, 0, start, time.Second)
	}
	if r.failures != 1 || r.open() || !r.ready(start) {
		t.Errorf("%d failures by one event", r.failures)
	}
	r.fails(broken, 1, start, time.Second)
	r.fails(broken, 2, start, time.Second)
	if !r.open() || r.ready(start) || !r.ready(start.Add(maxRest)) {
		t.Errorf("open %v after %d failures, until %v", r.open(), r.failures, r.until)
	}
	if r.works(); r.open() || !r.ready(start) {
		t.Error("a success does not close the circuit")
	}

	server := mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error { return mailtest.ErrDrop }})
	d := newDesk(t, 5, server)
	if _, err := d.send(); err == nil || !strings.Contains(err.Error(), "3 connections in a row broke") {
		t.Fatal(err)
	}
	n, err := newEngine(d.db, &Edition{Issue: d.issue, Sender: d.options.Sender, Date: start}, 1, d.options)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.loadRelays(t.Context()); err != nil || !n.relays[0].open() || !strings.Contains(n.relays[0].last.Error(), "broke") {
		t.Errorf("failures %d, %v, %v", n.relays[0].failures, n.relays[0].last, err)
	}
}

// TestRelayHangs: a relay that takes connections and then answers nothing is given up
// after the second; one that hung once, and then answers, gets everything.
func TestRelayHangs(t *testing.T) {
	for _, hangs := range []int32{1, 1000} {
		t.Run(fmt.Sprint(hangs), func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int32
			end := make(chan bool)
			server := mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error {
				if tries.Add(1) <= hangs {
					<-end
				}
				return nil
			}})
			t.Cleanup(func() { close(end) })
			d := newDesk(t, 5, server)
			d.options.SMTP.Timeouts.Command = time.Second // enough for a busy machine
			switch s, err := d.send(); {
			case hangs == 1 && (err != nil || counted(s) != "5: 5 accepted"):
				t.Errorf("%s, error %v", counted(s), err)
			case hangs > 1 && (err == nil || !strings.Contains(err.Error(), "in a row broke or hung") || tries.Load() != 2 || s.Pending != 5):
				t.Errorf("%s, error %v, %d tries", counted(s), err, tries.Load())
			}
		})
	}
}

// TestRelayAway: a run that is to stay tells why nothing goes out, and goes on when the
// relay is back. What a clock that was a day ahead wrote down does not keep it longer
// than usual.
func TestRelayAway(t *testing.T) {
	for _, ahead := range []time.Duration{0, 24 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{})
			d := newDesk(t, 5, server)
			d.options.Relays = []Relay{{Name: "relay", SMTP: mail.Config{Host: "127.0.0.1", Port: 1}}}
			d.passed = ahead
			if _, err := d.send(); err == nil {
				t.Fatal("a relay that is away was no error")
			}
			d.passed = 0
			var told []Wait
			d.options.Waiting = func(w Wait) { told = append(told, w) }
			d.options.Relays[0].SMTP, d.options.Stay = mailConfig(server), true
			s, err := d.send()
			if err != nil || counted(s) != "5: 5 accepted" || d.passed > maxRest {
				t.Errorf("%s, error %v, after %v", counted(s), err, d.passed)
			}
			if len(told) != 1 || !strings.Contains(told[0].Reason, "connection refused") {
				t.Errorf("told %v", told)
			}
		})
	}
}
