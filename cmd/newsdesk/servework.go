package main

import (
	"context"
	"errors"
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
