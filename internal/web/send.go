package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
)

// Sending is what the desk asks of whoever sends editions. Its errors are shown to
// the editor.
type Sending interface {
	// Plan counts who would get an edition now, and tells how long it would take.
	Plan(ctx context.Context, digest string, e *digest.Edition) (*Plan, error)
	// Progress tells how a frozen edition stands; nil if it is not frozen.
	Progress(ctx context.Context, k delivery.Key) (*Progress, error)
	// Underway tells that of all that are being sent, by whatever process, or were
	// by this one.
	Underway(ctx context.Context) ([]*Progress, error)
	// Newest gives numbers that grow when any process has frozen an edition, and
	// when one has done something with one: scheduled it, sent it, stopped it.
	Newest(ctx context.Context) (frozen, line int64, err error)
	// Appointment gives that of an edition, or nil.
	Appointment(ctx context.Context, k delivery.Key) (*delivery.Appointment, error)
	// Log gives the newest lines about an edition, the oldest first.
	Log(ctx context.Context, k delivery.Key) ([]delivery.Entry, error)
	// Note adds a line, whose time it sets.
	Note(ctx context.Context, e delivery.Entry) error

	// Send makes the edition anew, checks that it is what the order names,
	// freezes it and begins to send it; it does not wait for the end.
	Send(ctx context.Context, o Order) error
	// Schedule does the checks of Send and has it sent at a time: "2021-10-04T07:00".
	Schedule(ctx context.Context, o Order, at string) error
	// Steer does one of continue, pause, resume, cancel, retry-failed,
	// retry-uncertain and unschedule.
	Steer(ctx context.Context, k delivery.Key, do, by string) error
}

// Order says which edition is to be sent: as its hash is, by whom, and why in spite
// of errors.
type Order struct {
	delivery.Key
	Hash, By, Override string
}

// Plan is who would get an edition, and how fast.
type Plan struct {
	States    []StateCount // of all subscribers, whatever they chose
	Segments  []SegmentCount
	PerSecond float64 // messages, 0 if nobody knows
	Measured  bool    // with the edition before; else it is what the relays are limited to
	Approval  bool    // is required
	Zone      *time.Location
}

// StateCount counts the subscribers of a state.
type StateCount struct {
	State string
	Count int
}

// SegmentCount counts those who chose the same.
type SegmentCount struct {
	Topics   []string
	Language string
	Count    int
	Nothing  bool // the edition has nothing for them: they are skipped
}

// Progress is how a frozen edition stands at a moment.
type Progress struct {
	delivery.Key
	delivery.Status
	At      time.Time
	Here    bool   // this desk sends it
	By      string // who began here
	Trouble string // why it stopped or waits
}

// phase is what can be done with an edition: it is "before", "scheduled", "sending",
// "stopped", "paused", "done" or "cancelled".
func (p *Progress) phase() string {
	switch p.State {
	case delivery.EditionPaused, delivery.EditionCancelled, delivery.EditionDone:
		return string(p.State)
	}
	if p.Here || p.Workers > 0 {
		return "sending"
	}
	return "stopped"
}

// phaseWords say what became of an edition that was frozen.
var phaseWords = map[string]string{
	"sending": "being sent", "stopped": "partly sent", "paused": "paused", "done": "sent", "cancelled": "cancelled",
}

// actionWords say what somebody did, where the log has what was asked for.
var actionWords = map[string]string{
	delivery.DidApprove: "approved", delivery.DidDisapprove: "withdrew the approval", delivery.DidTest: "sent a test:",
	delivery.DidSchedule: "scheduled", delivery.DidUnschedule: "withdrew the schedule", delivery.DidMiss: "missed",
	delivery.DidSend: "began to send", delivery.DidContinue: "continued", delivery.DidPause: "paused", delivery.DidResume: "resumed",
	delivery.DidCancel: "cancelled", delivery.DidRetry: "retried", delivery.DidEnd: "ended",
}

// sendView is the panel as the page shows it.
type sendView struct {
	Phase, Tag     string
	Sent           string // of one that is frozen: "being sent", "sent"
	Subject, Hash  string
	Editor         string
	Errors         int
	Blocked        string // why it can't be sent now, for all the rest
	Trouble        string // why the numbers are not known
	Plan           *planView
	Appointment    *appointmentView
	Live           *liveView
	Acts           []sendAct
	Report         string
	Log            []logLine
	Zone, Earliest string // of a schedule
	CanTest        bool
}

type appointmentView struct{ When, Value, By, Trouble string }

type logLine struct{ When, By, Action, Detail, Hash string }

// sendAct is a button.
type sendAct struct {
	Do, Words string
	Strong    bool
}

// newSend gives the panel, nil where nothing can be sent.
func (p *Preview) newSend(r *http.Request, v *shown, editor string) *sendView {
	whole := p.whole(v)
	s := v.now.desk.Sending
	if s == nil || whole.proof == nil || whole.proof.Issue == nil {
		return nil
	}
	d := &sendView{Phase: "before", Subject: whole.proof.Issue.Subject, Hash: whole.proof.Hash, Editor: editor, Errors: whole.proof.mailView(v.now.desk.Own).Errors, CanTest: v.now.desk.Post != nil}
	if err := d.fill(r.Context(), p, whole, s); err != nil {
		d.Trouble = err.Error()
	}
	return d
}

func (d *sendView) fill(ctx context.Context, p *Preview, v *shown, s Sending) error {
	key := delivery.Key{Digest: v.digest, Period: v.period}
	log, err := s.Log(ctx, key)
	if err != nil {
		return err
	}
	zone := v.proof.Edition.Period.Start.Location()
	for _, e := range slices.Backward(log) {
		d.Log = append(d.Log, logLine{e.Time.In(zone).Format("2 Jan, 15:04"), e.By, cmp.Or(actionWords[e.Action], e.Action), e.Detail, e.Hash})
	}
	progress, err := s.Progress(ctx, key)
	if err != nil {
		return err
	}
	if progress == nil {
		return d.fillBefore(ctx, p, v, s)
	}
	d.Phase = progress.phase()
	d.Sent = phaseWords[d.Phase]
	d.Live = p.meters.live(progress)
	d.Tag, d.Acts = d.Live.Tag, acts(progress)
	if progress.Accepted > 0 {
		d.Report = "/numbers/" + v.digest + "/" + v.period
	}
	return nil
}

// fillBefore is fill for an edition that is not frozen.
func (d *sendView) fillBefore(ctx context.Context, p *Preview, v *shown, s Sending) error {
	plan, err := s.Plan(ctx, v.digest, v.proof.Edition)
	if err != nil {
		return err
	}
	d.Plan = newPlanView(plan, v.now.desk.topicNames())
	approved := v.file.Choices.Approved != nil && v.file.Choices.Approved.Hash == v.proof.Hash
	switch {
	case plan.Approval && !approved:
		d.Blocked = "It must be approved as it is now before it can be sent."
	case d.Plan.Gets == 0:
		d.Blocked = d.Plan.nobody()
	}
	const value = "2006-01-02T15:04" // of the field
	zone := v.proof.Edition.Period.Start.Location()
	d.Zone, d.Earliest = zone.String(), p.time().In(zone).Format(value)
	a, err := s.Appointment(ctx, delivery.Key{Digest: v.digest, Period: v.period})
	if a == nil {
		return err
	}
	d.Phase, d.Tag = "scheduled", "Scheduled"
	at := a.At.In(zone)
	d.Appointment = &appointmentView{at.Format("Monday, 2 January 2006 at 15:04 MST"), at.Format(value), a.By, a.Trouble}
	if a.Trouble == "" && a.Hash != v.proof.Hash && !approved {
		d.Appointment.Trouble = "The edition has changed since. Approve it as it is now, or it does not go out."
	}
	return err
}

// acts are the buttons of a frozen edition.
func acts(p *Progress) []sendAct {
	var all []sendAct
	switch p.phase() {
	case "sending":
		all = []sendAct{{"pause", "Pause", true}}
		if !p.Here {
			all = append(all, sendAct{"continue", "Send from here, too", false})
		}
		all = append(all, sendAct{"cancel", "Cancel…", false})
	case "stopped":
		all = []sendAct{{"continue", "Continue", true}, {"pause", "Pause", false}, {"cancel", "Cancel…", false}}
	case "paused":
		all = []sendAct{{"resume", "Resume", true}, {"cancel", "Cancel…", false}}
	}
	if p.State == delivery.EditionCancelled {
		return all
	}
	if p.Failed > 0 {
		all = append(all, sendAct{"retry-failed", "Retry " + grouped(p.Failed) + " failed", false})
	}
	if p.Uncertain > 0 {
		all = append(all, sendAct{"retry-uncertain", "Retry " + grouped(p.Uncertain) + " uncertain…", false})
	}
	return all
}

// orderer names who sends: who has logged in, or what the form says.
func (p *Preview) orderer(r *http.Request) string {
	by, _ := p.options.Access.editor(r)
	return cmp.Or(by, oneLine(r.PostForm.Get("by")))
}

// askView is what a dialog asks for beside the facts.
type askView struct {
	Do, Editor string
	Errors     int
}

// Ask gives it, for the template.
func (d *sendView) Ask(do string) askView { return askView{do, d.Editor, d.Errors} }
