package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// outcome is what became of a row.
type outcome struct {
	*row
	Delivery
	due     int64       // for Deferred
	relay   int64       // number of the one that answered, or 0
	refusal *mail.Error // of the recipient, for good; or nil
}

// op is what a connection wants to be written: the outcome of one message and
// the intent to end the next, either of which may be nil.
type op struct {
	outcome *outcome
	intent  *row
	done    chan error // gets the answer to the intent
}

var errGone = errors.New("unsubscribed or paused after the edition was frozen")

// committer writes what all connections want in as few transactions as there
// can be: while one is being made durable, the wishes of the others gather for
// the next. So sixteen connections pay for one flush of the disk together.
type committer struct {
	*ledger
	tell   func(*outcome) // after it is durable, one after the other
	expect func() int     // how many connections may want something soon
	broke  func(error)    // it can't be written, and nothing may be sent any more
	sleep  func(context.Context, time.Duration) error
	at     func(string)  // for tests, which end the process there
	took   time.Duration // by a commit, on average; run alone has it

	mu     sync.Mutex
	queue  []*op
	closed bool
	wake   chan struct{}
}

func newCommitter(l *ledger) *committer {
	own := *l // whose prepared statements are the committer's alone
	return &committer{ledger: &own, expect: func() int { return 1 }, tell: func(*outcome) {}, broke: func(error) {}, sleep: sleep, at: func(string) {}, wake: make(chan struct{}, 1)}
}

// put asks for o to be written. It does not wait.
func (c *committer) put(o *op) {
	c.mu.Lock()
	c.queue = append(c.queue, o)
	c.mu.Unlock()
	c.nudge()
}

func (c *committer) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// close ends run when everything is written.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.nudge()
}

func (c *committer) take() (batch []*op, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch, c.queue = c.queue, nil
	return batch, c.closed
}

// run writes until close. Its error says that outcomes could not be written: the
// rows stay in the state sending, and will be uncertain.
func (c *committer) run(ctx context.Context) error {
	var failed error
	for {
		batch, closed := c.take()
		if len(batch) == 0 {
			if closed {
				for _, s := range c.prepared {
					failed = errors.Join(failed, s.Close())
				}
				return failed
			}
			<-c.wake
			continue
		}
		if !closed {
			batch = c.gather(batch)
		}
		begun := time.Now()
		if err := c.write(ctx, batch); err != nil {
			failed = err
		}
		c.took += (time.Since(begun) - c.took) / 8
	}
}

// maxGather is how long the committer waits for the other connections at most.
const maxGather = 400 * time.Microsecond

// gather waits a moment for what the other connections want, who save a commit by
// it: a quarter of what one takes, which is much on one disk and little on another. The
// server has their messages to read meanwhile.
func (c *committer) gather(batch []*op) []*op {
	want := c.expect()
	if len(batch) >= want {
		return batch
	}
	timer := time.NewTimer(min(c.took/4, maxGather))
	defer timer.Stop()
	for len(batch) < want {
		select {
		case <-c.wake:
			more, _ := c.take()
			batch = append(batch, more...)
		case <-timer.C:
			return batch
		}
	}
	return batch
}

// commitTries is how often a transaction is tried that fails: a database server
// may restart, a disk be full for a moment. The waits between add up to 13 s.
const commitTries = 8

func (c *committer) write(ctx context.Context, batch []*op) (err error) {
	var answers map[*row]error
	for try := range commitTries {
		c.at("commit")
		if answers, err = c.commit(ctx, batch); err == nil || try+1 == commitTries {
			break
		}
		if c.sleep(context.WithoutCancel(ctx), 100*time.Millisecond<<try) != nil {
			break
		}
	}
	if err != nil {
		err = fmt.Errorf("the ledger can't be written: %w", err)
		c.broke(err)
	}
	c.at("committed")
	for _, o := range batch { // first who waits
		if o.outcome != nil && err == nil {
			o.outcome.row.state = o.outcome.Delivery.State
		}
		if o.intent == nil {
			continue
		}
		answer := errors.Join(err, answers[o.intent])
		if answer == nil {
			o.intent.state = Sending
		}
		o.done <- answer
	}
	for _, o := range batch {
		if o.outcome != nil && err == nil {
			c.tell(o.outcome)
		}
	}
	return err
}

// commit writes a batch in one transaction. It can be repeated: a transaction
// that failed may have been committed nevertheless.
func (c *committer) commit(ctx context.Context, batch []*op) (answers map[*row]error, err error) {
	var outcomes []*outcome
	var intents []*row
	settled := map[*row]bool{}
	for _, o := range batch {
		if o.outcome != nil {
			outcomes = append(outcomes, o.outcome)
			settled[o.outcome.row] = true
		}
	}
	for _, o := range batch {
		if o.intent != nil && !settled[o.intent] {
			intents = append(intents, o.intent)
		}
	}
	if err := c.prepare(context.WithoutCancel(ctx), len(outcomes), len(intents)); err != nil {
		return nil, err
	}
	err = c.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := c.settle(ctx, tx, outcomes); err != nil {
			return err
		}
		answers, err = c.intend(ctx, tx, intents)
		return err
	})
	return answers, err
}

// prepare compiles the statements of a batch if they are not yet: on SQLite that
// takes longer than to run them, and it must be done before the transaction has
// the only connection. pgx does it by itself.
func (c *committer) prepare(ctx context.Context, outcomes, intents int) error {
	if c.db.IsPostgres() {
		return nil
	}
	var need []string
	if outcomes > 0 {
		need = append(need, settleStatement(outcomes), tallyStatement)
	}
	if intents > 0 {
		need = append(need, intendStatement(intents))
	}
	for _, query := range need {
		if c.prepared[query] != nil {
			continue
		}
		s, err := c.db.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		if c.prepared == nil {
			c.prepared = map[string]*sql.Stmt{}
		}
		c.prepared[query] = s
	}
	return nil
}
