package mail

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// count tells how many of a server's commands begin with verb.
func count(server *mailtest.Faulty, verb string) int {
	n := 0
	for _, line := range server.Commands() {
		if strings.HasPrefix(line, verb) {
			n++
		}
	}
	return n
}

// TestPoolReuse: connections are used again until their limit, and left
// politely.
func TestPoolReuse(t *testing.T) {
	for _, wire := range wires {
		server, c := faulty(t, wire.capabilities)
		pool := NewPool(c, Limits{Messages: 4})
		for _, n := range []int{1, 2, 6} { // 9 messages: 4, 4 and 1
			h := newList(many(n)...)
			if err := pool.Stream(t.Context(), h); err != nil || len(h.settled) != n {
				t.Fatalf("%s: %v, settled %v", wire.name, err, h.settled)
			}
		}
		pool.Close()
		if dials, quits := count(server, "EHLO"), count(server, "QUIT"); len(server.Messages()) != 9 || dials != 3 || quits != 3 {
			t.Errorf("%s: %d messages over %d connections, %d left with QUIT", wire.name, len(server.Messages()), dials, quits)
		}
	}
}

func TestPoolAge(t *testing.T) {
	for _, limits := range []Limits{{Age: time.Nanosecond}, {Idle: time.Nanosecond}} {
		server, c := faulty(t, []string{"PIPELINING"})
		pool := NewPool(c, limits)
		for _, to := range three {
			if err := pool.Stream(t.Context(), newList(to)); err != nil {
				t.Fatal(err)
			}
		}
		pool.Close()
		if dials, quits := count(server, "EHLO"), count(server, "QUIT"); dials != 3 || quits != 3 {
			t.Errorf("%+v: %d connections, %d left with QUIT", limits, dials, quits)
		}
	}
}

// TestPoolLost: after 421 and after a lost connection the pool dials again and
// goes on; what was in the lost one's hands is the handler's to give again.
func TestPoolLost(t *testing.T) {
	for _, fault := range []mailtest.Fault{
		{At: "RCPT", To: three[1], Tries: 1, Reply: "421 4.7.0 too many messages"},
		{At: "RCPT", To: three[1], Tries: 1, Drop: true},
	} {
		server, c := faulty(t, []string{"PIPELINING"}, fault)
		h := &again{newList(three...)}
		pool := NewPool(c, Limits{})
		if err := pool.Stream(t.Context(), h); err != nil {
			t.Errorf("%v: %v", fault, err)
		}
		pool.Close()
		got := recipients(server.Messages())
		slices.Sort(got)
		if !slices.Equal(got, three) || count(server, "EHLO") != 2 {
			t.Errorf("%v: accepted for %v over %d connections", fault, got, count(server, "EHLO"))
		}
	}
}

// again gives a message once more whose outcome is temporary.
type again struct{ *list }

func (a *again) Settle(e *Envelope, err error) {
	a.list.Settle(e, err)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Temporary && !refused.Uncertain {
		a.to = append(a.to, e.To)
	}
}

// TestPoolStale: a connection that the server closed while nobody used it is no
// reason to give up.
func TestPoolStale(t *testing.T) {
	server, c := faulty(t, []string{"PIPELINING"}, mailtest.Fault{At: ".", To: three[0], Reply: "250 ok, and bye", Drop: true})
	pool := NewPool(c, Limits{})
	for _, to := range three {
		h := newList(to)
		if err := pool.Stream(t.Context(), h); err != nil || h.outcomes[to] != nil {
			t.Errorf("%s: %v, %v", to, err, h.outcomes)
		}
		for to == three[0] && pool.idle[0].alive() { // until its end is here, too
		}
	}
	pool.Close()
	if got := recipients(server.Messages()); !slices.Equal(got, three) || count(server, "EHLO") != 2 {
		t.Errorf("accepted for %v over %d connections", got, count(server, "EHLO"))
	}
}

// TestPoolStaleUnseen: nor is one whose end shows only when it is used.
func TestPoolStaleUnseen(t *testing.T) {
	server, c := faulty(t, nil, mailtest.Fault{At: "RCPT", To: three[1], Tries: 1, Drop: true})
	pool := NewPool(c, Limits{})
	for _, to := range three {
		if err := pool.Stream(t.Context(), &again{newList(to)}); err != nil {
			t.Errorf("%s: %v", to, err)
		}
	}
	pool.Close()
	if got := recipients(server.Messages()); !slices.Equal(got, three) || count(server, "EHLO") != 2 {
		t.Errorf("accepted for %v over %d connections", got, count(server, "EHLO"))
	}
}

// TestPoolStorm: a server that takes nothing is not dialled again and again.
func TestPoolStorm(t *testing.T) {
	for _, fault := range []mailtest.Fault{
		{At: "CONNECT", Reply: "421 4.3.2 not now"},
		{At: "MAIL", Reply: "421 4.3.2 not now"},
		{At: ".", Drop: true},
	} {
		server, c := faulty(t, nil, fault)
		h := newList(three...)
		err := NewPool(c, Limits{}).Stream(t.Context(), h)
		if e, ok := errors.AsType[*Error](err); !ok || !e.Lost || !e.Temporary {
			t.Errorf("%v: %v", fault, err)
		}
		if count(server, "EHLO") > 1 || h.refusal(t, three[0]) == nil || len(h.settled)+len(h.to) != 3 {
			t.Errorf("%v: %d connections, settled %v", fault, count(server, "EHLO"), h.outcomes)
		}
	}
}

// TestPoolPlaces: no more connections than allowed.
func TestPoolPlaces(t *testing.T) {
	server, c := faulty(t, []string{"PIPELINING"})
	pool := NewPool(c, Limits{Connections: 2})
	done := make(chan error)
	for _, to := range many(8) {
		go func() { done <- pool.Stream(t.Context(), newList(to)) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if dials := count(server, "EHLO"); len(server.Messages()) != 8 || dials > 2 {
		t.Errorf("%d messages over %d connections", len(server.Messages()), dials)
	}
	pool.Close()
}
