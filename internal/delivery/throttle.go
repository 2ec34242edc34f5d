package delivery

import (
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// throttle is the pace that a relay or a recipients' domain has asked for by
// replies that say "later": halved at each such time, and raised again in equal
// steps (AIMD, as TCP does it), until it is what it was before. The rate is that of
// all workers together. The engine's lock guards it.
type throttle struct {
	name    string    // "relay NAME", "domain NAME"
	rate    float64   // messages a second; 0: it is not slowed
	top     float64   // at which it is over
	changed time.Time // when rate was
	reason  string    // the reply
	unsaved bool

	// What was sent since, to see how much of it was refused; none is counted for
	// a domain that has refused nothing.
	since         time.Time
	sent, refused int
}

const (
	cutTime     = 5 * time.Second // after a cut, what comes back belongs to it
	raiseTime   = 10 * time.Second
	raiseSteps  = 20 // from nothing to the top: in 200 s
	countTime   = time.Minute
	leastRate   = 0.1 // one message in ten seconds
	enough      = 10  // refusals of a domain, and
	enoughShare = 10  // one of so many messages: some mailboxes are always full
)

// counts counts a message that is begun.
func (t *throttle) counts(now time.Time) {
	if t.since.IsZero() {
		return
	}
	if now.Sub(t.since) > countTime {
		t.since, t.sent, t.refused = now, 0, 0
		if t.rate == 0 {
			t.since = time.Time{}
			return
		}
	}
	t.sent++
}

// later learns that a message to a domain was refused for now. It tells whether that
// is often enough to go slower.
func (t *throttle) later(now time.Time) bool {
	if t.since.IsZero() {
		t.since, t.sent = now, 1
	}
	t.refused++
	return t.refused >= enough && t.refused*enoughShare >= t.sent
}

// cut halves the rate, which was measured to be so much if it was not slowed before.
func (t *throttle) cut(now time.Time, measured float64, reason string) {
	if t.rate > 0 && now.Sub(t.changed) < cutTime {
		return
	}
	if t.rate == 0 {
		t.rate, t.top = measured, max(measured, 2*leastRate)
	}
	t.rate = max(t.rate/2, leastRate)
	t.changed, t.reason, t.unsaved = now.Truncate(time.Millisecond), reason, true
	t.since, t.sent, t.refused = now, 0, 0
}

// raised gives the rate that a throttle has by now; 0: it is over.
func (t *throttle) raised(now time.Time) (rate float64, changed time.Time) {
	steps := now.Sub(t.changed) / raiseTime
	if steps <= 0 {
		return t.rate, t.changed
	}
	rate = t.rate + float64(steps)*t.top/raiseSteps
	if rate >= t.top {
		rate = 0
	}
	return rate, t.changed.Add(steps * raiseTime)
}

// over gives when the rate will be what it was, if nothing is refused.
func (t *throttle) over() time.Time {
	steps := (t.top - t.rate) / (t.top / raiseSteps)
	return t.changed.Add(time.Duration(steps+0.999) * raiseTime)
}

// measured gives messages a second.
func measured(messages int, since, now time.Time) float64 {
	return float64(max(messages, 1)) / max(now.Sub(since).Seconds(), 1)
}

// hurried reports whether a refusal by a relay is about our pace: 421, or 4yz where it
// judges us and not the recipient.
func hurried(f *mail.Error) bool {
	return f.Code == 421 || f.Code >= 400 && f.Code < 500 && f.Phase == mail.PhaseMail
}

// slowDown slows the relay or the recipient's domain of a message that was refused.
func (e *engine) slowDown(r *relay, row *row, f *mail.Error) {
	if f.Code < 400 || f.Code >= 500 {
		return
	}
	now := e.Now()
	if hurried(f) {
		e.cut(&r.throttle, now, float64(e.place.workers)*measured(r.taken-r.marked, r.mark, now), f)
		return
	}
	if e.domains == nil {
		e.domains = newDomains(nil)
	}
	d := e.domains.get(domainOf(row.address))
	if d.throttle.later(now) {
		e.cut(&d.throttle, now, float64(e.place.workers)*measured(d.sent, d.since, now), f)
	}
}

func (e *engine) cut(t *throttle, now time.Time, rate float64, f *mail.Error) {
	t.cut(now, rate, f.Reply())
	e.slowed = e.slowed || t.unsaved
	e.nudge()
}
