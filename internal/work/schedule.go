package work

import (
	"errors"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is when something is to be done again and again, by the clock on the
// wall.
type Schedule struct{ spec *cron.SpecSchedule }

var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// ParseSchedule reads a cron expression, minute, hour, day of the month, month and
// day of the week ("0 7 * * 1"), or @weekly, @daily, @monthly.
func ParseSchedule(expression string) (*Schedule, error) {
	if strings.Contains(expression, "TZ=") {
		return nil, errors.New("has a zone of its own, but site.timezone counts")
	}
	parsed, err := parser.Parse(expression)
	if err != nil {
		return nil, err
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("@every has no time of the day")
	}
	spec.Location = time.UTC
	if spec.Next(time.Unix(0, 0)).IsZero() {
		return nil, errors.New("is never")
	}
	return &Schedule{spec}, nil
}

// shift is more than any zone ever puts its clocks forward or back.
const shift = 3 * time.Hour

// times yields the times around those from and to, not quite in their order. The
// expression is asked about the wall clock as if it were that of UTC, whose clocks
// are never changed: a time that is skipped in spring is then not left out but moved,
// and one that is there twice in autumn counts once.
func (s *Schedule) times(from, to time.Time, yield func(time.Time)) {
	end := wall(to).Add(shift)
	for w := s.spec.Next(wall(from).Add(-shift)); !w.IsZero() && !w.After(end); w = s.spec.Next(w) {
		t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, from.Location())
		if skipped := w.Sub(wall(t)); skipped > 0 { // 1:30 for 2:30; 3:30 is meant
			t = t.Add(skipped)
		}
		yield(t)
	}
}

func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// last gives the newest time that is not after now, nor longer ago than within.
// It is false if there is none. The zone is now's.
func (s *Schedule) last(now time.Time, within time.Duration) (last time.Time, ok bool) {
	oldest := now.Add(-within)
	s.times(oldest, now, func(t time.Time) {
		if !t.After(now) && !t.Before(oldest) && (!ok || t.After(last)) {
			last, ok = t, true
		}
	})
	return last, ok
}

// next gives the first time after now, or the end of the next day if that is before.
func (s *Schedule) next(now time.Time) time.Time {
	next := now.AddDate(0, 0, 1)
	s.times(now, next, func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	})
	return next
}
