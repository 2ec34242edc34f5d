package work

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Chore is something that is done again and again: letters that wait are sent, mails
// that came back are read. Any worker that has the chore does it, and one at a time.
//
// A chore's job says only that there is something to do, and what that is stands in
// tables of its own. So nothing is lost with a job, and it costs the same, whether
// one letter waits or a thousand.
type Chore struct {
	Name string // lower-case letters
	Here bool   // it is about this machine's files: each machine does it for itself

	// Due reports whether there is something to do. It is asked once a second, and
	// reads only. If it is nil the chore is done once in Every.
	Due   func(ctx context.Context) (bool, error)
	Every time.Duration

	// Do does it, and ends within a minute or so even if there is more. An error is
	// told, and has it tried again after a minute, later after longer.
	Do func(ctx context.Context) error

	next time.Time // of Every
}

// choreArgs are the job that does a chore.
type choreArgs struct {
	Name    string `json:"name"`
	Machine string `json:"machine,omitempty"`
}

// Kind is River's name of the job.
func (choreArgs) Kind() string { return "chore" }

type choreWorker struct {
	river.WorkerDefaults[choreArgs]
	w *Worker
}

// Work does the chore.
func (c *choreWorker) Work(ctx context.Context, job *river.Job[choreArgs]) error {
	i := slices.IndexFunc(c.w.Chores, func(chore Chore) bool { return chore.Name == job.Args.Name })
	if i < 0 {
		return nil // it stands in a queue of this one's, so it does not happen
	}
	err := c.w.Chores[i].Do(ctx)
	c.w.tell(ctx, err)
	return err
}

// queue is where a chore's jobs are.
func (w *Worker) queue(c *Chore) string {
	if !c.Here {
		return c.Name
	}
	h := fnv.New32a()
	h.Write([]byte(w.Machine))
	return fmt.Sprintf("%s-%08x", c.Name, h.Sum32())
}

// ask makes the jobs of the chores that are due and have none.
func (w *Worker) ask(ctx context.Context) error {
	for i := range w.Chores {
		c := &w.Chores[i]
		due, err := w.due(ctx, c)
		if err == nil && due {
			err = w.request(ctx, c, c.Every)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// due reports whether a chore is due by its question or by the time, which is that
// of the machine: River counts by it, too.
func (w *Worker) due(ctx context.Context, c *Chore) (bool, error) {
	if c.Due != nil {
		return c.Due(ctx)
	}
	now := time.Now()
	if now.Before(c.next) && now.Add(c.Every).After(c.next) { // else the clock was put back
		return false, nil
	}
	c.next = now.Truncate(c.Every).Add(c.Every)
	return true, nil
}

// askOnce makes the jobs of all chores that have something to do now, whenever they
// were done last.
func (w *Worker) askOnce(ctx context.Context) error {
	for i := range w.Chores {
		c := &w.Chores[i]
		due := true
		var err error
		if c.Due != nil {
			due, err = c.Due(ctx)
		}
		if err == nil && due {
			err = w.request(ctx, c, 0)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// request makes the job of a chore, unless there is one: in this period, if it is not
// 0, also one that was done.
func (w *Worker) request(ctx context.Context, c *Chore, period time.Duration) error {
	queue := w.queue(c)
	jobs, err := w.list(ctx, []string{queue}, open...)
	if err != nil || len(jobs) > 0 {
		return err
	}
	args := choreArgs{Name: c.Name}
	if c.Here {
		args.Machine = w.Machine
	}
	unique := river.UniqueOpts{ByArgs: true, ByState: open}
	if period > 0 {
		unique.ByPeriod, unique.ByState = period, append(slices.Clone(open), rivertype.JobStateCompleted)
	}
	_, err = w.client.Insert(ctx, args, &river.InsertOpts{Queue: queue, MaxAttempts: maxTries, UniqueOpts: unique})
	return err
}
