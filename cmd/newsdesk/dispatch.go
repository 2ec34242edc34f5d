package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// dispatch sends editions from the editors' desk, by what digest send and newsdesk
// work use, and outlives the loads of the desk. It has an app of its own, whose open
// folders no load touches.
type dispatch struct {
	app *app
	ctx context.Context // when it ends, sending does

	making  sync.Mutex // is held while an edition is made
	sending sync.WaitGroup

	mu     sync.Mutex // guards what follows
	config *Config    // of the newest load
	runs   map[delivery.Key]*deskRun
}

// deskRun is the sending of an edition by this process.
type deskRun struct {
	by      string
	running bool
	err     error // with which it ended
}

// newDispatch makes one for as long as ctx lasts.
func (a *app) newDispatch(ctx context.Context) *dispatch {
	own := *a
	own.folders = folders{watching: true}
	own.flags.quiet, own.flags.json = true, false
	return &dispatch{app: &own, ctx: ctx, runs: map[delivery.Key]*deskRun{}}
}

// use has it work by the configuration of a load, and gives what does so for the
// page.
func (d *dispatch) use(c *Config) *sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config = c
	return &sender{dispatch: d, config: c}
}

// run keeps what was scheduled until the dispatch's context ends, and waits until the
// messages in hand are out.
func (d *dispatch) run(failed func(error)) {
	k := &keeper{
		app: d.app, making: &d.making, failed: failed,
		config: d.latest,
		frozen: func(e *delivery.Edition, by string) { d.start(d.latest(), e, by) },
	}
	k.run(d.ctx)
	d.sending.Wait()
	d.app.folders.close()
}

func (d *dispatch) latest() *Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config
}

// start sends what is left of a frozen edition, in the background, unless this
// process does already.
func (d *dispatch) start(c *Config, e *delivery.Edition, by string) {
	key := delivery.Key{Digest: e.Issue.Digest, Period: e.Issue.Period}
	d.mu.Lock()
	defer d.mu.Unlock()
	if run := d.runs[key]; run != nil && run.running || d.ctx.Err() != nil {
		return
	}
	run := &deskRun{by: by, running: true}
	d.runs[key] = run
	d.sending.Go(func() {
		err := d.deliver(c, e, by)
		d.mu.Lock()
		defer d.mu.Unlock()
		if run.running = false; d.ctx.Err() == nil {
			run.err = err
		}
	})
}

// deliver sends what is left, however long servers are away.
func (d *dispatch) deliver(c *Config, e *delivery.Edition, by string) error {
	db, err := store.Open(d.ctx, c.Database.URL)
	if err != nil {
		return err
	}
	o, err := d.app.restOptions(d.ctx, c, db, e, &d.making)
	if err == nil {
		o.Stay = true
		_, err = d.app.sendRest(d.ctx, c, db, e, by, o)
	}
	return errors.Join(err, db.Close())
}

// begin freezes an edition and starts it. Of several desks and workers one at a time
// does.
func (s *sender) begin(ctx context.Context, o order) (err error) {
	s.making.Lock()
	defer s.making.Unlock()
	db, err := store.Open(ctx, s.config.Database.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	release, err := lockAppointments(ctx, db, "sends "+o.digest+"/"+o.period)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	out, err := s.app.prepare(ctx, s.config, o)
	if err != nil {
		return err
	}
	e, err := s.app.freeze(ctx, db, out)
	if err != nil {
		return err
	}
	err = delivery.Note(ctx, db, s.app.entry(o.digest, o.period, o.by, delivery.DidSend, out.hash, inSpite(o.override)))
	err = errors.Join(err, s.app.sentNow(ctx, db, o.digest, o.period, o.by))
	s.start(s.config, e, o.by)
	return err
}

// lockAppointments waits for the lock of those who freeze what is to be sent now.
func lockAppointments(ctx context.Context, db *store.DB, note string) (func() error, error) {
	for try := 0; ; try++ {
		release, err := db.Lock("appointments", note)
		held, is := errors.AsType[*store.LockedError](err)
		if !is {
			return release, err
		}
		if try == 100 {
			return nil, refusal("another newsdesk " + held.Note + " at this moment: look again in a while")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
