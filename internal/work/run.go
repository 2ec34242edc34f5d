package work

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// ErrFailed says that jobs failed, which Options.Failed was told.
var ErrFailed = errors.New("a job failed")

// stopTime is how long ending may take: the message in hand is finished.
const stopTime = 10 * time.Minute

// ErrAnew says that the database was away, and with it, perhaps, the number of the
// worker: it is to be opened anew.
var ErrAnew = errors.New("the database was away")

// Keep runs a worker until ctx ends, and another one when the database was away. Open
// gives each a handle of its own. Only what keeps the first from beginning is an error.
func Keep(ctx context.Context, open func(context.Context) (*store.DB, error), o Options) error {
	for first := true; ; first = false {
		w, err := openWith(ctx, open, o)
		if err == nil {
			err = errors.Join(w.Run(ctx), w.Close(), w.db.Close())
		}
		switch {
		case errors.Is(err, ErrAnew) || err == nil:
		case first && ctx.Err() == nil:
			return err
		case ctx.Err() == nil:
			o.Failed(err)
		}
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrAnew) && nap(ctx, 5*time.Second) != nil {
			return nil
		}
	}
}

func openWith(ctx context.Context, open func(context.Context) (*store.DB, error), o Options) (*Worker, error) {
	db, err := open(ctx)
	if err != nil {
		return nil, err
	}
	w, err := Open(ctx, db, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return w, nil
}

// Run works until ctx ends, and then finishes the messages in hand. It ends before
// with ErrAnew; what else fails is told and tried again.
func (w *Worker) Run(ctx context.Context) error {
	return w.started(ctx, func() error {
		for {
			err := errors.Join(w.plan(ctx), w.share(ctx), w.ask(ctx), w.bury(ctx))
			if err == nil && w.lost && w.db.IsPostgres() {
				return ErrAnew
			}
			if err != nil && !w.lost {
				w.tell(ctx, err)
			}
			if w.lost = err != nil; w.rest(ctx) != nil {
				return nil
			}
		}
	})
}

// rest waits a second, and looks for chores meanwhile when it is woken, though not
// without a breath: a hundred sign-ups wake it a hundred times.
func (w *Worker) rest(ctx context.Context) error {
	const breath = 20 * time.Millisecond
	second, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	for napOr(second, time.Minute, w.Wake) == nil {
		if err := w.ask(second); err != nil && second.Err() == nil {
			return nil // which is found again
		}
		_ = nap(second, breath)
	}
	return ctx.Err()
}

// Once does what is due now. The error is ErrFailed if something failed; it is tried
// again by the next Once, or by Run.
func (w *Worker) Once(ctx context.Context) error {
	return w.started(ctx, func() error {
		steps := []func(context.Context) error{w.bury, w.plan, w.askOnce, w.await(editions), w.share, w.await(w.name)}
		for i := range w.Chores {
			steps = append(steps, w.await(w.queue(&w.Chores[i])))
		}
		for _, step := range steps {
			if err := step(ctx); err != nil {
				return err
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.failed > 0 {
			return ErrFailed
		}
		return nil
	})
}

// started runs f while jobs are done. They outlive ctx as long as they need for
// their end.
func (w *Worker) started(ctx context.Context, f func() error) error {
	if err := w.client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	err := f()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return errors.Join(err, w.client.StopAndCancel(stopping))
}

// await waits until a queue has nothing that this worker does or could do.
func (w *Worker) await(queue string) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			jobs, err := w.list(ctx, []string{queue}, rivertype.JobStateAvailable, rivertype.JobStateRunning)
			if err != nil {
				return err
			}
			left := 0
			for _, j := range jobs {
				if j.State == rivertype.JobStateAvailable || w.has(j) {
					left++
				}
			}
			if left == 0 {
				return nil
			}
			if err := nap(ctx, w.Poll); err != nil {
				return err
			}
		}
	}
}

// longest is how long a schedule is looked back: that of a monthly digest is known
// to have been missed.
const longest = 32 * 24 * time.Hour

// onTime is how late what is on time may be.
const onTime = time.Minute

// day is how far the clocks of machines may be apart: what was written down by one that
// was further ahead than that does not count, or nothing would be sent for as long.
const day = 24 * time.Hour

// plan makes the jobs of the editions that are due.
func (w *Worker) plan(ctx context.Context) error {
	now := w.Now()
	for i := range w.Series {
		s := &w.Series[i]
		if now.Before(s.next) && s.next.Sub(now) < 2*day { // else the clock was far ahead
			continue
		}
		if due, ok := s.Schedule.last(now, max(longest, s.CatchUp)); ok {
			if err := w.order(ctx, s, due, now); err != nil {
				return fmt.Errorf("the schedule of digest %s: %w", s.Digest, err)
			}
		}
		s.next = s.Schedule.next(now)
	}
	return nil
}

// order makes the job of the edition that was due, and writes down that this was done
// in the same transaction: whoever comes second, or later, makes none.
func (w *Worker) order(ctx context.Context, s *Series, due, now time.Time) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	name, stamp, wrong := "schedule "+s.Digest, text(due), text(now.Add(day))
	var last []byte
	err = tx.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&last)
	if string(last) >= stamp && string(last) < wrong || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value < excluded.value OR setting.value >= $3`, name, []byte(stamp), []byte(wrong))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	a := editionArgs{Digest: s.Digest, Period: s.Period(due), Due: due, Until: due.Add(max(s.CatchUp, time.Hour))}
	late := now.Sub(due) > max(s.CatchUp, onTime)
	if !late {
		if _, err := w.client.InsertTx(ctx, tx, a, nil); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if late && last != nil && string(last) < wrong { // the first time nobody has missed anything
		w.tell(ctx, fmt.Errorf("%s/%s was due on %s, longer ago than digest.catch_up, and is not sent (newsdesk digest send --digest %s --period %s)",
			a.Digest, a.Period, due.Format("2 January at 15:04"), a.Digest, a.Period))
	}
	return nil
}

// text is a time as it is written down, which sorts as it.
func text(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// share makes this worker's job for each edition that is being sent and has none. River
// would find that out, too, but by a write every second.
func (w *Worker) share(ctx context.Context) error {
	if !w.edits() {
		return nil
	}
	names, err := delivery.UnfinishedNames(ctx, w.db)
	if err != nil || len(names) == 0 {
		return err
	}
	jobs, err := w.list(ctx, []string{w.name}, open...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.ContainsFunc(jobs, func(j *rivertype.JobRow) bool { return isOf(j, name) }) {
			continue
		}
		if _, err := w.client.Insert(ctx, deliverArgs{Edition: name, Worker: w.name}, nil); err != nil {
			return err
		}
	}
	return nil
}

// isOf reports whether a job of a worker's queue is an edition's.
func isOf(j *rivertype.JobRow, edition string) bool {
	var a deliverArgs
	return json.Unmarshal(j.EncodedArgs, &a) == nil && a.Edition == edition
}
