package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// controlCommands are the commands that look at an edition that was frozen, and
// steer it.
func (a *app) controlCommands() []*cobra.Command {
	return []*cobra.Command{
		a.statusCommand(),
		a.steerCommand("pause", "Stop the sending of an edition until it is resumed", "paused", delivery.DidPause, (*delivery.Control).Pause),
		a.steerCommand("resume", "Let the sending of an edition go on", "resumed", delivery.DidResume, (*delivery.Control).Resume),
		a.steerCommand("cancel", "Stop the sending of an edition for good", "cancelled", delivery.DidCancel, (*delivery.Control).Cancel),
		a.retryCommand(),
	}
}

// frozen is an edition that was frozen, and the database that has it.
type frozen struct {
	*delivery.Control
	config *Config
	db     *store.DB
	note   func(by, action, detail string) error // logs what was done with it
}

// control runs f with the edition that is asked for: that of --period, or the one
// that was frozen last.
func (a *app) control(ctx context.Context, w asked, f func(*frozen) error) error {
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	return a.controlOf(ctx, s, f)
}

// controlOf is control of a digest that was found.
func (a *app) controlOf(ctx context.Context, s *series, f func(*frozen) error) error {
	period := s.asked
	if period == "" {
		if len(s.standings) == 0 {
			return noneSentError(s.Name)
		}
		period = s.standings[len(s.standings)-1].Period
	}
	return useDatabase(ctx, s.config, func(db *store.DB) error {
		e, err := delivery.Find(ctx, db, s.Name, period, a.running(s.config))
		if err != nil {
			return err
		}
		return f(&frozen{e, s.config, db, func(by, action, detail string) error {
			return delivery.Note(ctx, db, a.entry(s.Name, period, by, action, "", detail))
		}})
	})
}

// noneSentError says that a digest, by its name, has no edition to do something with
// yet. It is a delivery.ErrNotFrozen.
type noneSentError string

func (e noneSentError) Error() string {
	return fmt.Sprintf("digest %s: no edition was sent yet (newsdesk digest list tells which there are)", string(e))
}

func (e noneSentError) Is(target error) bool { return target == delivery.ErrNotFrozen }

func (a *app) steerCommand(name, short, done, action string, steer func(*delivery.Control, context.Context) error) *cobra.Command {
	var w asked
	var by string
	c := &cobra.Command{
		Use:   name,
		Short: short,
		Long: short + `: of the one that was frozen last, or
of --period. Every process that sends it, on whatever machine, obeys within a
second; the message in hand is finished.` + map[string]string{
			"resume": " If none is running, run digest send.",
			"cancel": " Who has not got the edition is\nskipped; that can't be undone.",
		}[name],
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.control(c.Context(), w, func(e *frozen) error {
				if err := steer(e.Control, c.Context()); err != nil {
					return err
				}
				if err := e.note(by, action, ""); err != nil {
					return err
				}
				return a.tellFrozen(c.Context(), e, func(s delivery.Status) row { return row{done, "", s.Edition} })
			})
		},
	}
	w.flags(c)
	byFlag(c, &by)
	return c
}

func (a *app) retryCommand() *cobra.Command {
	var w asked
	var by string
	var failed, uncertain bool
	c := &cobra.Command{
		Use:   "retry",
		Short: "Send an edition again to those whom it failed to reach",
		Long: `Make deliveries pending again, for the next digest send: those that were refused
for good (--failed), or those of which nobody knows whether the server has them,
because it or newsdesk broke off at that moment (--uncertain). Some of the latter
may get the edition twice, as the same message with the same Message-ID.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !failed && !uncertain {
				return usage("want --failed or --uncertain")
			}
			var states []delivery.State
			if failed {
				states = append(states, delivery.Failed)
			}
			if uncertain {
				states = append(states, delivery.Uncertain)
			}
			return a.control(c.Context(), w, func(e *frozen) error { return a.retry(c.Context(), e, by, states) })
		},
	}
	w.flags(c)
	byFlag(c, &by)
	c.Flags().BoolVar(&failed, "failed", false, "what was refused for good")
	c.Flags().BoolVar(&uncertain, "uncertain", false, "what the server may have or not")
	return c
}

// retry makes the deliveries of an edition in some states pending again.
func (a *app) retry(ctx context.Context, e *frozen, by string, states []delivery.State) error {
	total := 0
	for _, state := range states {
		n, err := e.Retry(ctx, state)
		if err != nil {
			return err
		}
		if err := e.note(by, delivery.DidRetry, number(n)+" "+string(state)); err != nil {
			return err
		}
		total += n
	}
	return a.tellFrozen(ctx, e, func(delivery.Status) row {
		return row{"retry", number(total), "are pending again (newsdesk digest send)"}
	})
}

// tellFrozen tells what was done with a frozen edition, and how it stands now.
func (a *app) tellFrozen(ctx context.Context, e *frozen, done func(delivery.Status) row) error {
	s, err := e.Status(ctx)
	if err != nil {
		return err
	}
	return a.tellStatus(standing{Status: s}, done(s))
}
