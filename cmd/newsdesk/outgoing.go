package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// order says which edition is to be sent, and on whose word.
type order struct {
	asked
	by       string
	override string                // why in spite of errors, or ""
	hash     string                // of what whoever sends it has seen; "": whatever it is
	standing *delivery.Appointment // if it was scheduled
}

// byFlag gives a command the flag that names who does it, for the log.
func byFlag(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "by", "", "`NAME` of who does this, for newsdesk digest log")
}

// byCommand is who did it when nobody gave a name.
const byCommand = "command"

// outgoing is an edition that was made to be sent.
type outgoing struct {
	press   *press
	edition *digest.Edition
	issue   *digest.Issue
	report  corpus.Report
	hash    string // as an approval has it
}

// refusal is why an edition is not sent: it is for its editors to put right.
type refusal string

func (r refusal) Error() string { return string(r) }

// prepare makes the edition that an order is for and looks whether it may go out. Of
// one that was frozen the error is a refusal.
func (a *app) prepare(ctx context.Context, c *Config, o order) (*outgoing, error) {
	s, err := a.series(ctx, c, o.asked)
	if err != nil {
		return nil, err
	}
	if s.from == nil {
		return nil, errNoSender
	}
	out := &outgoing{}
	if out.press, out.edition, out.issue, out.report, err = a.makeIssue(ctx, s); err != nil {
		return nil, err
	}
	name := s.edition(out.edition.Period)
	if frozen := out.press.standing(out.issue.Period); frozen != nil {
		return nil, refusal(fmt.Sprintf("%s was frozen on %s and is %s", name, frozen.Frozen.Format("2 January at 15:04"), frozen.State()))
	}
	out.hash = out.press.hash(out.issue)
	return out, errors.Join(o.unseen(out, name), out.press.unapproved(out.issue), a.checkBefore(out.press, out.issue, o.override))
}

// unseen is why what would be sent is not what the order is for, or nil. What was
// scheduled goes out if it was approved as it is now.
func (o order) unseen(out *outgoing, name string) error {
	if o.hash == "" || o.hash == out.hash {
		return nil
	}
	if o.standing == nil {
		return refusal(name + " has changed since you looked at it: look again, then send it")
	}
	options, err := out.press.options(out.edition.Period)
	if err != nil {
		return err
	}
	if approved := options.Choices.Approved; approved != nil && approved.Hash == out.hash {
		return nil
	}
	return refusal(fmt.Sprintf("%s has changed since %s scheduled it (look at it, and approve or schedule it again)", name, o.by))
}

// freeze freezes what was prepared, after its pictures were published.
func (a *app) freeze(ctx context.Context, db *store.DB, out *outgoing) (*delivery.Edition, error) {
	if err := a.publishPictures(ctx, out.press, out.press.pictures.of(out.edition), false); err != nil {
		return nil, err
	}
	e, _, err := delivery.Freeze(ctx, db, out.issue, a.part(ctx, out.press, out.edition, false), out.press.sender(), a.running(out.press.config)())
	return e, err
}

// restOptions are those for what is left of a frozen edition. making is held while
// something is made.
func (a *app) restOptions(ctx context.Context, c *Config, db *store.DB, e *delivery.Edition, making sync.Locker) (delivery.Options, error) {
	making.Lock()
	defer making.Unlock()
	s, err := a.series(ctx, c, asked{digest: e.Issue.Digest})
	if err != nil {
		return delivery.Options{}, err
	}
	press, err := a.newPress(s)
	if err != nil {
		return delivery.Options{}, err
	}
	o, err := a.deliveryOptions(ctx, db, press)
	o.Frozen = func(ctx context.Context) error {
		making.Lock()
		defer making.Unlock()
		return publishIssues(ctx, db, press)
	}
	return o, err
}

// sendRest sends what is left of a frozen edition, and logs what came of it.
func (a *app) sendRest(ctx context.Context, c *Config, db *store.DB, e *delivery.Edition, by string, o delivery.Options) (delivery.Summary, error) {
	pace := new(delivery.Pace)
	o.Progress = func(outcome delivery.Outcome) { pace.Tell(outcome, o.Now()) }
	s, err := delivery.Continue(ctx, db, e, o)
	return s, errors.Join(err, a.ended(ctx, c, db, e.Issue, by, s, pace))
}

// entry is a line of the log about an edition, at this moment.
func (a *app) entry(digest, period, by, action, hash, detail string) delivery.Entry {
	return delivery.Entry{Time: a.clock(), Digest: digest, Period: period, By: cmp.Or(by, byCommand), Action: action, Hash: hash, Detail: detail}
}

// inSpite is what the log says of an override.
func inSpite(override string) string {
	if override == "" {
		return ""
	}
	return "in spite of errors: " + override
}

// noteApproval logs what is in the edition's file, too. Where there is no database
// yet, as with editors who only use Git, it is not made for that.
func (a *app) noteApproval(ctx context.Context, c *Config, e delivery.Entry) error {
	return readDatabase(ctx, c, func(*store.DB) error {
		return useDatabase(ctx, c, func(db *store.DB) error { return delivery.Note(ctx, db, e) })
	})
}

// ended logs what came of a run that sent something, and how fast it was.
func (a *app) ended(ctx context.Context, c *Config, db *store.DB, issue *digest.Issue, by string, s delivery.Summary, pace *delivery.Pace) error {
	if s.Edition != "" && s.Pending == 0 {
		a.keepNumbers(ctx, c, db, s.Edition)
	}
	if s.Accepted == 0 {
		return nil
	}
	detail := counted(count{s.Accepted, "sent"}, count{s.Failed, "failed"}, count{s.Uncertain, "uncertain"}, count{s.Skipped, "skipped"}, count{s.Pending, "pending"})
	ctx = context.WithoutCancel(ctx)
	return errors.Join(pace.Keep(ctx, db, issue.Digest, issue.Period),
		delivery.Note(ctx, db, a.entry(issue.Digest, issue.Period, by, delivery.DidEnd, "", detail)))
}
