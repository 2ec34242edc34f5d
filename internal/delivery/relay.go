package delivery

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
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
	Rate        float64 // messages a second, of all connections and workers together; 0 is as fast as it can

	Warmup *Warmup // nil: it is trusted
}

// maxLosses is how many connections in a row may break, or how often in a row
// the server may not be reached, before a relay is left alone. One that hung, which is
// known after five minutes (RFC 5321, 4.5.3.2), counts as two.
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

	// What was taken since mark, for the throttle.
	mark   time.Time
	marked int

	using   int       // connections at work
	most    int       // that the server lets in; 0: all
	crowdAt time.Time // when most was changed

	quota quota
	spacing
	throttle
}

func newRelay(r Relay) *relay {
	r.Weight, r.Connections = cmp.Or(r.Weight, 1), cmp.Or(r.Connections, 4)
	r.Name = cmp.Or(r.Name, net.JoinHostPort(r.SMTP.Host, strconv.Itoa(cmp.Or(r.SMTP.Port, 587))))
	return &relay{Relay: r, throttle: throttle{name: "relay " + r.Name}, pool: mail.NewPool(r.SMTP, mail.Limits{Connections: r.Connections, Messages: r.Messages})}
}

// open reports whether the circuit is open: only a probe may use the relay.
func (r *relay) open() bool { return r.broken != nil || r.failures >= maxLosses }

// ready reports whether one more connection may be used now.
func (r *relay) ready(now time.Time) bool {
	return r.broken == nil && (r.failures == 0 || !r.probing && !now.Before(r.until)) && (r.most == 0 || r.using < r.most)
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
	} else if !dialling && errors.Is(e, os.ErrDeadlineExceeded) {
		if r.failures++; r.failures >= maxLosses {
			r.last = fmt.Errorf("connections in a row broke or hung: %w", e)
		}
	} else if r.failures >= maxLosses && !dialling {
		r.last = fmt.Errorf("%d connections in a row broke: %w", r.failures, e)
	}
	r.until = now
	if dialling || r.failures >= maxLosses {
		r.until = now.Add(min(maxRest, backoff<<min(r.failures-1, 10)))
	}
}

// spend counts a message that is begun.
func (r *relay) spend() {
	r.taken++
	if r.quota.left > 0 {
		r.quota.left--
	}
}

// unspend takes back a message of which the server knows nothing.
func (r *relay) unspend(now time.Time) {
	if r.quota.day == dayOf(now) {
		r.quota.left++
	}
}

// turn reports whether r is the one to take a message among all relays.
func (r *relay) turn(all []*relay, now time.Time) bool {
	for _, other := range all {
		if other == r || other.open() {
			continue
		}
		if _, over := other.dry(now); over {
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
