package work

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// inherit takes over what the process left that had this number before, and tries at
// once what has failed.
func (w *Worker) inherit(ctx context.Context) error {
	if _, err := w.db.ExecContext(ctx, `DELETE FROM river_job WHERE queue = $1`, w.name); err != nil {
		return err
	}
	jobs, err := w.list(ctx, w.shared(), rivertype.JobStateRunning, rivertype.JobStateRetryable)
	for _, j := range jobs {
		if err != nil {
			break
		}
		if j.State == rivertype.JobStateRetryable {
			_, err = w.client.JobRetry(ctx, j.ID)
		} else if w.has(j) {
			err = w.adopt(ctx, j)
		}
	}
	return err
}

// lookAround is how often a worker looks whose worker has died.
const lookAround = 15 * time.Second

// bury lets any worker do the jobs of dead ones, whose number is free. A machine that
// lost its power is dead when PostgreSQL knows, about a minute later.
func (w *Worker) bury(ctx context.Context) error {
	if now := w.Now(); w.looked.IsZero() || now.Sub(w.looked).Abs() >= lookAround {
		w.looked = now
	} else {
		return nil
	}
	jobs, err := w.list(ctx, w.shared(), rivertype.JobStateRunning)
	for _, j := range jobs {
		if err != nil {
			break
		}
		if !w.has(j) && w.dead(j) {
			err = w.adopt(ctx, j)
		}
	}
	return errors.Join(err, w.hasten(ctx))
}

// hasten has tried again now what stands to be tried later than ever is meant: the clock
// was put back since. It is the machine's, by which River counts.
func (w *Worker) hasten(ctx context.Context) error {
	jobs, err := w.list(ctx, append(w.shared(), w.name), rivertype.JobStateRetryable)
	for _, j := range jobs {
		if err == nil && time.Until(j.ScheduledAt) > 2*longestWait {
			_, err = w.client.JobRetry(ctx, j.ID)
		}
	}
	return err
}

// dead reports whether the worker of a job has died. In doubt it lives.
func (w *Worker) dead(j *rivertype.JobRow) bool {
	if len(j.AttemptedBy) == 0 {
		return false
	}
	release, err := w.db.Lock(j.AttemptedBy[len(j.AttemptedBy)-1], "newsdesk work")
	return err == nil && release() == nil
}

// adopt makes a job available that a dead worker was at, unless somebody else has it
// meanwhile.
func (w *Worker) adopt(ctx context.Context, j *rivertype.JobRow) error {
	_, err := w.db.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE id = $1 AND state = 'running' AND attempt = $2`, j.ID, j.Attempt)
	return err
}

func (w *Worker) list(ctx context.Context, queues []string, states ...rivertype.JobState) ([]*rivertype.JobRow, error) {
	found, err := w.client.JobList(ctx, river.NewJobListParams().Queues(queues...).States(states...).First(1000))
	if err != nil {
		return nil, err
	}
	return found.Jobs, nil
}

// has reports whether a job is run by this worker, or was by one of its number.
func (w *Worker) has(j *rivertype.JobRow) bool {
	return len(j.AttemptedBy) > 0 && j.AttemptedBy[len(j.AttemptedBy)-1] == w.name
}
