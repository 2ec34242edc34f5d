package work

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/medigy/newsdesk/internal/delivery"
)

// makeTime is enough to make an edition, pictures and all, and bounds how long one
// waits for a process that is stopped while it makes it. Delivering has sendTime,
// since it ends by itself: River would else take a job for stuck that is at work.
const (
	makeTime = 10 * time.Minute
	sendTime = 365 * 24 * time.Hour
)

// open are the states in which a second job of the same arguments is none. One that
// was completed is not in the way of a later one.
var open = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// maxTries are as many as never come: time ends the trying.
const maxTries = 10000

// editionArgs are the job that makes an edition. There is one for a digest's period.
type editionArgs struct {
	Digest string    `json:"digest" river:"unique"`
	Period string    `json:"period" river:"unique"`
	Due    time.Time `json:"due"`
	Until  time.Time `json:"until"` // when it is given up
}

// Kind is River's name of the job.
func (editionArgs) Kind() string { return "edition" }

// InsertOpts makes the job the only one of its kind and arguments.
func (editionArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: editions, MaxAttempts: maxTries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
}

type editionWorker struct {
	river.WorkerDefaults[editionArgs]
	w *Worker
}

// Work makes the edition, unless it has become too old meanwhile.
func (e *editionWorker) Work(ctx context.Context, job *river.Job[editionArgs]) error {
	a := job.Args
	err := e.w.Freeze(ctx, a.Digest, a.Period)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s/%s, due on %s: %w", a.Digest, a.Period, a.Due.In(e.w.Now().Location()).Format("2 January at 15:04"), err)
	if ctx.Err() == nil && e.w.Now().After(a.Until) {
		err = fmt.Errorf("%w; it is given up (newsdesk digest send --digest %s --period %s sends it)", err, a.Digest, a.Period)
		e.w.tell(ctx, err)
		return river.JobCancel(err)
	}
	e.w.tell(ctx, err)
	return err
}

// deliverArgs are the job that sends an edition from one worker, in its queue.
type deliverArgs struct {
	Edition string `json:"edition"`
	Worker  string `json:"worker"`
}

// Kind is River's name of the job.
func (deliverArgs) Kind() string { return "deliver" }

// InsertOpts makes the job the only one of its kind and arguments.
func (a deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: a.Worker, MaxAttempts: maxTries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
}

type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	w *Worker
}

// Timeout is that of sending.
func (*deliverWorker) Timeout(*river.Job[deliverArgs]) time.Duration { return sendTime }

// Work sends what is left of the edition.
func (d *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	name := job.Args.Edition
	e, err := d.w.unfinished(ctx, name)
	for e != nil {
		if err = d.w.Deliver(ctx, e); err == nil || !e.Gone(ctx, d.w.db) {
			break
		}
		e, err = d.w.unfinished(ctx, name)
	}
	d.w.tell(ctx, err)
	if err != nil && ctx.Err() == nil {
		// An editor may have stopped it; resumed, it is not to wait for the retry.
		if e, lookErr := d.w.unfinished(ctx, name); lookErr == nil && e == nil {
			err = nil
		}
	}
	return err
}

// unfinished gives an edition that is to be sent, or nil if it no longer is.
func (w *Worker) unfinished(ctx context.Context, name string) (*delivery.Edition, error) {
	all, err := delivery.Unfinished(ctx, w.db)
	for _, e := range all {
		if e.Name() == name {
			return e, nil
		}
	}
	return nil, err
}

// patience says when what failed is tried again: after 1, 2, 4, 8 minutes, and then
// every quarter of an hour. Sending begins with some seconds: it fails when the
// database was started anew.
type patience struct{}

// longestWait is between two tries at most.
const longestWait = 15 * time.Minute

// NextRetry gives the time of the next try.
func (patience) NextRetry(job *rivertype.JobRow) time.Time {
	wait := time.Minute
	if job.Kind == (deliverArgs{}).Kind() {
		wait = 5 * time.Second
	}
	for range min(len(job.Errors), 10) {
		wait *= 2
	}
	return time.Now().Add(min(wait, longestWait))
}
