package delivery

import (
	"cmp"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// Relay is a mail server that takes messages. Where there are several, those of
// the lowest Priority are used, in proportion to their Weight; the others when
// none of them can be.
type Relay struct {
	Name     string // under which its state is kept; "" is host:port
	SMTP     mail.Config
	Priority int
	Weight   int // 0 is 1

	Connections int     // at a time; 0 is 4
	Messages    int     // by one connection; 0 is 1000
	Rate        float64 // messages a second, of all connections together; 0 is as fast as it can
}

// maxLosses is how many connections in a row may break, or how often in a row
// the server may not be reached, before a relay is left alone.
const maxLosses = 3

// maxRest is how long a relay is left alone at most.
const maxRest = 15 * time.Minute

// relay is a Relay at work. The engine's lock guards it.
type relay struct {
	Relay
	number int64 // of its name in the database
	pool   *mail.Pool

	// The circuit breaker: with no failures the circuit is closed; with some,
	// one connection at a time tries, not before until; with maxLosses it is open.
	failures int
	until    time.Time
	probing  bool
	epoch    int   // failures of connections that are older than the last one are the same failure
	reached  bool  // by this process
	last     error // the last failure
	broken   error // it refuses us for good, until somebody repairs the settings

	taken int // messages, for Weight

	free  time.Time     // when the next message may be taken
	pause time.Duration // between messages because of what the server said; 0 is none
	good  int           // messages accepted since it was changed
}

func newRelay(r Relay) *relay {
	r.Weight, r.Connections = cmp.Or(r.Weight, 1), cmp.Or(r.Connections, 4)
	r.Name = cmp.Or(r.Name, net.JoinHostPort(r.SMTP.Host, strconv.Itoa(cmp.Or(r.SMTP.Port, 587))))
	return &relay{Relay: r, pool: mail.NewPool(r.SMTP, mail.Limits{Connections: r.Connections, Messages: r.Messages})}
}

// open reports whether the circuit is open: only a probe may use the relay.
func (r *relay) open() bool { return r.broken != nil || r.failures >= maxLosses }

// ready reports whether one more connection may be used now.
func (r *relay) ready(now time.Time) bool {
	return r.broken == nil && (r.failures == 0 || !r.probing && !now.Before(r.until))
}

// works learns that the server answers. It tells whether it had failed before.
func (r *relay) works() (failed bool) {
	failed = r.failures > 0
	r.reached, r.failures, r.probing, r.until = true, 0, false, time.Time{}
	return failed
}

// fails learns that a connection broke, or could not be made, which was begun in
// the given epoch: sixteen that break at once are one failure.
func (r *relay) fails(e *mail.Error, epoch int, now time.Time, backoff time.Duration) {
	dialling := e.Phase == mail.PhaseConnect || e.Phase == mail.PhaseTLS || e.Phase == mail.PhaseAuth
	if !e.Temporary {
		r.broken = e
		return
	}
	r.probing = false
	if epoch != r.epoch {
		return
	}
	r.epoch++
	r.failures++
	r.last = e
	if dialling && !r.reached {
		r.failures = max(r.failures, maxLosses)
	} else if r.failures >= maxLosses && !dialling {
		r.last = fmt.Errorf("%d connections in a row broke: %w", r.failures, e)
	}
	r.until = now
	if dialling || r.failures >= maxLosses {
		r.until = now.Add(min(maxRest, backoff<<min(r.failures-1, 10)))
	}
}

// The pace is slowed down when the server asks for it and found again slowly.
const (
	firstPause = 10 * time.Millisecond
	longPause  = 10 * time.Second
	leastPause = time.Millisecond
	goodRun    = 50 // messages
)

// slower learns that the server said "not so fast": 421, or 4yz where it judges
// us and not the recipient.
func (r *relay) slower(e *mail.Error) {
	if e.Code == 421 || e.Code >= 400 && e.Code < 500 && (e.Phase == mail.PhaseMail || e.Phase == mail.PhaseConnect) {
		r.pause, r.good = min(longPause, max(firstPause, 2*r.pause)), 0
	}
}

// faster learns that a message was accepted.
func (r *relay) faster() {
	if r.pause == 0 {
		return
	}
	if r.good++; r.good >= goodRun {
		r.good = 0
		if r.pause = r.pause * 4 / 5; r.pause < leastPause {
			r.pause = 0
		}
	}
}

// pace gives how long to wait before the next message; if that is 0, the message
// is counted.
func (r *relay) pace(now time.Time) time.Duration {
	step := r.pause
	if r.Rate > 0 {
		step = max(step, time.Duration(float64(time.Second)/r.Rate))
	}
	if step == 0 {
		return 0
	}
	if wait := r.free.Sub(now); wait > 0 {
		return wait
	}
	r.free = now.Add(step)
	return 0
}

// turn reports whether r is the one to take a message among all relays.
func (r *relay) turn(all []*relay) bool {
	for _, other := range all {
		if other == r || other.open() {
			continue
		}
		if other.Priority < r.Priority {
			return false
		}
		// A few messages ahead of its share is no matter.
		if other.Priority == r.Priority && !r.open() && (r.taken-8)*other.Weight > (other.taken+8)*r.Weight {
			return false
		}
	}
	return true
}
