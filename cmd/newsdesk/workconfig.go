package main

import (
	"bytes"
	"context"
	"os"
	"sync"

	"github.com/medigy/newsdesk/internal/watch"
)

// writtenConfig is a configuration and the file that it was read from, as it was.
type writtenConfig struct {
	*Config
	file []byte
}

// workConfig loads the configuration.
func (a *app) workConfig() (writtenConfig, error) {
	file, none := os.ReadFile(a.flags.config) // first: what is written meanwhile is a change
	c, err := a.config()
	if err == nil && none != nil { // by the environment, or in the wrong folder
		_, err = a.folders.contentFolder(c.Content.Dir)
	}
	if err != nil {
		return writtenConfig{file: file}, err
	}
	for _, d := range c.digests {
		if d.schedule != nil && d.from == nil {
			return writtenConfig{file: file}, errNoSender
		}
	}
	return writtenConfig{c, file}, nil
}

// work works until ctx ends, by the configuration as it is.
func (a *app) work(ctx context.Context, ping bool) error {
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
		if next = a.changedConfig(working, c.file); next.Config != nil {
			stop()
		}
	})
	err = (&workRun{app: a, config: c.Config, ping: ping}).run(working)
	stop()
	watching.Wait()
	return next, err
}

// changedConfig waits for the configuration's file to be another than it was, and
// gives what is in it then; nothing if ctx has ended. What is wrong in it is told, and
// the next change waited for.
func (a *app) changedConfig(ctx context.Context, was []byte) (c writtenConfig) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	problem := func(err error) {
		if err != nil {
			a.warn("a change of the configuration will go unseen: %v", err)
		}
	}
	err := watch.Run(ctx, watch.Options{
		Names: func() []string { return []string{a.flags.config} },
		Changed: func(context.Context, []string) {
			now, err := os.ReadFile(a.flags.config)
			if err != nil || bytes.Equal(now, was) || c.Config != nil {
				return // it is being replaced, or was only touched; or is known
			}
			if c, err = a.workConfig(); err != nil {
				was = c.file
				a.tellError(err)
				a.note("work goes on by the configuration as it was")
				return
			}
			stop()
		},
		Problem: problem,
	})
	problem(err)
	return c
}
