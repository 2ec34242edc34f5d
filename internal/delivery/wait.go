package delivery

import (
	"fmt"
	"time"
)

// Wait is why nothing is sent although there is something to be sent.
type Wait struct {
	Until  time.Time
	Reason string // "the send window is closed"
}

// closed tells how long the send window stays closed; 0: it is open.
func (e *engine) closed(now time.Time) time.Duration {
	if e.Window == nil {
		return 0
	}
	return max(0, e.Window.Next(now).Sub(now))
}

// waitFor tells how long to rest until a time, or 0 to end the run, which does not
// wait for long unless it is to stay.
func (e *engine) waitFor(until time.Time, reason string) time.Duration {
	if e.Window != nil {
		until = e.Window.Next(until)
	}
	w := Wait{until, reason}
	d := until.Sub(e.Now())
	if d > e.Patience && !e.Stay {
		e.waits = &w
		return 0
	}
	if e.Waiting != nil && (e.waited == nil || !e.waited.Until.Equal(until) || e.waited.Reason != reason) {
		e.Waiting(w)
	}
	e.waited = &w
	return max(d, time.Millisecond)
}

const windowReason = "the send window is closed"

// overReason tells that a warm-up's day is over.
func (r *relay) overReason(now time.Time) string {
	most, _ := r.Warmup.allowed(now)
	return fmt.Sprintf("relay %s has had the %d messages of this day of its warm-up", r.Name, most)
}
