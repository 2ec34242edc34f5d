package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// pollTime is how often a worker looks what editors want.
const pollTime = 500 * time.Millisecond

// lead claims shards until it is enough. Its error says why the rest is left.
func (e *engine) lead(ctx context.Context) error {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	for {
		if err := errors.Join(e.adapt(ctx, false), e.ration(ctx), e.renew(ctx)); err != nil {
			return err
		}
		if err := errors.Join(e.refill(ctx), e.shed(ctx)); err != nil {
			return err
		}
		wait, err := e.judgeState(ctx)
		if wait <= 0 || err != nil {
			return err
		}
		if err := e.rest(ctx, wait, poll); err != nil {
			return err
		}
	}
}

// rest waits for news or until d has passed, and looks meanwhile for what
// editors want.
func (e *engine) rest(ctx context.Context, d time.Duration, poll *time.Ticker) error {
	var over chan struct{}
	if d < forever {
		nap, cancel := context.WithCancel(ctx)
		defer cancel()
		over = make(chan struct{})
		go func() {
			defer close(over)
			_ = e.Sleep(nap, d)
		}()
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.news:
			return nil
		case <-over:
			e.mu.Lock()
			if parked, _ := e.parked(e.Now()); parked == 0 {
				e.drained = false
			}
			e.free.Broadcast()
			e.mu.Unlock()
			return nil
		case <-poll.C:
			return e.poll(ctx)
		}
	}
}

// forever is how long lead rests when something will wake it.
const forever = time.Duration(1<<63 - 1)

// poll looks what editors want, and what other workers do.
func (e *engine) poll(ctx context.Context) error {
	state, err := e.ledger.state(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = errors.New("was frozen anew by another newsdesk, because nobody had got it")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", e.name(), err)
	}
	e.mu.Lock()
	e.state = state
	e.drained = false
	e.room(e.Now())
	e.free.Broadcast()
	e.mu.Unlock()
	return errors.Join(e.adapt(ctx, true), e.findPlace(ctx))
}

// renew keeps the leases.
func (e *engine) renew(ctx context.Context) error {
	e.mu.Lock()
	var old []*shard
	for s := range e.shards {
		if !s.fenced && s.left(e.Now()) < e.lease/2 {
			old = append(old, s)
		}
	}
	e.mu.Unlock()
	for _, s := range old {
		deadline, err := e.ledger.renew(ctx, s)
		if err != nil && !errors.Is(err, errFenced) {
			return err
		}
		e.mu.Lock()
		if s.deadline = deadline; err != nil {
			e.drop(s)
		}
		e.mu.Unlock()
	}
	return nil
}

// drop forgets a shard that others have taken, but for the rows in a connection's
// hand: their outcomes are still to be written, and may leave something to be sent.
func (e *engine) drop(s *shard) {
	s.fenced = true
	kept := e.queue[:0:0]
	for _, r := range e.queue {
		if r.shard != s {
			kept = append(kept, r)
		}
	}
	s.open -= len(e.queue) - len(kept)
	e.queue = kept
	if e.domains != nil {
		s.open -= e.domains.drop(s)
	}
	if s.open == 0 {
		delete(e.shards, s)
	}
}

// refill claims what is needed and releases what is done.
func (e *engine) refill(ctx context.Context) error {
	e.mu.Lock()
	spent := e.spent
	e.spent = nil
	for _, s := range spent {
		delete(e.shards, s)
	}
	n := e.size()
	parked, _ := e.parked(e.Now())
	want := e.working() && !e.drained && len(e.queue) <= n/2 && parked <= 2*maxParked && e.closed(e.Now()) == 0
	e.mu.Unlock()
	for _, s := range spent {
		if err := e.ledger.release(ctx, s.id); err != nil {
			return err
		}
	}
	if !want {
		return nil
	}
	rows, err := e.ledger.claim(ctx, n)
	if err != nil {
		return err
	}
	e.at("claimed")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drained = len(rows) < n
	if len(rows) > 0 {
		e.shards[rows[0].shard] = true
		e.queue = append(e.queue, rows...)
		e.free.Broadcast()
	}
	return nil
}

// judgeState tells how long to rest; 0 if there is nothing to wait for.
func (e *engine) judgeState(ctx context.Context) (time.Duration, error) {
	e.mu.Lock()
	parked, wait := e.parked(e.Now())
	waiting := len(e.queue) + parked
	busy := e.flying > 0 || e.open() > waiting || len(e.shards) > 0 && waiting == 0
	queued := waiting > 0
	if wait == 0 { // a connection will take one, or tell for how long it can't
		e.free.Broadcast()
		wait = forever
	}
	state, stopped, err := e.state, e.stopped, e.err
	e.mu.Unlock()
	switch {
	case stopped:
		return 0, err
	case state == EditionCancelled:
		return 0, nil
	case state == EditionPaused:
		return forever, nil
	case busy:
		return wait, nil
	case state == EditionDone:
		return e.reopen(ctx)
	case e.closed(e.Now()) > 0:
		return e.waitFor(e.Window.Next(e.Now()), windowReason), nil
	case queued:
		rest, err := e.relayWait()
		if err == nil && rest == forever {
			rest = wait
		}
		return rest, err
	}
	return e.dueWait(ctx)
}

// open is of how many rows the outcome is not durable yet. Those that do not wait for a
// connection are in one's hand or about to be written, and may leave something to be
// sent.
func (e *engine) open() (n int) {
	for s := range e.shards {
		n += s.open
	}
	return n
}

// reopen goes on with an edition that another worker took for done, because it
// took this one for dead, which now knows that it did not send some.
func (e *engine) reopen(ctx context.Context) (time.Duration, error) {
	if _, ok, err := e.ledger.nextDue(ctx); !ok || err != nil {
		return 0, err
	}
	if _, err := e.ledger.become(ctx, EditionSending); err != nil {
		return 0, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state, e.drained = EditionSending, false
	return time.Millisecond, nil
}

// dueWait tells how long it is until the next deferred delivery is due, or
// another worker's may be free.
func (e *engine) dueWait(ctx context.Context) (time.Duration, error) {
	due, ok, err := e.ledger.nextDue(ctx)
	if err != nil {
		return 0, err
	}
	if ok {
		wait := due.Sub(e.Now())
		if wait > e.Patience && !e.Stay {
			return 0, nil
		}
		return max(wait, time.Millisecond), nil
	}
	living, err := e.ledger.recover(ctx, false)
	if err != nil || living == 0 {
		if _, ok, nerr := e.ledger.nextDue(ctx); ok && err == nil && nerr == nil {
			return time.Millisecond, nil // it was just taken back
		}
		return 0, err
	}
	return forever, nil // the poll wakes us
}

// relayWait tells how long it is until a relay can be tried.
func (e *engine) relayWait() (time.Duration, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []error
	var over string
	wait, now := forever, e.Now()
	given := true // up: every relay has failed, in this process
	for _, r := range e.relays {
		if r.broken != nil {
			failures = append(failures, r.broken)
			continue
		}
		if _, spent := r.dry(now); spent {
			over = r.overReason(now)
			failures = append(failures, errors.New(over))
			wait, given = min(wait, tomorrow(now).Sub(now)), false
			continue
		}
		if given = given && r.open() && r.epoch > 0; r.open() {
			failures = append(failures, r.last)
		}
		wait = min(wait, max(r.until.Sub(now), 0))
	}
	switch {
	case len(failures) == len(e.relays) && over != "":
		return e.waitFor(now.Add(wait), over), nil
	case len(failures) == len(e.relays) && (wait == forever || given && !e.Stay):
		return 0, errors.Join(failures...)
	case wait == 0:
		e.free.Broadcast() // a connection is about to try, or has looked a moment too early
		return forever, nil
	case len(failures) == len(e.relays): // who stays says why nothing goes out
		return e.waitFor(now.Add(wait), errors.Join(failures...).Error()), nil
	}
	return wait, nil
}
