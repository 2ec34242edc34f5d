package delivery

import (
	"slices"
	"time"
)

// has reports whether there is a row that a connection may send now. Rows of domains
// that may not get one are set aside on the way, so that they hold back no others.
func (e *engine) has(c *connection, now time.Time) bool {
	if e.domains == nil {
		return len(e.queue) > 0
	}
	d := e.domains
	looks := d.parked > 0 && (d.changed || !now.Before(d.next))
	if d.found = d.ready(c, e.place, now); d.found != nil {
		return true
	}
	if looks {
		e.nudge() // run may rest until another time
	}
	for len(e.queue) > 0 {
		r := e.queue[0]
		one := d.of(r)
		if one == nil || len(one.rows) == 0 && one.open(c, e.place, now).IsZero() {
			return true
		}
		e.queue = e.queue[1:]
		one.rows = append(one.rows, r)
		d.parked++
		d.changed = true
		looks = true
	}
	if looks || !e.drained {
		e.nudge()
	}
	return false
}

// pop gives the row that has found. It counts it for its domain.
func (e *engine) pop(c *connection, now time.Time) *row {
	d := e.domains
	if d == nil || d.found == nil {
		r := e.queue[0]
		e.queue = e.queue[1:]
		if d != nil {
			r.domain = d.of(r)
		}
		if r.domain != nil {
			r.domain.begin(c, e.place, now)
		}
		return r
	}
	r := d.found.rows[0]
	d.found.rows = d.found.rows[1:]
	d.parked--
	r.domain, d.changed = d.found, true
	r.domain.begin(c, e.place, now)
	return r
}

// ready finds a domain with rows that wait, of which one may go. It looks only when
// that can have changed.
func (d *domains) ready(c *connection, p place, now time.Time) *destination {
	if d.parked == 0 || !d.changed && now.Before(d.next) {
		return nil
	}
	var found *destination
	d.next, d.changed = now.Add(released), false
	for name, one := range d.byName {
		if len(one.rows) == 0 || one.name != name {
			continue
		}
		at := one.open(c, p, now)
		if at.IsZero() {
			// The one that has waited longest, by its number.
			if found == nil || one.rows[0].id < found.rows[0].id {
				found = one
			}
			continue
		}
		if at.Before(d.next) {
			d.next = at
		}
	}
	d.changed = found != nil
	return found
}

// released is when a connection of a domain is free: nobody knows, and who frees it
// tells.
const released = forever / 2

// open gives when a connection may begin a message to the domain; the zero time is
// now. A domain whose connections are in use is looked at again when one ends.
func (d *destination) open(c *connection, p place, now time.Time) time.Time {
	if most := d.limit.Connections; most > 0 && !c.sendsTo(d) {
		share := p.share(most, now)
		if d.using >= share && d.using > 0 {
			return now.Add(released) // until one leaves
		}
		if share == 0 {
			return now.Truncate(shareTime).Add(shareTime)
		}
	}
	if wait := d.wait(now); wait > 0 {
		return now.Add(wait)
	}
	return time.Time{}
}

// begin counts a message.
func (d *destination) begin(c *connection, p place, now time.Time) {
	if !c.sendsTo(d) {
		d.using++
	}
	d.spacing.take(now, step(p.workers, d.limit.Rate, d.rate))
	d.throttle.counts(now)
}

// sendsTo reports whether a connection has a message to a domain in hand.
func (c *connection) sendsTo(d *destination) bool {
	return slices.ContainsFunc(c.hand, func(it *item) bool { return it.row.domain == d })
}

// leaves tells a row's domain that a connection no longer has it in hand.
func (e *engine) leaves(c *connection, r *row) {
	d := r.domain
	if d == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	r.domain = nil
	if c.sendsTo(d) {
		return
	}
	d.using--
	if len(d.rows) > 0 {
		e.domains.changed = true
		e.free.Broadcast()
	}
}

// parked tells how many rows wait for their domain, and for how long all of them do;
// 0 if a connection may take one.
func (e *engine) parked(now time.Time) (n int, wait time.Duration) {
	d := e.domains
	if d == nil || d.parked == 0 {
		return 0, forever
	}
	if d.changed {
		return d.parked, 0
	}
	wait = max(0, d.next.Sub(now))
	if wait > released/2 {
		wait = forever
	}
	return d.parked, wait
}
