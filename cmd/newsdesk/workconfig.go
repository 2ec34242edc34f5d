package main

import (
	"context"
	"os"
	"sync"

	"github.com/medigy/newsdesk/internal/watch"
)

// writtenConfig is a configuration and what it is known by.
type writtenConfig struct {
	*Config
	print fingerprint
}

// workConfig loads the configuration.
func (a *app) workConfig() (writtenConfig, error) {
	_, none := os.Stat(a.flags.config)
	c, print, err := a.printedConfig()
	if err == nil && none != nil { // by the environment, or in the wrong folder
		_, err = a.folders.contentFolder(c.Content.Dir)
	}
	if err != nil {
		return writtenConfig{print: print}, err
	}
	for _, d := range c.digests {
		if d.schedule != nil && d.from == nil {
			return writtenConfig{print: print}, errNoSender
		}
	}
	return writtenConfig{c, print}, nil
}

// work works until ctx ends, by the configuration as it is.
func (a *app) work(ctx context.Context, ping bool) error {
	outliveReaders()
	c, err := a.workConfig()
	if err != nil {
		return err
	}
	a.folders.watching = true
	for {
		next, err := a.workBy(ctx, c, ping)
		if next.Config == nil || err != nil || ctx.Err() != nil {
			return err
		}
		a.note("the configuration has changed")
		c = next
	}
}

// workBy works by a configuration until ctx ends or there is another, which it gives.
func (a *app) workBy(ctx context.Context, c writtenConfig, ping bool) (next writtenConfig, err error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	var watching sync.WaitGroup
	watching.Go(func() {
		if next = a.changedConfig(working, c); next.Config != nil {
			stop()
		}
	})
	err = (&workRun{app: a, config: c.Config, ping: ping}).run(working)
	stop()
	watching.Wait()
	return next, err
}

// changedConfig waits for the configuration to be another than was, or what it names,
// and gives what is in it then; nothing if ctx has ended. What is wrong in it is told, and
// the next change waited for.
func (a *app) changedConfig(ctx context.Context, was writtenConfig) (c writtenConfig) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	problem := func(err error) {
		if err != nil {
			a.warn("a change of the configuration will go unseen: %v", err)
		}
	}
	names := append(printedNames(was.Config), a.flags.config)
	known := was.print
	err := watch.Run(ctx, watch.Options{
		Names: func() []string { return names },
		Changed: func(context.Context, []string) {
			if c.Config != nil {
				return // it is known
			}
			next, err := a.workConfig()
			switch {
			case next.print == known: // it was only touched, or put back
			case err != nil:
				a.tellError(err)
				a.note("work goes on by the configuration as it was")
			case next.print != was.print:
				c = next
				stop()
			}
			known = next.print
		},
		Problem: problem,
	})
	problem(err)
	return c
}
