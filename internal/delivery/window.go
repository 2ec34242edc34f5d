package delivery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is when messages may go out: on some days of the week, between two times
// by the clock on the wall. One whose end is not after its start ends the day after.
type Window struct {
	days     [7]bool // by time.Weekday, of the start
	from, to int     // minutes after midnight
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseWindow reads "mon-fri 08:00-20:00", "sat,sun 10:00-12:00", "22:00-06:00" (every
// day), or "" for nil, which is always.
func ParseWindow(text string) (*Window, error) {
	fields := strings.Fields(strings.ToLower(text))
	if len(fields) == 0 {
		return nil, nil
	}
	w := &Window{}
	if len(fields) == 1 {
		fields = slices.Insert(fields, 0, "sun-sat")
	}
	from, to, ok := strings.Cut(fields[1], "-")
	var ok1, ok2 bool
	w.from, ok1 = clock(from)
	w.to, ok2 = clock(to)
	if len(fields) != 2 || !ok || !ok1 || !ok2 || w.from == 24*60 {
		return nil, fmt.Errorf("%q is not a time of the week (want mon-fri 08:00-20:00)", text)
	}
	if w.from == w.to {
		return nil, fmt.Errorf("%q ends when it begins (want mon-fri 08:00-20:00)", text)
	}
	for part := range strings.SplitSeq(fields[0], ",") {
		first, last, several := strings.Cut(part, "-")
		i, j := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if !several {
			j = i
		}
		if i < 0 || j < 0 {
			return nil, fmt.Errorf("%q has no days of the week (want mon-fri 08:00-20:00)", text)
		}
		for w.days[i] = true; i != j; w.days[i] = true {
			i = (i + 1) % 7
		}
	}
	return w, nil
}

// clock reads "08:00", from 00:00 to 24:00.
func clock(text string) (minutes int, ok bool) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	minutes = int(60*h + m)
	return minutes, ok && err1 == nil && err2 == nil && len(minute) == 2 && m < 60 && minutes <= 24*60
}

// Next gives when the window is open next, in now's zone: now, if it is open.
func (w *Window) Next(now time.Time) time.Time {
	if w == nil {
		return now
	}
	// A week, yesterday's that may not be over, and one for a day on which the
	// clocks leave the window out.
	for i := -1; i <= 15; i++ {
		day := time.Date(now.Year(), now.Month(), now.Day()+i, 0, 0, 0, 0, time.UTC)
		if !w.days[day.Weekday()] {
			continue
		}
		end := day
		if w.to <= w.from {
			end = day.AddDate(0, 0, 1)
		}
		from, to := reaches(day, w.from, now.Location()), reaches(end, w.to, now.Location())
		if now.Before(to) && from.Before(to) {
			if from.After(now) {
				return from
			}
			return now
		}
	}
	return now
}

// reaches gives the moment at which the clock on the wall shows a time of a day for
// the first time. One that is skipped in spring is reached when the clock jumps over
// it; of one that is there twice in autumn it is the first.
func reaches(day time.Time, minutes int, zone *time.Location) time.Time {
	wall := day.Add(time.Duration(minutes) * time.Minute) // as if in UTC
	var first, last time.Time
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, own := t.Zone(); own == offset && (first.IsZero() || t.Before(first)) {
			first = t
		}
		if last.IsZero() || t.After(last) {
			last = t
		}
	}
	if first.IsZero() {
		first, _ = last.ZoneBounds()
		first = first.In(zone)
	}
	return first
}
