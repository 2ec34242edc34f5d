package digest

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// Period is the time that one edition covers, Start included, End not. Start
// and End are in the site's zone. Periods of one kind follow each other without
// gap or overlap, also where the clocks are changed.
type Period struct {
	Name  string // ISO 8601 week: "2021-W39"
	Start time.Time
	End   time.Time
}

// Contains reports whether t is in the period.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.Start) && t.Before(p.End)
}

// Words gives the period's days for readers: "27 September – 3 October 2021",
// "4–10 October 2021", "28 December 2020 – 3 January 2021".
func (p Period) Words() string {
	first, last := p.Start, p.End.AddDate(0, 0, -1)
	const year = "2 January 2006"
	switch {
	case first.Year() != last.Year():
		return first.Format(year) + " – " + last.Format(year)
	case first.Month() != last.Month():
		return first.Format("2 January") + " – " + last.Format(year)
	default:
		return first.Format("2") + "–" + last.Format(year)
	}
}

var weekName = regexp.MustCompile(`^(\d{4})-W(\d{2})$`)

// ParsePeriod reads an ISO 8601 week such as 2021-W39. The error says what is
// wrong with s and how many weeks its year has.
func ParsePeriod(s string, zone *time.Location) (Period, error) {
	match := weekName.FindStringSubmatch(s)
	if match == nil {
		return Period{}, fmt.Errorf("%q is not a week (want a year and an ISO week, such as 2021-W39)", s)
	}
	year, _ := strconv.Atoi(match[1])
	number, _ := strconv.Atoi(match[2])
	if last := weeksIn(year); number < 1 || number > last {
		return Period{}, fmt.Errorf("%q is not a week (want 2021-W39; %04d has %d weeks)", s, year, last)
	}
	return week(year, number, zone), nil
}

// WeekOf gives the ISO 8601 week that t is in.
func WeekOf(t time.Time, zone *time.Location) Period {
	year, number := t.In(zone).ISOWeek()
	return week(year, number, zone)
}

// Periods gives the weeks that have articles, newest first. Heads are in the
// corpus' order.
func Periods(heads []*corpus.Head, zone *time.Location) []Period {
	var all []Period
	for _, h := range heads {
		if n := len(all); n == 0 || !all[n-1].Contains(h.Published) {
			all = append(all, WeekOf(h.Published, zone))
		}
	}
	return all
}

// Latest gives the newest week that has articles and has ended at now. It is
// false if there is none. Heads are in the corpus' order.
func Latest(heads []*corpus.Head, now time.Time, zone *time.Location) (Period, bool) {
	for _, h := range heads {
		if p := WeekOf(h.Published, zone); !p.End.After(now) {
			return p, true
		}
	}
	return Period{}, false
}

// Wanted gives the heads whose whole article p's edition shows.
func Wanted(heads []*corpus.Head, p Period) []*corpus.Head {
	var in []*corpus.Head
	for _, h := range heads {
		if p.Contains(h.Published) {
			in = append(in, h)
		}
	}
	return in
}

// week gives an ISO week: from Monday on, and week 1 is the one with the
// year's 4th of January (ISO 8601, 3.1.1.23).
func week(year, number int, zone *time.Location) Period {
	fourth := time.Date(year, time.January, 4, 12, 0, 0, 0, time.UTC)
	monday := 4 - (int(fourth.Weekday())+6)%7 + 7*(number-1)
	return Period{
		Name:  fmt.Sprintf("%04d-W%02d", year, number),
		Start: corpus.StartOfDay(year, time.January, monday, zone),
		End:   corpus.StartOfDay(year, time.January, monday+7, zone),
	}
}

// weeksIn gives the number of ISO weeks of a year, 52 or 53: the 28th of
// December is always in the last.
func weeksIn(year int) int {
	_, n := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return n
}
