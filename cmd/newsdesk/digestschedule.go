package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) digestScheduleCommand() *cobra.Command {
	var o order
	var at string
	var withdraw bool
	c := &cobra.Command{
		Use:   "schedule --at TIME",
		Short: "Say when an edition is to be sent",
		Long: `Write down when one edition is to be sent; digest.schedule is for all of a digest. A
newsdesk work or editors' desk that runs at that time, on any machine with this
database, sends it then, once. Said again, the new time counts; --withdraw takes it
back.

What is scheduled is the mail as it is now. Has it changed by then, it waits until
somebody approves it as it is (digest approve, or the desk) or schedules it again,
and is given up when it is later than digest.catch_up. The same checks as for digest
send are made now and then.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if withdraw == (at != "") {
				return usage("want --at TIME or --withdraw")
			}
			if withdraw {
				return a.unschedule(c.Context(), o)
			}
			return a.schedule(c.Context(), o, at)
		},
	}
	o.flags(c)
	byFlag(c, &o.by)
	c.Flags().StringVar(&at, "at", "", "`TIME` in the site's zone: \"2021-10-04 07:00\"")
	c.Flags().StringVar(&o.override, "override", "", "`REASON` to send a mail that has errors")
	c.Flags().BoolVar(&withdraw, "withdraw", false, "do not send it by itself")
	return c
}

// parseAppointment reads a time in a zone. One that clocks skip there, and one that
// is over, are errors.
func parseAppointment(text string, now time.Time) (time.Time, error) {
	const want = "want 2021-10-04 07:00"
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(now.Location()), past(at, now)
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		at, err := time.ParseInLocation(layout, text, now.Location())
		switch {
		case err != nil:
			continue
		case at.Format(layout) != text:
			return at, refusal(fmt.Sprintf("%q: clocks are put forward over that time in %s", text, now.Location()))
		}
		return at, past(at, now)
	}
	return time.Time{}, refusal(fmt.Sprintf("%q is not a time (%s)", text, want))
}

func past(at, now time.Time) error {
	if at.Before(now.Add(-time.Minute)) {
		return refusal(fmt.Sprintf("%s is over (to send it now: newsdesk digest send)", at.In(now.Location()).Format("2 January 2006 at 15:04")))
	}
	return nil
}

func (a *app) schedule(ctx context.Context, o order, text string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	at, err := parseAppointment(text, a.clock().In(c.zone))
	if err != nil {
		return usage("--at %w", err)
	}
	out, err := a.prepare(ctx, c, o)
	if err != nil {
		return err
	}
	appointment := delivery.Appointment{Digest: out.press.Name, Period: out.issue.Period, At: at, By: cmp.Or(o.by, byCommand), Hash: out.hash, Override: o.override}
	err = useDatabase(ctx, c, func(db *store.DB) error { return delivery.Appoint(ctx, db, appointment, a.clock()) })
	if err != nil {
		return err
	}
	return a.tell(newAppointmentJSON(appointment),
		row{"scheduled", "", out.press.edition(out.edition.Period) + ": " + out.issue.Subject}, row{"at", "", spelled(at)}, row{"hash", "", out.hash[:12] + "…"}, a.timeRow())
}

// spelled gives a time for people: "4 October 2021 at 07:00 EDT".
func spelled(at time.Time) string { return at.Format("2 January 2006 at 15:04 MST") }

// unschedule withdraws the appointment of a period, or the only one of the digest.
func (a *app) unschedule(ctx context.Context, o order) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	all, err := a.appointments(ctx, c, o.asked)
	if err != nil {
		return err
	}
	if len(all) != 1 {
		return fmt.Errorf("%s scheduled (digest status tells them; name one with --period)", map[bool]string{true: "nothing is", false: plural(len(all), "edition") + " are"}[len(all) == 0])
	}
	e := a.entry(all[0].Digest, all[0].Period, o.by, delivery.DidUnschedule, "", "")
	if err := useDatabase(ctx, c, func(db *store.DB) error { return delivery.EndAppointment(ctx, db, e) }); err != nil {
		return err
	}
	result := newAppointmentJSON(all[0])
	result.State = "withdrawn"
	return a.tell(result, row{"withdrawn", "", result.Edition + " was scheduled for " + spelled(result.At)})
}

// appointments gives those of a digest, of one period if that is asked for.
func (a *app) appointments(ctx context.Context, c *Config, w asked) (own []delivery.Appointment, err error) {
	d, err := c.digestSettings(w.digest)
	if err != nil {
		return nil, err
	}
	err = readDatabase(ctx, c, func(db *store.DB) error {
		all, err := delivery.Appointments(ctx, db, c.zone)
		for _, one := range all {
			if one.Digest == d.Name && (w.period == "" || w.period == one.Period) {
				own = append(own, one)
			}
		}
		return err
	})
	return own, err
}

type appointmentJSON struct {
	Edition  string    `json:"edition"`
	State    string    `json:"state"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Hash     string    `json:"hash"`
	Override string    `json:"override,omitempty"`
	Trouble  string    `json:"trouble,omitempty"`
}

func newAppointmentJSON(a delivery.Appointment) appointmentJSON {
	return appointmentJSON{a.Digest + "/" + a.Period, "scheduled", a.At, a.By, a.Hash, a.Override, a.Trouble}
}

// appointmentsJSON gives nil for nil.
func appointmentsJSON(all []delivery.Appointment) (list []appointmentJSON) {
	if all != nil {
		list = []appointmentJSON{}
	}
	for _, one := range all {
		list = append(list, newAppointmentJSON(one))
	}
	return list
}

// appointmentRow tells one in digest status.
func appointmentRow(one delivery.Appointment) row {
	text := fmt.Sprintf("%s/%s on %s, by %s, hash %.12s…", one.Digest, one.Period, spelled(one.At), one.By, one.Hash)
	if one.Trouble != "" {
		text += "; it waits: " + one.Trouble
	}
	return row{"scheduled", "", text}
}
