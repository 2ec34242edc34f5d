package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

// maxLosses is how many connections in a row may break, or how often in a row
// the server may not be reached again, before a run gives up.
const maxLosses = 3

// run is one call of Send or DryRun.
type run struct {
	Options
	edition *Edition
	ledger  ledger
	summary Summary

	composer *Composer
	message  []byte        // the last one, whose memory the next one takes
	session  *mail.Session // nil until it is needed, and after it was lost
	losses   int           // connections in a row that broke
	dialled  bool          // the server was there once
	done     int           // rows that this run need not send, or not any more
	total    int
}

func newRun(db *store.DB, e *Edition, o Options) (*run, error) {
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Backoff == 0 {
		o.Backoff = 15 * time.Second
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	composer, err := NewComposer(e.Issue, e.Sender, e.Date, o.DKIM)
	if err != nil {
		return nil, err
	}
	return &run{
		composer: composer,
		Options:  o,
		edition:  e,
		ledger:   ledger{db: db, edition: e.id, now: o.Now},
		summary:  Summary{Edition: e.Name(), Subject: e.Issue.Subject, Frozen: e.Date},
	}, nil
}

// passes goes through the pending rows until none is left that a moment's
// patience may help.
func (r *run) passes(ctx context.Context) error {
	count, err := r.ledger.count(ctx)
	if err != nil {
		return err
	}
	r.total = count.total()
	r.done = r.total - count.pending
	if r.AfterCrash == Resend {
		r.done -= count.uncertain
	}
	for try := range r.Tries {
		// What becomes uncertain in this run is left to the next one: one that
		// goes on with the same server would soon have sent many twice.
		resend := try == 0 && r.AfterCrash == Resend
		if err := r.pass(ctx, resend); err != nil || r.done == r.total || try+1 == r.Tries {
			return err
		}
		if err := r.pause(ctx, r.Backoff<<try); err != nil {
			return err
		}
	}
	return nil
}

// pause closes the connection, because servers hang up on those who are silent.
func (r *run) pause(ctx context.Context, d time.Duration) error {
	r.hangUp()
	return r.Sleep(ctx, d)
}

func (r *run) hangUp() {
	if r.session != nil {
		// Every message has its outcome; a connection that does not close well
		// changes none.
		_ = r.session.Close()
		r.session = nil
	}
}

func (r *run) pass(ctx context.Context, uncertain bool) error {
	for id := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := r.ledger.next(ctx, id, uncertain)
		if row == nil || err != nil {
			return err
		}
		if err := r.deliver(ctx, row); err != nil {
			return err
		}
		id = row.id
	}
}

// deliver tries one row. Its error ends the run.
func (r *run) deliver(ctx context.Context, row *row) error {
	if !row.subscribed {
		return r.settle(ctx, row, Skipped, 0, "unsubscribed or paused after the edition was frozen")
	}
	message, err := r.compose(row)
	if err != nil {
		return r.settle(ctx, row, Failed, 0, "the message can't be composed: "+err.Error())
	}
	if err := r.dial(ctx); err != nil {
		return err
	}
	err = r.session.Send(ctx, r.edition.Sender.From.Address, row.address, message, func() error {
		return r.ledger.intend(ctx, row)
	})
	if err == nil {
		r.losses = 0
		if err := r.settle(ctx, row, Accepted, 250, ""); err != nil {
			return err
		}
		r.summary.Accepted++
		return nil
	}
	e, ok := err.(*mail.Error)
	if !ok { // the intent could not be written, and the dot was not sent
		r.session = nil
		return err
	}
	return r.refused(ctx, row, e)
}

// refused settles a row whose message was not accepted, or not surely.
func (r *run) refused(ctx context.Context, row *row, e *mail.Error) error {
	if e.Lost {
		r.session = nil
		r.losses++
	} else {
		r.losses = 0
	}
	var err error
	switch {
	case e.Uncertain:
		err = r.settle(ctx, row, Uncertain, 0, e.Reply())
	case e.Code == 0 && ctx.Err() != nil:
		return ctx.Err() // the row was not to blame and stays as it is
	case aboutUs(e):
		return errors.Join(e, r.settle(ctx, row, Pending, e.Code, e.Reply()))
	case e.Temporary:
		err = r.settle(ctx, row, Pending, e.Code, e.Reply())
	default:
		err = r.settle(ctx, row, Failed, e.Code, e.Reply())
	}
	if err == nil && r.losses >= maxLosses {
		return fmt.Errorf("%d connections in a row broke: %w", r.losses, e)
	}
	return err
}

// aboutUs reports whether a final refusal is about the sender or the login, and
// so would meet every other recipient too.
func aboutUs(e *mail.Error) bool {
	return !e.Temporary && (e.Phase == mail.PhaseMail || e.Code == 530 || e.Code == 535)
}

// settle writes an outcome down and tells it.
func (r *run) settle(ctx context.Context, row *row, s State, code int, reason string) error {
	d := Delivery{Address: row.address, State: s, Tries: row.tries, Code: code, Reason: reason}
	if s != Accepted && s != Skipped {
		d.Tries++
	}
	if err := r.ledger.settle(ctx, row, d); err != nil {
		return fmt.Errorf("the outcome for %s, %s, could not be written down: %w", row.address, s, err)
	}
	if s != Pending {
		r.done++
	}
	if r.Progress != nil {
		r.Progress(Outcome{Delivery: d, Done: r.done, Total: r.total})
	}
	return nil
}

// compose gives a row's message, which stands until the next call.
func (r *run) compose(row *row) ([]byte, error) {
	var err error
	r.message, err = r.composer.Append(r.message[:0], NewRecipient(row.subscriber, row.name, row.address, r.Tokens))
	return r.message, err
}

// rehearse composes a row's message and keeps the error.
func (r *run) rehearse(row *row) {
	if _, err := r.compose(row); err != nil {
		r.summary.Problems = append(r.summary.Problems, Delivery{Address: row.address, State: Failed, Reason: err.Error()})
	}
}

// dial makes sure that there is a session. A server that was there once gets
// some time to come back.
func (r *run) dial(ctx context.Context) (err error) {
	if r.session != nil {
		return nil
	}
	for try := range maxLosses {
		if r.session, err = mail.Dial(ctx, r.SMTP); err == nil {
			r.dialled = true
			return nil
		}
		r.session = nil
		e, ok := err.(*mail.Error)
		if !ok || !e.Temporary || !r.dialled || ctx.Err() != nil || try+1 == maxLosses {
			return err
		}
		if err := r.Sleep(ctx, r.Backoff<<try); err != nil {
			return err
		}
	}
	return err
}

// finish hangs up and gives the summary, which is from the ledger and not from
// memory; err is why the run ended.
func (r *run) finish(ctx context.Context, err error) (Summary, error) {
	r.hangUp()
	ctx = context.WithoutCancel(ctx)
	count, countErr := r.ledger.count(ctx)
	problems, listErr := r.ledger.problems(ctx)
	if countErr != nil || listErr != nil {
		return Summary{}, errors.Join(err, countErr, listErr)
	}
	r.summary.fill(count)
	r.summary.Problems = problems
	return r.summary, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
