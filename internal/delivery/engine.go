package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// engine is a worker that sends one edition. Three kinds of goroutines share it:
// the connections take deliveries from the queue and send them, the committer
// writes what they did, and the one that called run claims shards, keeps their
// leases, looks what editors want and decides when it is enough.
type engine struct {
	Options
	edition   *Edition
	composers *composers
	ledger    *ledger
	writer    *committer
	at        func(string) // for tests

	mu      sync.Mutex
	free    *sync.Cond    // something changed for connections that wait
	wake    func()        // ends the naps of connections that a relay's rate lets wait
	news    chan struct{} // something changed for run
	queue   []*row
	shards  map[*shard]bool // leased and not released
	spent   []*shard        // every row has its outcome
	flying  int             // connections in Pool.Stream
	relays  []*relay
	state   EditionState
	stopped bool
	drained bool // there was no more to claim
	err     error

	accepted    int
	done, total int

	domains *domains // nil: none is limited or slowed
	place   place
	slowed  bool  // something is, or was a moment ago
	waits   *Wait // for which the run ended
	waited  *Wait // that was told last
}

func newEngine(db *store.DB, e *Edition, worker int, o Options) (*engine, error) {
	o = o.withDefaults()
	whole, err := NewComposer(e.Issue, e.Sender, e.Date, o.DKIM)
	if err != nil {
		return nil, err
	}
	l := &ledger{db: db, edition: e.id, worker: worker, now: o.Now, refused: o.Refused, leaseTime: o.lease}
	n := &engine{Options: o, edition: e, composers: &composers{db: db, edition: e, dkim: o.DKIM, whole: whole}, ledger: l, writer: newCommitter(l), at: func(string) {},
		news: make(chan struct{}, 1), wake: func() {}, shards: map[*shard]bool{}, place: place{workers: 1}}
	n.free = sync.NewCond(&n.mu)
	n.writer.expect = n.sending
	n.writer.tell, n.writer.broke, n.writer.sleep = n.settled, n.stop, o.Sleep
	if o.at != nil {
		n.at, n.writer.at = o.at, o.at
	}
	for _, r := range o.Relays {
		n.relays = append(n.relays, newRelay(r))
	}
	if len(o.Domains) > 0 {
		n.domains = newDomains(o.Domains)
	}
	return n, nil
}

func (o Options) withDefaults() Options {
	o.Tries = cmp.Or(o.Tries, 12)
	o.Backoff = cmp.Or(o.Backoff, 15*time.Second)
	o.lease = cmp.Or(o.lease, leaseTime)
	o.Patience = cmp.Or(o.Patience, time.Minute)
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if len(o.Relays) == 0 {
		o.Relays = []Relay{{SMTP: o.SMTP, Connections: o.Connections}}
	}
	return o
}

// run sends until nothing is left that this worker could send before long, or
// ctx ends, or no relay can be used.
func (e *engine) run(ctx context.Context) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	var connections, writer sync.WaitGroup
	var writeErr error
	naps, wake := context.WithCancel(ctx)
	defer wake()
	e.wake = wake
	writer.Go(func() { writeErr = e.writer.run(ctx) })
	stop := context.AfterFunc(ctx, func() { e.stop(ctx.Err()) })
	defer stop()
	for _, r := range e.relays {
		for range r.Connections {
			connections.Go(func() { e.serve(ctx, naps, r) })
		}
	}
	err := e.lead(ctx)
	e.stop(err)
	connections.Wait()
	e.writer.close()
	writer.Wait()
	for _, r := range e.relays {
		r.pool.Close()
	}
	left := e.leave(context.WithoutCancel(ctx)) // what can't be given back the next run takes
	return cmp.Or(writeErr, e.err, left)
}

func (e *engine) begin(ctx context.Context) (err error) {
	c, err := e.ledger.count(ctx)
	if err != nil {
		return err
	}
	e.total, e.done = c.audience, c.audience-c.pending()
	if e.state, err = e.ledger.state(ctx); err != nil {
		return err
	}
	if _, err = e.ledger.recover(ctx, false); err != nil { // from now on it is seen who renews
		return err
	}
	if err := e.loadRelays(ctx); err != nil {
		return err
	}
	for _, r := range e.relays {
		r.mark = e.Now()
	}
	if err := errors.Join(e.adapt(ctx, true), e.findPlace(ctx)); err != nil || e.place.workers > 1 {
		return err
	}
	return e.ledger.recall(ctx)
}

// leave gives back what this worker still has.
func (e *engine) leave(ctx context.Context) error {
	if err := e.giveQuotas(ctx); err != nil {
		return err
	}
	for s := range e.shards {
		own := foreign{id: s.id}
		err := e.ledger.db.QueryRowContext(ctx, e.ledger.bind(`SELECT expires, first_id, last_id FROM shard WHERE id = ?`), s.id).
			Scan(&own.expires, &own.first, &own.last)
		if err == nil && own.expires > 0 {
			err = e.ledger.reap(ctx, own)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stop ends the work; the first reason counts.
func (e *engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.stopped {
		e.stopped, e.err = true, err
		e.wake()
	}
	e.free.Broadcast()
	e.nudge()
}

func (e *engine) nudge() {
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// working reports whether editors want the edition to be sent.
func (e *engine) working() bool {
	return !e.stopped && (e.state == EditionFrozen || e.state == EditionSending)
}

// settled learns that an outcome is durable.
func (e *engine) settled(o *outcome) {
	e.mu.Lock()
	s := o.row.shard
	if s.open--; s.open == 0 {
		e.spent = append(e.spent, s)
		e.nudge()
	}
	switch o.Delivery.State {
	case Accepted:
		e.accepted++
		e.done++
	case Pending, Deferred:
		e.drained = false
	default:
		e.done++
	}
	told := Outcome{Delivery: o.Delivery, Done: e.done, Total: e.total}
	e.mu.Unlock()
	if e.Progress != nil && told.State != Pending {
		e.Progress(told)
	}
}

func (e *engine) recipient(row *row) Recipient {
	return newRecipient(row.subscriber, e.ledger.edition, row.name, row.address, e.Tokens)
}

// size is how many deliveries are claimed at once: enough for ten seconds of a
// slow relay, so that others have something to do, too.
func (e *engine) size() int {
	var rate float64
	for _, r := range e.relays {
		if r.Rate == 0 {
			return maxShard
		}
		rate += r.Rate
	}
	return max(10, min(maxShard, int(10*rate)))
}

const maxShard = 256

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (e *engine) name() string { return fmt.Sprintf("edition %s", e.edition.Name()) }
