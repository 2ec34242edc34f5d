package main

import (
	"context"
	"errors"
	"fmt"
	jitter "math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) sendCommand() *cobra.Command {
	var o order
	var dryRun bool
	c := &cobra.Command{
		Use:   "send",
		Short: "Send a digest's edition to every subscriber once",
		Long: `Send an edition by SMTP, one message a subscriber. The first run freezes the
mail and the list of who gets it in the database, and puts the public page into
the output folder; a later one goes on with those who have not got it. So it can
be run again at any time: nobody gets it twice. Subscribers who chose topics or a
language get the articles that match; for whom there are none is skipped.

Without --period it is the newest with articles whose period has ended, though none
that ended more than 31 days ago: it has to be asked for by name. Of an edition
without articles nothing is sent, nor one in whose mail "digest check" finds errors,
unless --override says why it goes out all the same.

Outside of smtp.window, and when the day of a warm-up is over, it does not wait for
longer than a minute but ends, and says when to go on: run it again then, as cron
does, or leave it to newsdesk work. The exit code is then 3, and 1 if anybody has
not got it for another reason.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.send(c.Context(), o, dryRun) },
	}
	o.flags(c)
	byFlag(c, &o.by)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "tell who would get it; send nothing")
	c.Flags().StringVar(&o.override, "override", "", "`REASON` to send a mail that has errors; newsdesk digest log tells it")
	return c
}

func (a *app) send(ctx context.Context, o order, dryRun bool) error {
	outliveReaders()
	s, err := a.askedSeries(ctx, o.asked)
	if err != nil {
		return err
	}
	if s.from == nil {
		return errNoSender
	}
	press, edition, issue, report, err := a.makeIssue(ctx, s)
	if errors.As(err, new(noPeriodError)) || errors.Is(err, digest.ErrEmpty) {
		return a.tellNothing(s, err, dryRun)
	}
	if err != nil {
		return err
	}
	if err := a.tooOld(s, edition.Period); err != nil && !dryRun {
		return a.tellNothing(s, err, dryRun)
	} else if err != nil {
		a.note("it would not be sent: %v", err)
	}
	a.notEnded(s, edition.Period)
	if err := errors.Join(press.unapproved(issue), a.checkBefore(press, issue, o.override)); err != nil && !dryRun {
		return err
	} else if err != nil {
		a.note("it would not be sent: %v", err)
	}
	if err := a.publishPictures(ctx, press, press.pictures.of(edition), dryRun); err != nil {
		return err
	}
	err = useDatabase(ctx, s.config, func(db *store.DB) error {
		return a.deliver(ctx, db, press, issue, a.part(ctx, press, edition, dryRun), o, dryRun)
	})
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// makeIssue reads the articles of an edition and makes the issue of it, for all that
// look at what would be sent, or send it. Of an empty one the error is
// digest.ErrEmpty.
func (a *app) makeIssue(ctx context.Context, s *series) (press *press, e *digest.Edition, issue *digest.Issue, report corpus.Report, err error) {
	articles, report, err := a.glance(ctx, s.config, s.want)
	if err != nil {
		return nil, nil, nil, report, err
	}
	p, err := s.period(articles.Heads)
	if err != nil {
		return nil, nil, nil, report, err
	}
	if press, err = a.newPress(s); err != nil {
		return nil, nil, nil, report, err
	}
	if e, err = a.illustrated(ctx, press, articles, p); err != nil {
		return nil, nil, nil, report, err
	}
	issue, err = press.issue(e)
	return press, e, issue, report, err
}

// tellNothing says that there is nothing to send, which is no failure; but what
// was frozen, and not everybody has, must not be forgotten because its articles
// are gone.
func (a *app) tellNothing(s *series, why error, dryRun bool) error {
	var empty emptyError
	if errors.As(why, &empty) {
		if frozen := s.standing(empty.period.Name); frozen != nil && frozen.Pending > 0 {
			return fmt.Errorf("%s was frozen on %s, and %s have not got it; now there are no articles for it (bring them back, then run the command again)",
				s.edition(empty.period), frozen.Frozen.Format("2 January"), plural(frozen.Pending, "subscriber"))
		}
	}
	return a.tell(newSummaryJSON(delivery.Summary{}, dryRun), row{"sent", "0", why.Error()}, a.timeRow())
}

// forgotten is how long ago a period may have ended whose edition digest send begins
// without being asked for it by name. At the first send of a site that has not been
// written for since 2014 the newest edition is one that nobody means to get today.
const forgotten = 31 * 24 * time.Hour

// tooOld tells that an edition is too old to be begun by itself.
func (a *app) tooOld(s *series, p digest.Period) error {
	ago := a.clock().Sub(p.End)
	if s.asked != "" || ago <= forgotten || s.standing(p.Name) != nil {
		return nil
	}
	return fmt.Errorf("the newest %s with articles, %s, ended %s ago (--period %s sends it all the same)",
		string(s.kind()), p.Name, plural(int(ago/(24*time.Hour)), "day"), p.Name)
}

// notEnded warns of an edition that goes out before its period is over.
func (a *app) notEnded(s *series, p digest.Period) {
	if !p.End.After(a.clock()) {
		return
	}
	fate := "is in no digest"
	if s.LateDays > 0 {
		fate = "comes into the next digest, as late"
	}
	a.warn("%s ends on %s; what is published in it after this run %s", p.Name, p.End.Add(-time.Second).Format("2 January 2006"), fate)
}

func (a *app) deliver(ctx context.Context, db *store.DB, p *press, issue *digest.Issue, part delivery.Part, ordered order, dryRun bool) error {
	o, err := a.deliveryOptions(ctx, db, p)
	if err != nil {
		return err
	}
	o.Part = part
	var s delivery.Summary
	if dryRun {
		s, err = delivery.DryRun(ctx, db, issue, o)
	} else {
		// The articles are no longer needed; a million messages need little memory.
		defer debug.SetGCPercent(debug.SetGCPercent(40))
		debug.FreeOSMemory()
		bar := a.newBar("sending", true)
		pace := new(delivery.Pace)
		o.Progress = func(outcome delivery.Outcome) {
			bar.tell(outcome.Done, outcome.Total)
			pace.Tell(outcome, o.Now())
		}
		o.Frozen = func(ctx context.Context) error {
			return errors.Join(publishIssues(ctx, db, p), delivery.Note(ctx, db, a.sendEntry(p, issue, ordered)), a.sentNow(ctx, db, issue.Digest, issue.Period, ordered.by))
		}
		s, err = delivery.Send(ctx, db, issue, o)
		bar.end()
		err = errors.Join(err, a.ended(ctx, p.config, db, issue, ordered.by, s, pace))
	}
	if s.Edition != "" {
		if err := a.tellSent(s, dryRun, a.timeRow()); err != nil {
			return err
		}
	}
	if err == nil && !dryRun && !s.Done() {
		return &exitError{code: unsentCode(s)}
	}
	return err
}

// sentNow ends the appointment of an edition that is sent before it, if it has one.
func (a *app) sentNow(ctx context.Context, db *store.DB, digest, period, by string) error {
	err := delivery.EndAppointment(ctx, db, a.entry(digest, period, by, delivery.DidUnschedule, "", "it is sent now"))
	if errors.Is(err, delivery.ErrNoAppointment) {
		return nil
	}
	return err
}

// sendEntry is what the log says of a run of digest send.
func (a *app) sendEntry(p *press, issue *digest.Issue, o order) delivery.Entry {
	if p.standing(issue.Period) != nil {
		return a.entry(issue.Digest, issue.Period, o.by, delivery.DidContinue, "", "")
	}
	return a.entry(issue.Digest, issue.Period, o.by, delivery.DidSend, p.hash(issue), inSpite(o.override))
}

func (a *app) deliveryOptions(ctx context.Context, db *store.DB, p *press) (delivery.Options, error) {
	c := p.config
	relays, err := relays(c)
	if err != nil {
		return delivery.Options{}, err
	}
	after, err := delivery.ParseAfterCrash(p.Uncertain)
	if err != nil {
		return delivery.Options{}, fmt.Errorf("digest.uncertain: %w", err)
	}
	keys, err := signers(c)
	if err != nil {
		return delivery.Options{}, err
	}
	a.tellDKIM(c, p.from.Address, keys)
	back, err := a.newReturns(ctx, db)
	if err != nil {
		return delivery.Options{}, err
	}
	return delivery.Options{
		Sender: p.sender(), Tokens: back.tokens, AfterCrash: after, DKIM: keys,
		EnvelopeFrom: envelopeSender(c, back.keys), Refused: back.recipientRefused(a.running(c)),
		Relays: relays, Tries: c.SMTP.Tries, Jitter: jitter.Float64,
		Domains: domainLimits(c), Window: c.window,
		Waiting: func(w delivery.Wait) { a.note("%s", tellWait(w)) },
		Worker:  os.Getpid() % 1000,
		Now:     a.running(c),
	}, nil
}

// running gives the clock in the site's zone. One that --now has set runs on:
// sending waits for times to come.
func (a *app) running(c *Config) func() time.Time {
	return func() time.Time {
		now := a.clock()
		if a.flags.now != "" {
			now = now.Add(time.Since(a.started))
		}
		return now.In(c.zone)
	}
}
