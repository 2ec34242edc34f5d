package delivery

import (
	"context"
	"database/sql"
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

// Hold leaves it uncertain: nobody gets two, and one subscriber a connection and
// crash may get none, whom Retry sends it. Resend sends the same bytes with the
// same Message-ID again in the next run: nobody gets none, and one subscriber a
// connection and crash may get two.
const (
	Hold AfterCrash = iota
	Resend
)

// ParseAfterCrash reads "resend", "hold" or "" for the default.
func ParseAfterCrash(s string) (AfterCrash, error) {
	switch s {
	case "", "hold":
		return Hold, nil
	case "resend":
		return Resend, nil
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

	// Part, if not nil, renders what subscribers get who chose topics or a
	// language; nil: everybody gets the whole issue.
	Part Part

	Now func() time.Time // in the site's zone

	// EnvelopeFrom, if not nil, gives the envelope sender of a message, by which a
	// mail that comes back tells whose it was (VERP); nil: all come to Sender.From.
	EnvelopeFrom func(edition, subscriber int64) string

	// Refused, if not nil, is told in the transaction of the outcome when a server
	// has refused a recipient at RCPT TO for good, perhaps more than once.
	Refused Refused

	// Relays are the servers; none is one with SMTP and so many Connections.
	Relays      []Relay
	Connections int // 0 is 4

	Domains []Domain // limits of recipients' domains
	Window  *Window  // when messages may go out; nil is always

	// Tries is after how many refusals for now a recipient is given up; 0 is 12.
	// Backoff is the time between the first two tries, doubled after each, up to
	// an hour; 0 is 15 s, which makes the 12 tries about five hours. Jitter gives numbers
	// in [0, 1) that shift each time by a quarter at most; nil shifts none.
	Tries   int
	Backoff time.Duration
	Jitter  func() float64

	// Patience is how long Send waits for the next delivery to be due, when
	// nothing else is left; 0 is a minute. With Stay it waits as long as it takes,
	// for deliveries and for relays.
	Patience time.Duration
	Stay     bool

	// Waiting, if not nil, is told when the run waits for a time at which it may go
	// on.
	Waiting func(Wait)

	Sleep func(context.Context, time.Duration) error // nil: really waits

	Worker int // the number of this worker, or the next free one

	// Frozen, if not nil, is called when the edition is frozen, before the first
	// message goes out. Its error ends the run.
	Frozen func(context.Context) error

	// Progress, if not nil, is told every outcome, of which there can be
	// several for one recipient, one after the other.
	Progress func(Outcome)

	at    func(point string) // for tests, which kill the process there
	lease time.Duration      // for tests; 0 is leaseTime
}

// Refused takes a refusal: code and enhanced code as the server gave them, "" if it
// gave none, and its text.
type Refused func(ctx context.Context, tx *sql.Tx, edition, subscriber int64, address string, code int, enhanced, text string) error

// Outcome is what became of one try.
type Outcome struct {
	Delivery
	Done, Total int // rows that are not pending any more, and all
}

// Send freezes the edition, unless it is, and sends it to everybody of its
// audience who does not have it yet. Any number of processes may do so at the
// same time; they share the work. It returns when every delivery has its outcome
// or is to be tried again later, or with an error when going on makes no sense: no
// server is there, they refuse the login or the sender, the database is gone for
// long, or ctx has ended. What was not sent is then still pending, and the next Send
// goes on with it. The summary is right in every case in which there is one; its
// Edition is "" if there is none.
func Send(ctx context.Context, db *store.DB, issue *digest.Issue, o Options) (Summary, error) {
	if err := o.Sender.check(); err != nil {
		return Summary{}, err
	}
	return persist(ctx, db, issue, o, func(worker int, accepted *int) (Summary, error) {
		e, changed, err := Freeze(ctx, db, issue, o.Part, o.Sender, o.Now())
		for err == nil {
			n, err := newEngine(db, e, worker, o)
			if err != nil {
				return Summary{}, err
			}
			s, err := n.send(ctx, changed, accepted)
			if err == nil || !e.Gone(ctx, db) {
				return s, err
			}
			// What took its place is sent, and not frozen anew in its turn.
			if e, changed, _, err = find(ctx, db, issue, o.Sender); e == nil {
				return Summary{}, errors.Join(fmt.Errorf("%s is gone from the database", editionName(issue)), err)
			}
		}
		return Summary{}, err
	})
}

// Continue does what Send does for an edition that was frozen, of Unfinished,
// without the articles that it was made of. The sender is the frozen one.
func Continue(ctx context.Context, db *store.DB, e *Edition, o Options) (Summary, error) {
	return persist(ctx, db, e.Issue, o, func(worker int, accepted *int) (Summary, error) {
		n, err := newEngine(db, e, worker, o)
		if err != nil {
			return Summary{}, err
		}
		return n.send(ctx, false, accepted)
	})
}

// persist runs f as a worker, and again as another one when the way to the database
// broke, which takes the locks and leases along: a server that is started anew, or
// that ends the session of a process that was stopped for a while, costs an edition
// some seconds. It gives up when several runs in a row get nothing done. Accepted adds
// up what the runs of f have sent.
func persist(ctx context.Context, db *store.DB, issue *digest.Issue, o Options, f func(worker int, accepted *int) (Summary, error)) (Summary, error) {
	rest := o.withDefaults().Sleep
	accepted, before := 0, 0
	for try := 0; ; try++ {
		s, err := asWorker(ctx, db, issue, o, func(worker int) (Summary, error) { return f(worker, &accepted) })
		if _, relay := errors.AsType[*mail.Error](err); relay || !store.Passing(err) || ctx.Err() != nil {
			return s, err
		}
		if accepted > before {
			try, before = 0, accepted
		}
		if try+1 == commitTries || rest(ctx, 100*time.Millisecond<<try) != nil {
			return s, fmt.Errorf("the database can't be reached; nothing is lost, and sending the edition again goes on: %w", err)
		}
	}
}

// asWorker runs f with the number of a worker, after what dead workers had of the
// issue's edition was taken from them.
func asWorker(ctx context.Context, db *store.DB, issue *digest.Issue, o Options, f func(worker int) (Summary, error)) (Summary, error) {
	worker, release, err := enlist(db, o.Worker, "edition "+editionName(issue)+" since "+o.Now().Format(time.RFC3339))
	if err != nil {
		return Summary{}, err
	}
	defer release()
	if !db.IsPostgres() {
		// A ledger is gone through in its order, which needs few of its pages at a time.
		if _, err := db.ExecContext(ctx, `PRAGMA cache_size = -8000`); err != nil { // KiB
			return Summary{}, err
		}
	}
	if err := takeBack(ctx, db, issue, worker, o.Now); err != nil {
		return Summary{}, err
	}
	return f(worker)
}

// takeBack takes from dead workers what they had of an edition.
func takeBack(ctx context.Context, db *store.DB, issue *digest.Issue, worker int, now func() time.Time) error {
	l := &ledger{db: db, worker: worker, now: now, leaseTime: leaseTime}
	err := db.QueryRowContext(ctx, l.bind(`SELECT id FROM edition WHERE digest = ? AND period = ?`), issue.Digest, issue.Period).Scan(&l.edition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = l.recoverOwn(ctx)
	}
	if err == nil {
		_, err = l.recover(ctx, true)
	}
	return err
}

// send runs the engine and sums up. Accepted is how many messages of this process were
// accepted before, and is counted on.
func (e *engine) send(ctx context.Context, changed bool, accepted *int) (Summary, error) {
	e.accepted = *accepted
	defer func() { *accepted = e.accepted }()
	s := Summary{Edition: e.edition.Name(), Subject: e.edition.Issue.Subject, Frozen: e.edition.Date, Changed: changed}
	state, err := e.ledger.state(ctx)
	if err != nil {
		return Summary{}, err
	}
	if e.Frozen != nil {
		if err := e.Frozen(ctx); err != nil {
			return Summary{}, err
		}
	}
	switch state {
	case EditionPaused:
		err = fmt.Errorf("%s is paused (newsdesk digest resume)", e.name())
	case EditionCancelled:
		err = fmt.Errorf("%s is cancelled", e.name())
	default:
		err = e.work(ctx)
	}
	return e.sum(context.WithoutCancel(ctx), s, err)
}

func (e *engine) work(ctx context.Context) error {
	if e.AfterCrash == Resend {
		if _, err := e.ledger.retry(ctx, Uncertain); err != nil {
			return err
		}
	}
	if c, err := e.ledger.count(ctx); err != nil || c.pending() == 0 {
		return err
	}
	if _, err := e.ledger.become(ctx, EditionSending); err != nil {
		return err
	}
	return e.run(ctx)
}

// sum fills the summary from the ledger, and not from memory, and closes the
// edition if it is done; err is why the work ended.
func (e *engine) sum(ctx context.Context, s Summary, err error) (Summary, error) {
	state, stateErr := e.ledger.state(ctx)
	if stateErr == nil && state == EditionCancelled {
		stateErr = e.ledger.sweep(ctx)
	}
	c, countErr := e.ledger.count(ctx)
	problems, listErr := e.ledger.problems(ctx)
	if stateErr != nil || countErr != nil || listErr != nil {
		return Summary{}, errors.Join(err, stateErr, countErr, listErr)
	}
	s.Accepted = e.accepted
	s.fill(c)
	s.Problems, s.Wait = problems, e.waits
	if c.pending() == 0 {
		err = errors.Join(err, e.ledger.close(ctx))
	}
	return s, err
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
	n, err := newEngine(db, e, 0, o)
	if err != nil {
		return Summary{}, err
	}
	r := &rehearsal{engine: n}
	r.summary = Summary{Edition: e.Name(), Subject: e.Issue.Subject, Frozen: e.Date}
	if !frozen {
		return r.audience(ctx, db)
	}
	r.summary.Changed = changed
	return r.ledgerRows(ctx)
}
