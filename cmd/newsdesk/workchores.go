package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/work"
)

// workOptions are those of every worker; failed is told what goes wrong.
func (a *app) workOptions(c *Config, failed func(error)) work.Options {
	machine, err := os.Hostname()
	if err != nil {
		machine = "localhost"
	}
	return work.Options{
		Now: a.running(c), Failed: failed, Machine: machine,
		Log: a.logger(slog.LevelError),
	}
}

// tellOne gives what tells errors, one at a time.
func (a *app) tellOne() func(error) {
	var mu sync.Mutex
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		a.tellError(err)
	}
}

// keepWorking runs a worker until ctx ends.
func (a *app) keepWorking(ctx context.Context, c *Config, o work.Options) error {
	return work.Keep(ctx, func(ctx context.Context) (*store.DB, error) { return store.Open(ctx, c.Database.URL) }, o)
}

// workOnce does once what is due.
func workOnce(ctx context.Context, c *Config, o work.Options) error {
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	w, err := work.Open(ctx, db, o)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(w.Once(ctx), w.Close(), db.Close())
}

// addChores opens what is to be done besides editions; done closes it.
func (r *workRun) addChores(ctx context.Context, o *work.Options) (done func(), err error) {
	a, c := r.app, r.config
	var open []*store.DB
	done = func() {
		for _, db := range open {
			db.Close()
		}
	}
	n, err := a.openNewsletter(ctx, c)
	if err != nil {
		return done, err
	}
	if n != nil {
		open, o.Wake = append(open, n.db), n.desk.Stirred()
		o.Chores = append(o.Chores, n.chores()...)
	}
	if readsBounces(c) && (r.once || c.Bounces.Every > 0) {
		d, err := a.openReturnDesk(ctx, c, "work", nil)
		if err != nil {
			return done, err
		}
		open = append(open, d.db)
		o.Chores = append(o.Chores, d.chore())
	}
	if r.ping && len(c.Feeds.Hubs) > 0 {
		o.Chores = append(o.Chores, work.Chore{Name: "pings", Here: true, Every: 10 * time.Minute, Do: r.tellOutput})
	}
	return done, nil
}

// readsBounces reports whether there is something to read on this machine.
func readsBounces(c *Config) bool {
	if c.Bounces.IMAPHost != "" {
		return true
	}
	info, err := os.Stat(c.Bounces.Maildir)
	return err == nil && info.IsDir()
}

// tellOutput tells hubs which feeds of the output folder changed.
func (r *workRun) tellOutput(ctx context.Context) error {
	topics, err := outputTopics(r.config)
	if err != nil {
		return err
	}
	var failed error
	for _, told := range r.app.tellHubs(ctx, r.config, r.config.Feeds.Hubs, topics, false) {
		if told.Left() > 0 {
			failed = errHubs
		}
		if n := len(told.Told); n > 0 {
			r.app.note("%s was told of %s", told.Hub, plural(n, "feed"))
		}
	}
	return failed
}

// errHubs has the pings tried again; why, tellHubs has told.
var errHubs = errors.New("hubs are to be told again")
