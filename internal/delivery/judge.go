package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// judge gives the outcome of a message, or nil if it was not tried: then it goes
// back into the queue. It also tells the relay how it did.
func (e *engine) judge(r *relay, it *item, err error) *outcome {
	row := it.row
	failure, ok := errors.AsType[*mail.Error](err)
	switch {
	case err == nil:
		e.relayAccepted(r)
		return e.outcome(row, Accepted, 250, "")
	case errors.Is(err, errGone):
		return e.outcome(row, Skipped, 0, errGone.Error())
	case !ok: // the dot was not sent, because the intent could not be written
		return e.outcome(row, Pending, 0, "")
	case failure.Uncertain:
		return e.outcome(row, Uncertain, 0, failure.Reply())
	case notTried(failure):
		if it.intent != nil {
			return e.outcome(row, Pending, 0, "")
		}
		e.putBack(r, row)
		return nil
	}
	e.relaySaid(r, row, failure)
	switch {
	case aboutUs(failure):
		return e.later(row, failure)
	case failure.Temporary && row.tries+1 < e.Tries:
		return e.later(row, failure)
	case failure.Temporary:
		return e.failed(row, failure.Code, fmt.Sprintf("gave up after %d tries: %s", row.tries+1, failure.Reply()))
	}
	o := e.failed(row, failure.Code, failure.Reply())
	if failure.Phase == mail.PhaseRcpt {
		o.refusal = failure
	}
	return o
}

// notTried reports whether a failure has nothing to do with the message: there
// was no connection, the one before it broke, or we were told to stop.
func notTried(f *mail.Error) bool {
	switch f.Phase {
	case mail.PhaseConnect, mail.PhaseTLS, mail.PhaseAuth:
		return true
	case mail.PhaseMail:
		return f.Lost && f.Code == 0
	}
	return f.Code == 0 && (errors.Is(f, context.Canceled) || errors.Is(f, context.DeadlineExceeded))
}

// aboutUs reports whether a final refusal is about the sender or the login, and
// so would meet every other recipient too.
func aboutUs(f *mail.Error) bool {
	return !f.Temporary && (f.Phase == mail.PhaseMail || f.Code == 530 || f.Code == 535)
}

func (e *engine) outcome(row *row, s State, code int, reason string) *outcome {
	d := Delivery{Address: row.address, State: s, Tries: row.tries, Code: code, Reason: reason}
	if s == Deferred || s == Failed || s == Uncertain {
		d.Tries++
	}
	return &outcome{row: row, Delivery: d}
}

func (e *engine) failed(row *row, code int, reason string) *outcome {
	return e.outcome(row, Failed, code, reason)
}

// later gives a deferred outcome: the first try is repeated after Backoff, each
// further one after twice the time, and never on one second with all others.
func (e *engine) later(row *row, f *mail.Error) *outcome {
	o := e.outcome(row, Deferred, f.Code, f.Reply())
	wait := min(maxBackoff, e.Backoff<<min(row.tries, 20))
	if e.Jitter != nil {
		wait += time.Duration(float64(wait) * (e.Jitter() - 0.5) / 2)
	}
	o.due = max(1, e.Now().Add(wait).Unix())
	return o
}

// maxBackoff is how long a deferred delivery waits at most.
const maxBackoff = time.Hour
