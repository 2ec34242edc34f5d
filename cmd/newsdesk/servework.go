package main

import (
	"context"
	"errors"

	"github.com/medigy/newsdesk/internal/work"
)

// andWork runs f and newsdesk work side by side; when one ends, so does the other. Work
// is given an app of its own, as a process of its own has: it reads the articles and the
// configuration when it needs them.
func (a *app) andWork(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	worker := &app{stdin: a.stdin, stdout: a.stdout, stderr: a.stderr, clock: a.clock, after: a.after,
		random: a.random, flags: a.flags, style: a.style, ink: a.ink, started: a.started}
	ended := make(chan error, 1)
	go func() {
		defer stop()
		err := worker.work(ctx, false) // f tells the hubs
		worker.folders.close()
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // it was stopped before it had begun
		}
		ended <- err
	}()
	err := f(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// whileWorking runs f while chores are done, until the last answer is given, which is
// after ctx has ended. Without the chores f ends, too.
func (a *app) whileWorking(ctx context.Context, c *Config, chores []work.Chore, stirred <-chan struct{}, f func(context.Context) error) error {
	if len(chores) == 0 {
		return f(ctx)
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	serving, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		defer end()
		o := a.workOptions(c, a.tellOne())
		o.Chores, o.Wake = chores, stirred
		ended <- a.keepWorking(working, c, o)
	}()
	err := f(serving)
	stop()
	return errors.Join(err, <-ended)
}
