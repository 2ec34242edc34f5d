package delivery

import "slices"

// State is how far a delivery is. See the package's description.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"   // not sent
	Leased    State = "leased"    // a worker has it, and has sent nothing yet
	Sending   State = "sending"   // the dot was about to be sent
	Accepted  State = "accepted"  // the server has taken over
	Deferred  State = "deferred"  // the server said later
	Failed    State = "failed"    // the server said no for good, or later too often
	Uncertain State = "uncertain" // the connection or the worker broke between dot and reply
	Skipped   State = "skipped"   // not to be sent any more
)

// states is all of them.
var states = []State{Pending, Leased, Sending, Accepted, Deferred, Failed, Uncertain, Skipped}

// transition is a step that a delivery may take.
type transition struct {
	from, to State
	by       string // whose decision it is
}

// transitions is every step that there is from Pending, where all begin but those
// for whom the edition has nothing, who begin as Skipped; the ledger's statements take no
// other, and a test walks them all.
var transitions = []transition{
	{Pending, Leased, "claim"},
	{Deferred, Leased, "claim, when it is due"},

	{Leased, Sending, "intent"},

	{Leased, Failed, "outcome: refused at RCPT, or the message can't be composed"},
	{Leased, Deferred, "outcome: later, or the connection broke before the dot; or its domain gets no more for now"},
	{Leased, Pending, "outcome: it was not tried; or the worker died"},
	{Leased, Skipped, "outcome: unsubscribed since"},
	{Sending, Accepted, "outcome"},
	{Sending, Failed, "outcome"},
	{Sending, Deferred, "outcome: later, or broken before the dot, which is sent after the intent"},
	{Sending, Uncertain, "outcome: broken after the dot; or the worker died"},
	{Sending, Pending, "outcome: the dot was not sent"},
	{Sending, Skipped, "outcome: the dot was not sent, unsubscribed since"},

	// A worker that was taken for dead knows better, as long as nobody else
	// has the delivery.
	{Uncertain, Accepted, "late outcome"},
	{Uncertain, Failed, "late outcome"},
	{Uncertain, Deferred, "late outcome"},
	{Uncertain, Skipped, "late outcome"},
	{Uncertain, Pending, "late outcome; retry, or the policy resend"},

	{Failed, Pending, "retry"},
	{Pending, Skipped, "cancel"},
	{Deferred, Skipped, "cancel"},
}

// allowed reports whether the table has a step.
func allowed(from, to State) bool {
	return slices.ContainsFunc(transitions, func(t transition) bool { return t.from == from && t.to == to })
}

// EditionState is how far an edition is.
type EditionState string

// The states of a frozen edition. Paused and cancelled are an editor's wish that
// workers look for twice a second; cancelled is for good.
const (
	EditionFrozen    EditionState = "frozen"  // nothing was sent
	EditionSending   EditionState = "sending" // or was, and something is left
	EditionPaused    EditionState = "paused"
	EditionCancelled EditionState = "cancelled"
	EditionDone      EditionState = "done" // every delivery has its outcome, and they add up
)

// editionTransitions says from which states an edition comes into one.
var editionTransitions = map[EditionState][]EditionState{
	EditionFrozen:    {},
	EditionSending:   {EditionFrozen, EditionPaused, EditionDone}, // work begins; resume; retry, or a late outcome
	EditionPaused:    {EditionFrozen, EditionSending},
	EditionCancelled: {EditionFrozen, EditionSending, EditionPaused},
	EditionDone:      {EditionFrozen, EditionSending},
}
