package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/work"
)

func (a *app) workCommand() *cobra.Command {
	var once, ping bool
	c := &cobra.Command{
		Use:   "work",
		Short: "Send digests by their schedules, letters and more, from any number of machines",
		Long: `Make each digest's edition when digest.schedule says so, check it as digest send
does, and send it: the edition of the period that ended last before that time. With
PostgreSQL any number of machines can work; they send every edition together, also
one that digest send began or an editor resumed. Nobody gets one twice, and no
edition is made twice, whatever else is run.

What was missed while nothing ran is sent late, once, if it was due no longer ago
than digest.catch_up; so is, at the very first start, what was due just before. An
edition that has errors, or waits for approval, is tried again until it is older
than that. What a machine was at that died another takes over within a minute or two.

What was scheduled for one edition (digest schedule, the desk) is sent at its time.

It shares with "serve" what is behind the newsletter's pages (subscribe.enabled): it
sends the letters to confirm, and reads bounces (bounces.every). With --ping it tells
feeds.hubs every ten minutes which feeds of the output folder changed, for an output
folder that is served as it is.

When the configuration changes it finishes the messages in hand and goes on by the
new one; with one that is wrong it goes on as before. SIGTERM ends it when the
messages in hand are out, ten minutes at most; what is left goes on at the next start.

With numbers.listen it serves /metrics there for Prometheus.

With --once it does all that is due now and ends, for cron: editions, letters,
bounces and pings. The exit code is 1 if something failed or anybody has not got what
was sent.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if once {
				return a.workOnce(c.Context(), ping)
			}
			return a.work(c.Context(), ping)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "do what is due now, and end")
	c.Flags().BoolVar(&ping, "ping", false, "tell feeds.hubs which feeds of the output folder changed")
	return c
}

// workRun is what newsdesk work does.
type workRun struct {
	app        *app
	config     *Config
	db         *store.DB // of deliveries; the jobs have a handle of their own
	once, ping bool

	// Making editions and telling is done by one job at a time.
	mu         sync.Mutex
	unsent     bool          // somebody has not got an edition
	incomplete bool          // articles were left out
	sent       []summaryJSON // by --once with --json, which says so at the end
}

func (a *app) workOnce(ctx context.Context, ping bool) error {
	outliveReaders()
	c, err := a.workConfig()
	if err != nil {
		return err
	}
	r := &workRun{app: a, config: c.Config, once: true, ping: ping, sent: []summaryJSON{}}
	err = r.run(ctx)
	if a.flags.json {
		err = errors.Join(err, a.printJSON(workJSON{r.sent}))
	}
	if err == nil && r.unsent {
		return &exitError{code: exitFailed}
	}
	if err == nil && r.incomplete {
		return incomplete()
	}
	return err
}

// workJSON is what work --once did, also if that is nothing.
type workJSON struct {
	Sent []summaryJSON `json:"sent"` // an edition each
}

// run works, and closes what it opens.
func (r *workRun) run(ctx context.Context) (err error) {
	if r.db, err = store.Open(ctx, r.config.Database.URL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.db.Close()) }()
	if !r.once {
		stop, err := r.app.serveMetrics(r.config)
		if err != nil {
			return err
		}
		defer stop()
	}
	o := r.app.workOptions(r.config, r.tell)
	o.Series, o.Freeze, o.Deliver = r.scheduled(), r.freeze, r.deliver
	done, err := r.addChores(ctx, &o)
	defer done()
	if err != nil {
		return err
	}
	if len(o.Series) == 0 {
		r.app.note("no digest has a schedule (digest.schedule); only what others began is sent")
	}
	err = r.keeping(ctx, func() error {
		if !r.once {
			return r.app.keepWorking(ctx, r.config, o)
		}
		o.Poll = 50 * time.Millisecond
		return workOnce(ctx, r.config, o)
	})
	if errors.Is(err, work.ErrFailed) {
		err = &exitError{code: exitFailed} // it has been told
	}
	return err
}

// tell tells an error.
func (r *workRun) tell(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.app.tellError(err)
}

// keeping does f while what editors scheduled is sent at its time; with --once it is
// frozen before.
func (r *workRun) keeping(ctx context.Context, f func() error) error {
	k := &keeper{
		app: r.app, config: func() *Config { return r.config }, making: &r.mu,
		frozen: func(*delivery.Edition, string) {}, // the worker sees it within a second
		failed: r.tell,
	}
	if r.once {
		return errors.Join(k.once(ctx), f())
	}
	ctx, stop := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { k.run(ctx) })
	defer keeping.Wait()
	defer stop()
	return f()
}

// scheduled gives the digests that have a schedule.
func (r *workRun) scheduled() []work.Series {
	var all []work.Series
	for _, d := range r.config.digests {
		if d.schedule != nil {
			all = append(all, work.Series{
				Digest: d.Name, Schedule: d.schedule, CatchUp: time.Duration(d.CatchUp) * time.Hour,
				Period: func(due time.Time) string { return r.ended(d, due).Name },
			})
		}
	}
	return all
}

// ended is the period that ended last at t. It is not looked for one with articles:
// nobody is there to see that it is an old one.
func (r *workRun) ended(d *digestSettings, t time.Time) digest.Period {
	running := d.kind().Of(t, r.config.zone)
	return d.kind().Of(running.Start.Add(-1), r.config.zone)
}

// freeze makes the edition of a digest's period and freezes it, if it may go out and
// is not frozen yet.
func (r *workRun) freeze(ctx context.Context, name, period string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, w := r.app, asked{digest: name, period: period}
	s, err := a.series(ctx, r.config, w)
	if err != nil || s.standing(period) != nil {
		return err
	}
	out, err := a.prepare(ctx, r.config, order{asked: w})
	if errors.Is(err, digest.ErrEmpty) {
		a.note("%s: %v", name, err)
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := a.freeze(ctx, r.db, out); err != nil {
		return err
	}
	r.incomplete = r.incomplete || broken(out.report)
	return delivery.Note(ctx, r.db, a.entry(name, period, "schedule", delivery.DidSend, out.hash, ""))
}

// deliver sends what is left of a frozen edition.
func (r *workRun) deliver(ctx context.Context, e *delivery.Edition) error {
	o, err := r.app.restOptions(ctx, r.config, r.db, e, &r.mu)
	if err != nil {
		return fmt.Errorf("%s: %w", e.Name(), err)
	}
	o.Stay = !r.once
	s, err := r.app.sendRest(ctx, r.config, r.db, e, "work", o)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.Edition != "" {
		if code := unsentCode(s); !s.Done() {
			r.unsent = r.unsent || code == exitFailed
			r.incomplete = r.incomplete || code == exitIncomplete
		}
		if r.once && r.app.flags.json {
			r.sent = append(r.sent, newSummaryJSON(s, false))
		} else {
			err = errors.Join(err, r.app.tellSent(s, false))
		}
	}
	return err
}
