package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
)

// sender is the dispatch as the page of one load sees it. It is a web.Sending.
type sender struct {
	*dispatch
	config *Config
}

// Plan counts who would get an edition now.
func (s *sender) Plan(ctx context.Context, name string, e *digest.Edition) (*web.Plan, error) {
	d, err := s.config.digestSettings(name)
	if err != nil {
		return nil, err
	}
	p := &web.Plan{Approval: d.Approval == approvalRequired, Zone: s.config.zone}
	err = readDatabase(ctx, s.config, func(db *store.DB) error {
		counts, err := audience.CountStates(ctx, db)
		if err != nil {
			return err
		}
		for _, state := range audience.States {
			p.States = append(p.States, web.StateCount{State: string(state), Count: counts[state]})
		}
		segments, err := audience.Segments(ctx, db, name, s.app.clock())
		for _, g := range segments {
			nothing := e.Select(digest.Selection{Topics: g.Topics, Language: g.Language}).Empty()
			p.Segments = append(p.Segments, web.SegmentCount{Topics: g.Topics, Language: g.Language, Count: g.Size, Nothing: nothing})
		}
		if err != nil {
			return err
		}
		p.PerSecond, err = delivery.PaceOf(ctx, db, name)
		return err
	})
	slices.SortStableFunc(p.Segments, func(a, b web.SegmentCount) int { return cmp.Compare(b.Count, a.Count) })
	p.Measured = p.PerSecond > 0
	if most := s.config.mostPerSecond(); most > 0 && (p.PerSecond == 0 || most < p.PerSecond) {
		p.PerSecond, p.Measured = most, false
	}
	return p, err
}

// mostPerSecond is what the relays are limited to, 0 if one is not.
func (c *Config) mostPerSecond() float64 {
	sum := 0.0
	for _, r := range c.servers() {
		if r.Rate <= 0 {
			return 0
		}
		sum += r.Rate
	}
	return sum
}

// Progress tells how a frozen edition stands.
func (s *sender) Progress(ctx context.Context, k delivery.Key) (p *web.Progress, err error) {
	err = readDatabase(ctx, s.config, func(db *store.DB) (err error) {
		if ok, err := db.Has(ctx, "edition_log"); err != nil || !ok {
			return err // of an older newsdesk, until something is written
		}
		p, err = s.progress(ctx, db, k)
		return err
	})
	return p, err
}

func (s *sender) progress(ctx context.Context, db *store.DB, k delivery.Key) (*web.Progress, error) {
	now := s.app.running(s.config)
	c, err := delivery.Find(ctx, db, k.Digest, k.Period, now)
	if errors.Is(err, delivery.ErrNotFrozen) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &web.Progress{Key: k, At: now()}
	if p.Status, err = c.Status(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if run := s.runs[k]; run != nil {
		p.Here, p.By = run.running, run.by
		if run.err != nil && p.Pending > 0 {
			p.Trouble = "Sending stopped: " + run.err.Error()
		}
	}
	s.mu.Unlock()
	if p.Pending > 0 && p.Trouble == "" {
		broken, err := delivery.BrokenRelays(ctx, db, p.At)
		for _, r := range broken {
			p.Trouble += fmt.Sprintf("%s is tried again at %s: %s\n", r.Name, r.Until.In(s.config.zone).Format("15:04:05"), r.Reason)
		}
		return p, err
	}
	return p, nil
}

// Underway tells of all that are being sent, or were by this process.
func (s *sender) Underway(ctx context.Context) (all []*web.Progress, err error) {
	err = readDatabase(ctx, s.config, func(db *store.DB) error {
		keys, err := delivery.Underway(ctx, db)
		if err != nil {
			return err
		}
		s.mu.Lock()
		for k := range s.runs {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		s.mu.Unlock()
		for _, k := range keys {
			p, err := s.progress(ctx, db, k)
			if err != nil {
				return err
			}
			if p != nil {
				all = append(all, p)
			}
		}
		return nil
	})
	return all, err
}

// Newest tells whether anything has happened.
func (s *sender) Newest(ctx context.Context) (frozen, line int64, err error) {
	err = readDatabase(ctx, s.config, func(db *store.DB) (err error) {
		frozen, line, err = delivery.Newest(ctx, db)
		return err
	})
	return frozen, line, err
}

// Appointment gives that of an edition, or nil.
func (s *sender) Appointment(ctx context.Context, k delivery.Key) (a *delivery.Appointment, err error) {
	err = readDatabase(ctx, s.config, func(db *store.DB) (err error) {
		a, err = delivery.AppointmentOf(ctx, db, k.Digest, k.Period, s.config.zone)
		return err
	})
	return a, err
}

// logShown is how many lines the page shows.
const logShown = 20

// Log gives the newest lines about an edition.
func (s *sender) Log(ctx context.Context, k delivery.Key) (all []delivery.Entry, err error) {
	err = readDatabase(ctx, s.config, func(db *store.DB) (err error) {
		all, err = delivery.Log(ctx, db, k.Digest, k.Period, logShown)
		return err
	})
	return all, err
}

// Note adds a line to the log.
func (s *sender) Note(ctx context.Context, e delivery.Entry) error {
	e.Time = s.app.clock()
	return s.app.noteApproval(ctx, s.config, e)
}

// Send freezes an edition and begins to send it.
func (s *sender) Send(ctx context.Context, o web.Order) error {
	return s.begin(ctx, order{asked: asked{o.Digest, o.Period}, by: o.By, override: o.Override, hash: o.Hash})
}

// Schedule has an edition sent later.
func (s *sender) Schedule(ctx context.Context, o web.Order, text string) error {
	at, err := parseAppointment(text, s.app.clock().In(s.config.zone))
	if err != nil {
		return err
	}
	s.making.Lock()
	defer s.making.Unlock()
	_, err = s.app.prepare(ctx, s.config, order{asked: asked{o.Digest, o.Period}, override: o.Override, hash: o.Hash})
	if err != nil {
		return err
	}
	return s.write(ctx, func(db *store.DB) error {
		return delivery.Appoint(ctx, db, delivery.Appointment{Digest: o.Digest, Period: o.Period, At: at, By: o.By, Hash: o.Hash, Override: o.Override}, s.app.clock())
	})
}

func (s *sender) write(ctx context.Context, change func(*store.DB) error) error {
	db, err := store.Open(ctx, s.config.Database.URL)
	if err != nil {
		return err
	}
	return errors.Join(change(db), db.Close())
}

// Steer does what the page's buttons say.
func (s *sender) Steer(ctx context.Context, k delivery.Key, do, by string) error {
	by = cmp.Or(by, "desk")
	return s.write(ctx, func(db *store.DB) error {
		if do == "unschedule" {
			return delivery.EndAppointment(ctx, db, s.app.entry(k.Digest, k.Period, by, delivery.DidUnschedule, "", ""))
		}
		c, err := delivery.Find(ctx, db, k.Digest, k.Period, s.app.running(s.config))
		if err != nil {
			return err
		}
		action, detail := do, ""
		switch do {
		case "pause":
			err = c.Pause(ctx)
		case "resume":
			err = c.Resume(ctx)
		case "cancel":
			err = c.Cancel(ctx)
		case "retry-failed", "retry-uncertain":
			which := map[string]delivery.State{"retry-failed": delivery.Failed, "retry-uncertain": delivery.Uncertain}[do]
			var n int
			n, err = c.Retry(ctx, which)
			action, detail = delivery.DidRetry, number(n)+" "+string(which)
		}
		if err != nil {
			return err
		}
		err = delivery.Note(ctx, db, s.app.entry(k.Digest, k.Period, by, action, "", detail))
		if do == "pause" || do == "cancel" {
			return err
		}
		return errors.Join(err, s.goOn(ctx, db, k, by))
	})
}

// goOn sends what is left of an edition from here, if it is to be sent.
func (s *sender) goOn(ctx context.Context, db *store.DB, k delivery.Key, by string) error {
	all, err := delivery.Unfinished(ctx, db)
	for _, e := range all {
		if e.Name() == k.String() {
			s.start(s.config, e, by)
		}
	}
	return err
}

var _ web.Sending = (*sender)(nil)
