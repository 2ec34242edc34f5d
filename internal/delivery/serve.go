package delivery

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// serve is one connection of a relay, from dial to dial.
func (e *engine) serve(ctx, naps context.Context, r *relay) {
	c := &connection{engine: e, relay: r, naps: naps}
	for e.await(c) {
		err := r.pool.Stream(ctx, c)
		e.streamed(ctx, c, err)
	}
}

// sending gives how many connections are at work.
func (e *engine) sending() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.flying
}

// await waits until there may be something for a connection to send.
func (e *engine) await(c *connection) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for now := e.Now(); !e.stopped && !(c.relay.ready(now) && e.may(c, now)); now = e.Now() {
		e.free.Wait()
	}
	if c.relay.failures > 0 {
		c.relay.probing = true
	}
	c.epoch = c.relay.epoch
	c.relay.using++
	e.flying++
	return !e.stopped
}

// may reports whether there is something that a connection can send now.
func (e *engine) may(c *connection, now time.Time) bool {
	r := c.relay
	if dry, _ := r.dry(now); dry {
		return false
	}
	return e.working() && r.broken == nil && r.turn(e.relays, now) && e.closed(now) == 0 && e.has(c, now)
}

// streamed learns how a connection ended.
func (e *engine) streamed(ctx context.Context, c *connection, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.flying--
	c.relay.using--
	c.relay.probing = false
	failure, ok := errors.AsType[*mail.Error](err)
	if ok && failure.Lost && ctx.Err() == nil && !c.relay.crowded(failure, e.Now()) {
		c.relay.fails(failure, c.epoch, e.Now(), e.Backoff)
		e.saveRelay(ctx, c.relay)
	}
	e.free.Broadcast()
	e.nudge()
}

// take gives a connection the next delivery, or nil if there is none for it now.
func (e *engine) take(c *connection) (*row, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := c.relay
	for now := e.Now(); e.may(c, now); now = e.Now() {
		wait := r.wait(now)
		if wait == 0 {
			r.spacing.take(now, step(e.place.workers, r.Rate, r.rate))
			if r.spend(); r.Warmup != nil && r.quota.left <= maxQuota/4 {
				e.nudge()
			}
			if !e.drained && len(e.queue) <= e.size()/2 {
				e.nudge()
			}
			return e.pop(c, now), nil
		}
		if len(c.hand) > 0 {
			return nil, mail.ErrLater
		}
		e.mu.Unlock()
		err := e.Sleep(c.naps, wait)
		e.mu.Lock()
		if err != nil {
			return nil, nil // everything stops
		}
	}
	if len(e.queue) == 0 {
		e.nudge()
	}
	return nil, nil
}

// putBack gives a delivery back that was not tried.
func (e *engine) putBack(r *relay, row *row) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.queue = slices.Insert(e.queue, 0, row)
	r.unspend(e.Now())
	e.free.Broadcast()
}

// holds reports whether the lease of a row still stands.
func (e *engine) holds(row *row) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return row.shard.left(e.Now()) > 0
}

func (e *engine) relayAccepted(r *relay) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.works() {
		e.saveRelay(context.Background(), r)
		e.free.Broadcast()
	}
}

// relaySaid learns a refusal by a relay that did answer.
func (e *engine) relaySaid(r *relay, row *row, f *mail.Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.slowDown(r, row, f)
	switch {
	case aboutUs(f):
		r.broken = f
		e.free.Broadcast()
		e.nudge()
	case !f.Lost && r.works():
		e.saveRelay(context.Background(), r)
	}
}
