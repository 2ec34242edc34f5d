package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// keeper sends what was scheduled, when its time comes, as long as it runs. Of the
// keepers of all machines one at a time does so.
type keeper struct {
	app    *app
	config func() *Config // that counts now, or nil
	making sync.Locker    // is held while an edition is made

	// frozen is told an edition that is to be sent now, and by whose word.
	frozen func(e *delivery.Edition, by string)
	failed func(error)

	tried map[delivery.Key]time.Time // by the real clock
}

// again is after how long an edition that could not go out is looked at again.
const again = 10 * time.Second

// run looks every second, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	told := ""
	for {
		if err := k.once(ctx); err != nil && ctx.Err() == nil && err.Error() != told {
			told = err.Error()
			k.failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-k.app.after(time.Second):
		}
	}
}

// once freezes what is due. Its error joins what went wrong with each.
func (k *keeper) once(ctx context.Context) error {
	c := k.config()
	if c == nil {
		return nil
	}
	var all []delivery.Appointment
	err := readDatabase(ctx, c, func(db *store.DB) (err error) {
		all, err = delivery.Appointments(ctx, db, c.zone)
		return err
	})
	if err != nil {
		return err
	}
	now := k.app.running(c)()
	var problems []error
	for _, a := range all {
		key := delivery.Key{Digest: a.Digest, Period: a.Period}
		if a.At.After(now) || time.Since(k.tried[key]) < again {
			continue
		}
		if k.tried == nil {
			k.tried = map[delivery.Key]time.Time{}
		}
		k.tried[key] = time.Now()
		if err := k.keep(ctx, c, key, now); err != nil {
			problems = append(problems, fmt.Errorf("%s, scheduled for %s: %w", key, spelled(a.At), err))
		}
	}
	return errors.Join(problems...)
}

// keep keeps one appointment, unless somebody else does at this moment.
func (k *keeper) keep(ctx context.Context, c *Config, key delivery.Key, now time.Time) error {
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	release, err := db.Lock("appointments", "sends "+key.String())
	if _, held := errors.AsType[*store.LockedError](err); held {
		delete(k.tried, key)
		return nil
	}
	if err != nil {
		return err
	}
	a, err := delivery.AppointmentOf(ctx, db, key.Digest, key.Period, c.zone)
	if err == nil && a != nil && !a.At.After(now) {
		err = k.due(ctx, c, db, *a, now)
	}
	return errors.Join(err, release())
}

func (k *keeper) due(ctx context.Context, c *Config, db *store.DB, a delivery.Appointment, now time.Time) error {
	d, err := c.digestSettings(a.Digest)
	if err != nil {
		return errors.Join(err, delivery.DelayAppointment(ctx, db, a, "there is no such digest any more"))
	}
	if late := max(time.Duration(d.CatchUp)*time.Hour, time.Hour); now.Sub(a.At) > late {
		e := k.app.entry(a.Digest, a.Period, a.By, delivery.DidMiss, a.Hash, "was scheduled for "+spelled(a.At)+because(a.Trouble))
		return errors.Join(fmt.Errorf("it is given up, being later than digest.catch_up (newsdesk digest send --digest %s --period %s sends it)", a.Digest, a.Period),
			delivery.EndAppointment(ctx, db, e))
	}
	e, err := k.freeze(ctx, c, db, a)
	if err != nil {
		if ctx.Err() == nil && err.Error() != a.Trouble {
			err = errors.Join(err, delivery.DelayAppointment(ctx, db, a, err.Error()))
		}
		return err
	}
	if e != nil {
		k.frozen(e, a.By)
	}
	return nil
}

// freeze makes the edition and ends the appointment. One that somebody has frozen
// meanwhile, or that was frozen when a keeper died, is not made again: the edition
// is then nil.
func (k *keeper) freeze(ctx context.Context, c *Config, db *store.DB, a delivery.Appointment) (*delivery.Edition, error) {
	k.making.Lock()
	defer k.making.Unlock()
	w := asked{a.Digest, a.Period}
	s, err := k.app.series(ctx, c, w)
	if err != nil {
		return nil, err
	}
	done := k.app.entry(a.Digest, a.Period, a.By, delivery.DidSend, a.Hash, "as scheduled for "+spelled(a.At))
	if s.standing(a.Period) != nil {
		done.Detail += ": it was frozen already"
		return nil, delivery.EndAppointment(ctx, db, done)
	}
	out, err := k.app.prepare(ctx, c, order{asked: w, by: a.By, override: a.Override, hash: a.Hash, standing: &a})
	if err != nil {
		return nil, err
	}
	e, err := k.app.freeze(ctx, db, out)
	if err != nil {
		return nil, err
	}
	done.Hash = out.hash
	return e, delivery.EndAppointment(ctx, db, done)
}

func because(trouble string) string {
	if trouble == "" {
		return ""
	}
	return ": " + trouble
}
