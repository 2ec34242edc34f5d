package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/delivery"
)

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
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	scheduled, err := a.appointments(ctx, s.config, w)
	if err != nil {
		return err
	}
	err = a.controlOf(ctx, s, func(e *frozen) error { return a.status(ctx, e, scheduled) })
	if len(scheduled) == 0 || !errors.Is(err, delivery.ErrNotFrozen) {
		return err
	}
	if a.flags.json {
		return a.printJSON(scheduledJSON{newAppointmentJSON(scheduled[0]), appointmentsJSON(scheduled)})
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

func (a *app) status(ctx context.Context, e *frozen, scheduled []delivery.Appointment) error {
	relays, err := relaysAlone(e.config)
	if err != nil {
		return err
	}
	now := standing{scheduled: append([]delivery.Appointment{}, scheduled...)}
	if now.Status, err = e.Status(ctx); err != nil {
		return err
	}
	if now.Pending > 0 && now.Workers > 0 {
		if err := a.measure(ctx, e, &now); err != nil {
			return err
		}
	}
	if now.Pending > 0 {
		now.limits, err = delivery.Limits(ctx, e.db, relays, e.config.window, a.running(e.config)())
	}
	return errors.Join(err, a.tellStatus(now), a.tellScheduled(scheduled))
}

// measure looks again after a second.
func (a *app) measure(ctx context.Context, e *frozen, now *standing) (err error) {
	before, begun := now.Accepted, time.Now()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.after(time.Second):
	}
	now.Status, err = e.Status(ctx)
	now.rate = float64(now.Accepted-before) / time.Since(begun).Seconds()
	return err
}

// standing is how an edition stands.
type standing struct {
	delivery.Status
	rate      float64                // messages a second, 0 if it is not known
	limits    []delivery.Limit       // what slows or stops it
	scheduled []delivery.Appointment // of its digest; nil if that was not asked
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
	Waiting   int          `json:"waiting"`
	Workers   int          `json:"workers"`
	Rate      float64      `json:"messages_per_second"`
	Seconds   int          `json:"seconds_left,omitempty"`
	Reasons   []reasonJSON `json:"reasons"`
	Limits    []limitJSON  `json:"limits"`

	Scheduled []appointmentJSON `json:"scheduled,omitzero"`
}

// scheduledJSON is its answer while nothing was frozen yet.
type scheduledJSON struct {
	appointmentJSON
	Scheduled []appointmentJSON `json:"scheduled"`
}

type limitJSON struct {
	Name  string    `json:"name"`
	Text  string    `json:"text"`
	Until time.Time `json:"until"`
}

type reasonJSON struct {
	Code  int       `json:"code"`
	Text  string    `json:"text"`
	Count int       `json:"count"`
	Next  time.Time `json:"next"`
}

// tellStatus writes how an edition stands, behind rows of what was done.
func (a *app) tellStatus(s standing, first ...row) error {
	var left time.Duration
	if s.rate > 0 {
		left = time.Duration(float64(s.Pending) / s.rate * float64(time.Second)).Round(time.Second)
	}
	if a.flags.json {
		j := statusJSON{s.Edition, string(s.State), s.Audience, s.Accepted, s.Failed, s.Skipped, s.Uncertain, s.Pending, s.Deferred - s.Waiting, s.Waiting, s.Workers, s.rate, int(left.Seconds()), []reasonJSON{}, []limitJSON{}, appointmentsJSON(s.scheduled)}
		for _, r := range s.Reasons {
			j.Reasons = append(j.Reasons, reasonJSON(r))
		}
		for _, l := range s.limits {
			j.Limits = append(j.Limits, limitJSON(l))
		}
		return a.printJSON(j)
	}
	if a.flags.quiet {
		return nil
	}
	rows := append(first, row{"edition", "", s.Edition + ", " + string(s.State)}, row{"audience", number(s.Audience), ""}, row{"sent", number(s.Accepted), ""})
	if s.rate > 0 {
		rows[len(rows)-1].text = fmt.Sprintf("%.0f a second by %s, about %v left", s.rate, plural(s.Workers, "worker"), left)
	}
	for _, r := range []row{
		{"failed", number(s.Failed), "refused for good"},
		{"uncertain", number(s.Uncertain), "the server may have it or not (digest retry --uncertain)"},
		{"skipped", number(s.Skipped), ""},
		{"pending", number(s.Pending), ""},
		{"deferred", number(s.Deferred - s.Waiting), "of those: refused for now"},
		{"waiting", number(s.Waiting), "of those: more than their domain may get now"},
	} {
		if r.count != "0" {
			rows = append(rows, r)
		}
	}
	for _, r := range s.Reasons {
		rows = append(rows, row{"", number(r.Count), r.Text + ", next try at " + r.Next.Format("15:04:05")})
	}
	printRows(a.stdout, append(rows, limitRows(s.limits)...))
	return nil
}
