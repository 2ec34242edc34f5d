package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/watch"
)

// watchFlag gives a command that builds something the flag --watch, with which it
// goes on building whenever something changes, until it is stopped.
func (a *app) watchFlag(c *cobra.Command, build func(ctx context.Context) error) *cobra.Command {
	var watching bool
	c.Flags().BoolVar(&watching, "watch", false, "build again whenever articles, images, templates or the configuration change, and when an article's time comes")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if watching {
			return a.watch(c.Context(), build)
		}
		return build(c.Context())
	}
	return c
}

// watch builds again and again: when something changes, and when the time of an
// article comes or a week ends. What fails is told and tried again after the next
// change; in a minute, too, if that may help, as when the disk is full.
func (a *app) watch(ctx context.Context, build func(ctx context.Context) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	names := a.watchedNames(c)
	told := "" // of what fails again and again
	return watch.Run(ctx, watch.Options{
		Names: func() []string { return names },
		Changed: func(ctx context.Context, paths []string) {
			a.started = time.Now()
			a.due = time.Time{} // a build that fails waits for a change
			if c, err := a.config(); err == nil {
				names = a.watchedNames(c)
				a.contentChanged(c, paths)
			}
			err := build(ctx)
			if err == nil || ctx.Err() != nil {
				told = ""
				return
			}
			if passes(err) {
				a.due = a.clock().Add(tryAgain)
			}
			if err.Error() != told {
				a.tellError(err)
				if errors.As(err, new(configError)) {
					a.note("all stays as it was until that is put right")
				}
			}
			told = err.Error()
		},
		Problem: func(err error) {
			if err != nil {
				a.warn("some changes will go unseen: %v", err)
			}
		},
		Due:   func() time.Time { return a.due },
		Clock: watch.Clock{Now: a.clock, After: a.after},
	})
}

// tryAgain is how long after a build that failed the next is made though nothing changed.
const tryAgain = time.Minute

// passes reports whether an error may go away although no file changes: neither is it
// in the articles or the configuration, nor was only something left out.
func passes(err error) bool {
	return !errors.As(err, new(*exitError)) && !errors.As(err, new(configError))
}

// watchedNames are the files and folders whose change calls for a build, or, of
// secrets and the certificate's files, for reading them again.
func (a *app) watchedNames(c *Config) []string {
	names := append(append(watched(c), a.flags.config), secretFiles(c)...)
	if c.Serve.TLSCert != "" {
		names = append(names, c.Serve.TLSCert, c.Serve.TLSKey)
	}
	return names
}
