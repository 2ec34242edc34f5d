package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

// Options say how letters are sent.
type Options struct {
	SMTP mail.Config
	From string // envelope sender

	// Compose makes the message of a letter. ErrPointless means that nobody needs
	// it any more. After another error it is tried again later: somebody is
	// mending a template.
	Compose func(context.Context, Letter) ([]byte, error)

	Now func() time.Time
	Log *slog.Logger // letters that are given up
}

// ErrPointless says that what a letter is about is over.
var ErrPointless = errors.New("what this letter is about is over")

// Sender sends the letters of an outbox.
type Sender struct {
	db      store.Transactor
	options Options
}

// NewSender gives a Sender.
func NewSender(db store.Transactor, o Options) *Sender { return &Sender{db, o} }

// How long letters take at most.
const (
	tryTime  = time.Minute        // a try; within it the server has to say yes
	lease    = batch * tryTime    // during which nobody else tries a letter that was taken
	giveUp   = 3 * 24 * time.Hour // after which a letter is not tried any more
	longWait = 10 * time.Minute   // between two tries, if the fault is not the recipient's
	enough   = time.Minute        // of Work: there may be another who is to go on
	firstTry = 30 * time.Second   // until the second try, then doubled
	maxRetry = 4 * time.Hour      // between two tries
	maxTries = 16                 // that firstTry is doubled at most
)

// Due reports whether a letter is due.
func (s *Sender) Due(ctx context.Context) (bool, error) {
	return store.Value(ctx, s.db, func(ctx context.Context, tx *sql.Tx) (bool, error) {
		first, ok, err := nextDue(ctx, tx)
		return ok && !first.After(s.options.Now()), err
	})
}

// Work sends the letters that are due, for about a minute. It fails if the mail
// server or the database does; each letter then waits for its next time.
func (s *Sender) Work(ctx context.Context) error {
	for begun := s.options.Now(); ctx.Err() == nil && s.options.Now().Sub(begun).Abs() < enough; {
		if n, err := s.round(ctx); n == 0 || err != nil {
			return err
		}
	}
	return nil
}

// Forget forgets letters of which nobody has to know any more that they were sent.
func (s *Sender) Forget(ctx context.Context) error {
	return s.db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error { return purge(ctx, tx, s.options.Now()) })
}

// round sends the letters that are due, over one connection. It fails if the
// server or the database does.
func (s *Sender) round(ctx context.Context) (n int, err error) {
	letters, err := store.Value(ctx, s.db, func(ctx context.Context, tx *sql.Tx) ([]Letter, error) {
		return take(ctx, tx, s.options.Now(), lease)
	})
	if err != nil || len(letters) == 0 {
		return 0, err
	}
	outcomes, err := s.sendAll(ctx, letters)
	return len(letters), errors.Join(err, s.settle(ctx, letters, outcomes))
}

// sendAll sends letters over one connection and tells what became of each. It fails
// if the server is not to be had.
func (s *Sender) sendAll(ctx context.Context, letters []Letter) (outcomes []outcome, err error) {
	var session *mail.Session
	for _, l := range letters {
		message, err := s.options.Compose(ctx, l)
		if err == nil && session == nil {
			if session, err = mail.Dial(ctx, s.options.SMTP); err != nil {
				for _, l := range letters[len(outcomes):] { // they did not get to it
					outcomes = append(outcomes, s.judge(ctx, l, err))
				}
				return outcomes, err
			}
		}
		if err == nil {
			err = s.send(ctx, session, l, message)
		}
		if e, ok := errors.AsType[*mail.Error](err); ok && e.Lost {
			session = nil
		}
		outcomes = append(outcomes, s.judge(ctx, l, err))
	}
	if session != nil {
		session.Close() // each letter has its reply
	}
	return outcomes, nil
}

func (s *Sender) send(ctx context.Context, session *mail.Session, l Letter, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	return session.Send(ctx, s.options.From, l.Address, message, nil)
}

// settle writes down what became of letters, even if ctx has ended.
func (s *Sender) settle(ctx context.Context, letters []Letter, outcomes []outcome) error {
	for i, o := range outcomes {
		if o.state == "failed" {
			s.options.Log.Warn("a letter is given up", "kind", letters[i].Kind, "id", letters[i].ID, "reason", nameless(o.reason))
		}
	}
	err := s.db.Do(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) error {
		for i, o := range outcomes {
			if err := settle(ctx, tx, letters[i], o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("what became of %d letters could not be written down: %w", len(outcomes), err)
	}
	return nil
}

// address is what may be one in a server's words.
var address = regexp.MustCompile(`[^\s<>()\[\]"',;:=]+@[^\s<>()\[\]"',;:=]+`)

// nameless gives a server's words without addresses, which it repeats: a log is no
// place for them.
func nameless(said string) string { return address.ReplaceAllString(said, "[address]") }

func (s *Sender) judge(ctx context.Context, l Letter, err error) outcome {
	now := s.options.Now()
	if err == nil {
		return outcome{state: "sent"}
	}
	if errors.Is(err, ErrPointless) {
		return outcome{state: "dropped", reason: err.Error()}
	}
	e, ok := errors.AsType[*mail.Error](err)
	reason := err.Error()
	if ok {
		reason = e.Reply()
	}
	// Only what the server says of the recipient or the message is final; what it
	// says of us somebody will mend.
	if ok && !e.Temporary && (e.Phase == mail.PhaseRcpt || e.Phase == mail.PhaseData || e.Phase == mail.PhaseDot) || now.Sub(l.Created) > giveUp {
		return outcome{state: "failed", reason: reason}
	}
	if ctx.Err() != nil { // we were stopped; it is not the letter's fault
		return outcome{state: "queued", reason: reason, due: now}
	}
	longest := maxRetry
	if !ok || e.Code == 0 || e.Phase != mail.PhaseRcpt && e.Phase != mail.PhaseData && e.Phase != mail.PhaseDot {
		longest = longWait // the fault is not the recipient's, and over when it is mended
	}
	return outcome{state: "queued", reason: reason, due: now.Add(min(firstTry<<min(l.Tries, maxTries), longest))}
}
