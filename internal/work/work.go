package work

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// Options say what a worker does.
type Options struct {
	Now     func() time.Time // in the site's zone
	Series  []Series
	Chores  []Chore
	Machine string       // its name, for chores that are Here
	Log     *slog.Logger // River's errors, each message once in ten minutes

	// Freeze makes the edition of a digest's period, checks it and freezes it. An
	// error has it tried again, until the edition is older than its CatchUp.
	Freeze func(ctx context.Context, digest, period string) error

	// Deliver sends a frozen edition; several can run at the same time. It ends soon
	// when ctx does. A worker with neither Freeze nor Deliver does chores alone.
	Deliver func(ctx context.Context, e *delivery.Edition) error

	// Failed is told the errors of jobs, and of the database; one at a time.
	Failed func(error)

	// Wake, if not nil, says that a chore may have become due.
	Wake <-chan struct{}

	// Poll is how often River looks for jobs; 0 is a second.
	Poll time.Duration
}

// Series is a digest whose editions are made by a schedule.
type Series struct {
	Digest   string
	Schedule *Schedule
	CatchUp  time.Duration                     // how late an edition may be made
	Period   func(due time.Time) (name string) // whose edition it is

	next time.Time // there is nothing to do before
}

// Worker is a process that does background jobs.
type Worker struct {
	Options
	db     *store.DB
	client *river.Client[*sql.Tx]
	name   string // of the worker and its queue: "deliver-1"
	free   func() error

	looked time.Time // when it was seen last who of the others is dead
	lost   bool      // the database was not to be had

	mu     sync.Mutex
	failed int // errors that were told
}

// maxWorkers is more than anybody has.
const maxWorkers = 1000

// editions is the queue of the jobs that make editions, by whatever worker.
const editions = "editions"

// Open makes a worker on a database that it has for itself: no other handle is used
// by River, and this one by nobody else. Close it before the database.
func Open(ctx context.Context, db *store.DB, o Options) (*Worker, error) {
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	o.Log = tellSeldom(o.Log)
	w := &Worker{Options: o, db: db}
	var of riverdriver.Driver[*sql.Tx] = riversqlite.New(db.DB)
	if db.IsPostgres() {
		of = riverdatabasesql.New(db.DB)
	}
	if err := w.migrate(ctx, of); err != nil {
		return nil, fmt.Errorf("the tables of background jobs: %w", err)
	}
	if err := w.enlist(); err != nil {
		return nil, err
	}
	err := w.connect(of)
	if err == nil {
		err = w.inherit(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.free())
	}
	return w, nil
}

// Close gives the worker's number back. If PostgreSQL can't take it, the connection is
// broken, and the number went with it: two may have had one since then, and one job
// between them for an edition. That costs time, no more.
func (w *Worker) Close() error {
	if err := w.free(); err != nil && !w.db.IsPostgres() {
		return err
	}
	return nil
}

// migrate brings River's tables up to date; one process at a time.
func (w *Worker) migrate(ctx context.Context, of riverdriver.Driver[*sql.Tx]) error {
	var release func() error
	for try := 0; ; try++ {
		var err error
		release, err = w.db.Lock("river", "makes tables")
		if err == nil {
			break
		}
		if _, held := errors.AsType[*store.LockedError](err); !held || try == 300 {
			return err
		}
		if err := nap(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	m, err := rivermigrate.New(of, &rivermigrate.Config{Logger: w.Log})
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return errors.Join(err, release())
}

// enlist takes the first number that no living worker has.
func (w *Worker) enlist() (err error) {
	for i := range maxWorkers {
		w.name = "deliver-" + strconv.Itoa(i+1)
		w.free, err = w.db.Lock(w.name, "newsdesk work")
		if _, held := errors.AsType[*store.LockedError](err); !held {
			return err
		}
	}
	return fmt.Errorf("%d workers are at this database already", maxWorkers)
}

// atOnce is how many editions a worker sends at the same time.
const atOnce = 3

func (w *Worker) connect(of riverdriver.Driver[*sql.Tx]) (err error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &editionWorker{w: w})
	river.AddWorker(workers, &deliverWorker{w: w})
	river.AddWorker(workers, &choreWorker{w: w})
	w.client, err = river.NewClient(of, &river.Config{
		ID:                w.name,
		Queues:            w.queues(),
		Workers:           workers,
		Logger:            w.Log,
		PollOnly:          true,
		FetchPollInterval: w.Poll,
		FetchCooldown:     min(w.Poll, river.FetchCooldownDefault),
		JobTimeout:        makeTime,
		// Of a process that is stopped but not dead another takes the job.
		RescueStuckJobsAfter:        makeTime + time.Minute,
		CompletedJobRetentionPeriod: time.Hour, // there is one a second while letters go out
		RetryPolicy:                 patience{},
	})
	return err
}

// queues are those that this worker takes jobs from. Chores are made by workers that
// can do them, and taken by those at once; to look for others' is less urgent.
func (w *Worker) queues() map[string]river.QueueConfig {
	all := map[string]river.QueueConfig{}
	if w.edits() {
		all[editions] = river.QueueConfig{MaxWorkers: 1}
		all[w.name] = river.QueueConfig{MaxWorkers: atOnce}
	}
	for i := range w.Chores {
		all[w.queue(&w.Chores[i])] = river.QueueConfig{MaxWorkers: 1, FetchPollInterval: 5 * w.Poll}
	}
	return all
}

// shared gives the queues that others may take jobs from, too.
func (w *Worker) shared() (names []string) {
	for name := range w.queues() {
		if name != w.name {
			names = append(names, name)
		}
	}
	return names
}

// edits reports whether the worker makes and sends editions.
func (w *Worker) edits() bool { return w.Freeze != nil }

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

// tell tells an error that is not only that the program is to end.
func (w *Worker) tell(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed++
	w.Failed(err)
}

func nap(ctx context.Context, d time.Duration) error { return napOr(ctx, d, nil) }

// napOr is a nap that ends when wake has something.
func napOr(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	case <-wake:
	}
	return nil
}
