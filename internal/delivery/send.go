package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

// AfterCrash says what becomes of a delivery of which nobody knows whether the
// server has it.
type AfterCrash int

// Resend sends the same bytes with the same Message-ID again in the next run:
// nobody gets none, and one subscriber a crash may get two. Hold leaves it
// uncertain: nobody gets two, and one subscriber a crash may get none; a later
// run with Resend still sends it.
//
// The design wants Hold by default, for newsletters with many connections and
// an operator who looks at what is uncertain. Until there are tools for that,
// a held delivery would be a lost one, so the default is Resend.
const (
	Resend AfterCrash = iota
	Hold
)

// ParseAfterCrash reads "resend", "hold" or "" for the default.
func ParseAfterCrash(s string) (AfterCrash, error) {
	switch s {
	case "", "resend":
		return Resend, nil
	case "hold":
		return Hold, nil
	}
	return 0, fmt.Errorf("%q: want resend or hold", s)
}

// Options say how an edition is sent.
type Options struct {
	Sender     Sender
	SMTP       mail.Config
	DKIM       []*mail.Signer // each signs every message; they are not frozen, keys being secret and changed at times
	Tokens     *audience.Tokens
	AfterCrash AfterCrash

	Now func() time.Time // in the site's zone

	// Tries is how often a run tries one recipient whom the server refuses for
	// now; 0 is 3. Backoff is the time between the first two tries, doubled
	// after each; 0 is 15 s. Longer greylisting is left to the next run.
	Tries   int
	Backoff time.Duration
	Sleep   func(context.Context, time.Duration) error // nil: really waits

	// Frozen, if not nil, is called when the edition is frozen, before the first
	// message goes out. Its error ends the run.
	Frozen func(context.Context) error

	// Progress, if not nil, is told every outcome, of which there can be
	// several for one recipient.
	Progress func(Outcome)
}

// Outcome is what became of one try.
type Outcome struct {
	Delivery
	Done, Total int // rows that are not pending any more, and all
}

// Send freezes the edition, unless it is, and sends it to everybody of its
// audience who does not have it yet. It returns when every delivery was tried,
// or with an error when going on makes no sense: the server is not there,
// refuses the login or the sender, or ctx has ended. What was not sent is then
// still pending. The summary is right in every case in which there is one; its
// Edition is "" if there is none.
func Send(ctx context.Context, db *store.DB, issue *digest.Issue, o Options) (Summary, error) {
	if err := o.Sender.check(); err != nil {
		return Summary{}, err
	}
	release, err := db.Lock("send", "edition "+editionName(issue)+" since "+o.Now().Format(time.RFC3339))
	if held, ok := errors.AsType[*store.LockedError](err); ok {
		return Summary{}, fmt.Errorf("another newsdesk is sending %s: wait until it is done", held.Note)
	}
	if err != nil {
		return Summary{}, err
	}
	defer release()
	e, changed, err := Freeze(ctx, db, issue, o.Sender, o.Now())
	if err != nil {
		return Summary{}, err
	}
	r, err := newRun(db, e, o)
	if err != nil {
		return Summary{}, err
	}
	r.summary.Changed = changed
	if err := r.ledger.recover(ctx); err != nil {
		return Summary{}, err
	}
	if o.Frozen != nil {
		if err := o.Frozen(ctx); err != nil {
			return Summary{}, err
		}
	}
	err = r.passes(ctx)
	return r.finish(ctx, err)
}

// DryRun tells what Send would do, without the network and without a change in
// the ledger: Pending is who would get the edition. Every message is composed,
// so Problems has those that can't be.
func DryRun(ctx context.Context, db *store.DB, issue *digest.Issue, o Options) (Summary, error) {
	if err := o.Sender.check(); err != nil {
		return Summary{}, err
	}
	e, changed, sent, err := find(ctx, db, issue, o.Sender)
	if err != nil {
		return Summary{}, err
	}
	frozen := e != nil && sent
	if !frozen { // Freeze would freeze now
		e = &Edition{Issue: issue, Sender: o.Sender, Date: o.Now()}
	}
	r, err := newRun(db, e, o)
	if err != nil {
		return Summary{}, err
	}
	if !frozen {
		return rehearseAudience(ctx, db, r)
	}
	r.summary.Changed = changed
	return rehearseLedger(ctx, r)
}

func rehearseAudience(ctx context.Context, db *store.DB, r *run) (Summary, error) {
	for s, err := range audience.List(ctx, db, audience.Filter{Digest: r.edition.Issue.Digest}) {
		if err != nil {
			return Summary{}, err
		}
		if s.Receives(r.edition.Date) {
			r.rehearse(&row{subscriber: s.ID, address: s.Address, name: s.Name})
			r.summary.Pending++
		}
	}
	r.summary.Audience = r.summary.Pending
	if r.summary.Audience == 0 {
		return r.summary, ErrNoSubscribers
	}
	return r.summary, nil
}

func rehearseLedger(ctx context.Context, r *run) (Summary, error) {
	count, err := r.ledger.count(ctx)
	if err != nil {
		return Summary{}, err
	}
	if r.AfterCrash == Resend {
		count.pending, count.uncertain = count.pending+count.uncertain, 0
	}
	r.summary.fill(count)
	for id := int64(0); ; {
		row, err := r.ledger.next(ctx, id, r.AfterCrash == Resend)
		if row == nil || err != nil {
			return r.summary, err
		}
		if !row.subscribed {
			r.summary.Pending--
			r.summary.Skipped++
		} else {
			r.rehearse(row)
		}
		id = row.id
	}
}
