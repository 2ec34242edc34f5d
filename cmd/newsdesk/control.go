package main

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// noter logs what was done with an edition.
type noter func(by, action, detail string) error

// control runs f with the edition that is asked for: that of --period, or the one
// that was frozen last.
func (a *app) control(ctx context.Context, w asked, f func(*Config, *delivery.Control, noter) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := a.series(ctx, c, w)
	if err != nil {
		return err
	}
	period := w.period
	if period == "" {
		if len(s.standings) == 0 {
			return fmt.Errorf("digest %s: no edition was sent yet: %w", s.Name, delivery.ErrNotFrozen)
		}
		period = s.standings[len(s.standings)-1].Period
	}
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	e, err := delivery.Find(ctx, db, s.Name, period, a.running(c))
	if err == nil {
		err = f(c, e, func(by, action, detail string) error {
			return delivery.Note(ctx, db, a.entry(s.Name, period, by, action, "", detail))
		})
	}
	return errors.Join(err, db.Close())
}

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
			return a.control(c.Context(), w, func(_ *Config, e *delivery.Control, note noter) error {
				if err := steer(e, c.Context()); err != nil {
					return err
				}
				if err := note(by, action, ""); err != nil {
					return err
				}
				s, err := e.Status(c.Context())
				if err != nil {
					return err
				}
				return a.tellStatus(s, 0, row{done, "", s.Edition})
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
			return a.control(c.Context(), w, func(_ *Config, e *delivery.Control, note noter) error {
				total := 0
				for _, which := range []struct {
					asked bool
					state delivery.State
				}{{failed, delivery.Failed}, {uncertain, delivery.Uncertain}} {
					if !which.asked {
						continue
					}
					n, err := e.Retry(c.Context(), which.state)
					if err != nil {
						return err
					}
					if err := note(by, delivery.DidRetry, number(n)+" "+string(which.state)); err != nil {
						return err
					}
					total += n
				}
				s, err := e.Status(c.Context())
				if err != nil {
					return err
				}
				return a.tellStatus(s, 0, row{"retry", number(total), "are pending again (newsdesk digest send)"})
			})
		},
	}
	w.flags(c)
	byFlag(c, &by)
	c.Flags().BoolVar(&failed, "failed", false, "what was refused for good")
	c.Flags().BoolVar(&uncertain, "uncertain", false, "what the server may have or not")
	return c
}

func (a *app) statusCommand() *cobra.Command {
	var w asked
	c := &cobra.Command{
		Use:   "status",
		Short: "Tell how far the sending of an edition is",
		Long: `Tell how an edition stands: how many have got it, how fast it goes, when it will
be done, and why deliveries are deferred. It looks for a second if somebody is
sending. Without --period it is the edition that was frozen last. What is scheduled
(digest schedule) is told, too.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.statusOf(c.Context(), w) },
	}
	w.flags(c)
	return c
}

// statusOf tells what is scheduled, and how an edition stands, if one was frozen.
func (a *app) statusOf(ctx context.Context, w asked) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	scheduled, err := a.appointments(ctx, c, w)
	if err != nil {
		return err
	}
	err = a.control(ctx, w, func(_ *Config, e *delivery.Control, _ noter) error { return a.status(ctx, e, scheduled) })
	if len(scheduled) == 0 || !errors.Is(err, delivery.ErrNotFrozen) {
		return err
	}
	if a.flags.json {
		return a.printJSON(newAppointmentJSON(scheduled[0]))
	}
	return a.tellScheduled(scheduled)
}

func (a *app) tellScheduled(scheduled []delivery.Appointment) error {
	var rows []row
	for _, one := range scheduled {
		rows = append(rows, appointmentRow(one))
	}
	if !a.flags.quiet && !a.flags.json {
		printRows(a.stdout, rows)
	}
	return nil
}

func (a *app) status(ctx context.Context, e *delivery.Control, scheduled []delivery.Appointment) error {
	defer func() { _ = a.tellScheduled(scheduled) }() // below the rest
	first, err := e.Status(ctx)
	if err != nil {
		return err
	}
	if first.Workers == 0 || first.Pending == 0 {
		return a.tellStatus(first, 0)
	}
	begun := time.Now()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.after(time.Second):
	}
	s, err := e.Status(ctx)
	if err != nil {
		return err
	}
	return a.tellStatus(s, float64(s.Accepted-first.Accepted)/time.Since(begun).Seconds())
}

// statusJSON is the answer of digest status.
type statusJSON struct {
	Edition   string       `json:"edition"`
	State     string       `json:"state"`
	Audience  int          `json:"audience"`
	Sent      int          `json:"sent"`
	Failed    int          `json:"failed"`
	Skipped   int          `json:"skipped"`
	Uncertain int          `json:"uncertain"`
	Pending   int          `json:"pending"`
	Deferred  int          `json:"deferred"`
	Workers   int          `json:"workers"`
	Rate      float64      `json:"messages_per_second"`
	Seconds   int          `json:"seconds_left,omitempty"`
	Reasons   []reasonJSON `json:"reasons"`
}

type reasonJSON struct {
	Code  int       `json:"code"`
	Text  string    `json:"text"`
	Count int       `json:"count"`
	Next  time.Time `json:"next"`
}

// tellStatus writes how an edition stands, behind rows of what was done; rate is
// in messages a second, or 0 if it is not known.
func (a *app) tellStatus(s delivery.Status, rate float64, first ...row) error {
	var left time.Duration
	if rate > 0 {
		left = time.Duration(float64(s.Pending) / rate * float64(time.Second)).Round(time.Second)
	}
	if a.flags.json {
		j := statusJSON{s.Edition, string(s.State), s.Audience, s.Accepted, s.Failed, s.Skipped, s.Uncertain, s.Pending, s.Deferred, s.Workers, rate, int(left.Seconds()), []reasonJSON{}}
		for _, r := range s.Reasons {
			j.Reasons = append(j.Reasons, reasonJSON(r))
		}
		return a.printJSON(j)
	}
	if a.flags.quiet {
		return nil
	}
	rows := append(first, row{"edition", "", s.Edition + ", " + string(s.State)}, row{"audience", number(s.Audience), ""}, row{"sent", number(s.Accepted), ""})
	if rate > 0 {
		rows[len(rows)-1].text = fmt.Sprintf("%.0f a second by %s, about %v left", rate, plural(s.Workers, "worker"), left)
	}
	for _, r := range []row{
		{"failed", number(s.Failed), "refused for good"},
		{"uncertain", number(s.Uncertain), "the server may have it or not (digest retry --uncertain)"},
		{"skipped", number(s.Skipped), ""},
		{"pending", number(s.Pending), ""},
		{"deferred", number(s.Deferred), "of those: refused for now"},
	} {
		if r.count != "0" {
			rows = append(rows, r)
		}
	}
	for _, r := range s.Reasons {
		rows = append(rows, row{"", number(r.Count), r.Text + ", next try at " + r.Next.Format("15:04:05")})
	}
	printRows(a.stdout, rows)
	return nil
}
