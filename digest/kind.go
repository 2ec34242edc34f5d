package digest

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// Kind says how much time the editions of a digest cover.
type Kind string

// The kinds of periods, with a name of each. A week is ISO 8601's. A fortnight
// is two of them, the first of which begins an even number of weeks before or
// after the Monday of 2000-W01, so that fortnights go on through years of 53
// weeks: after 2020-W52-W53 comes 2021-W01-W02. It is named after both weeks;
// their years differ only where the second is W01.
const (
	Day       Kind = "day"       // 2021-09-27
	Week      Kind = "week"      // 2021-W39
	Fortnight Kind = "fortnight" // 2021-W39-W40
	Month     Kind = "month"     // 2021-09
)

// Kinds are all kinds, the shortest first.
var Kinds = []Kind{Day, Week, Fortnight, Month}

// example is a name of each kind.
var example = map[Kind]string{Day: "2021-09-27", Week: "2021-W39", Fortnight: "2021-W39-W40", Month: "2021-09"}

// nameForms are what the names of each kind look like: no two alike.
var nameForms = map[Kind]*regexp.Regexp{
	Day:       regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`),
	Week:      regexp.MustCompile(`^(\d{4})-W(\d{2})$`),
	Fortnight: regexp.MustCompile(`^(\d{4})-W(\d{2})-W(\d{2})$`),
	Month:     regexp.MustCompile(`^(\d{4})-(\d{2})$`),
}

// ParsePeriod reads the name of a period of any kind. The error says what is
// wrong with it.
func ParsePeriod(s string, zone *time.Location) (Period, error) {
	for _, k := range Kinds {
		if nameForms[k].MatchString(s) {
			return k.Parse(s, zone)
		}
	}
	return Period{}, fmt.Errorf("%q is not a period (want a week such as 2021-W39, a fortnight such as 2021-W39-W40, a month such as 2021-09 or a day such as 2021-09-27)", s)
}

// Parse reads the name of a period of kind k. The error says what is wrong with
// s: of a week, how many its year has; of a fortnight, which one has that week.
func (k Kind) Parse(s string, zone *time.Location) (Period, error) {
	match := nameForms[k].FindStringSubmatch(s)
	if match == nil {
		return Period{}, fmt.Errorf("%q is not a %s (want %s)", s, k, k.form())
	}
	year, _ := strconv.Atoi(match[1])
	number, _ := strconv.Atoi(match[2])
	switch k {
	case Day:
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return Period{}, fmt.Errorf("%q is not a day (there is none of that date)", s)
		}
		p := day(at.Year(), at.Month(), at.Day(), zone)
		if p.Start.Day() != at.Day() {
			return Period{}, fmt.Errorf("%q is not a day (%s skipped it)", s, zone)
		}
		return p, nil
	case Month:
		if number < 1 || number > 12 {
			return Period{}, fmt.Errorf("%q is not a month (want 2021-01 to 2021-12)", s)
		}
		return month(year, time.Month(number), zone), nil
	}
	if last := weeksIn(year); number < 1 || number > last {
		return Period{}, fmt.Errorf("%q is not a %s (want %s; %04d has %d weeks)", s, k, example[k], year, last)
	}
	p := week(monday(year, number), zone)
	if k == Fortnight {
		if p = fortnight(monday(year, number), zone); p.Name != s {
			return Period{}, fmt.Errorf("%q is not a fortnight (the one with %s-W%s is %s)", s, match[1], match[2], p.Name)
		}
	}
	return p, nil
}

// form says for people what a name of kind k looks like.
func (k Kind) form() string {
	switch k {
	case Day:
		return "year, month and day, such as 2021-09-27"
	case Week:
		return "a year and an ISO week, such as 2021-W39"
	case Fortnight:
		return "a year and two ISO weeks, such as 2021-W39-W40"
	default:
		return "a year and a month, such as 2021-09"
	}
}

// Of gives the period of kind k that t is in.
func (k Kind) Of(t time.Time, zone *time.Location) Period {
	t = t.In(zone)
	switch k {
	case Day:
		return day(t.Year(), t.Month(), t.Day(), zone)
	case Month:
		return month(t.Year(), t.Month(), zone)
	case Fortnight:
		return fortnight(monday(t.ISOWeek()), zone)
	default:
		return week(monday(t.ISOWeek()), zone)
	}
}

func day(year int, m time.Month, d int, zone *time.Location) Period {
	p := Period{
		Name:  fmt.Sprintf("%04d-%02d-%02d", year, m, d),
		Kind:  Day,
		Start: corpus.StartOfDay(year, m, d, zone),
		End:   corpus.StartOfDay(year, m, d+1, zone),
	}
	if !p.End.After(p.Start) { // the next day was skipped to change the date line's side
		p.End = corpus.StartOfDay(year, m, d+2, zone)
	}
	return p
}

func month(year int, m time.Month, zone *time.Location) Period {
	return Period{
		Name:  fmt.Sprintf("%04d-%02d", year, m),
		Kind:  Month,
		Start: corpus.StartOfDay(year, m, 1, zone),
		End:   corpus.StartOfDay(year, m+1, 1, zone),
	}
}

// week gives the ISO week that begins on a Monday.
func week(monday time.Time, zone *time.Location) Period {
	year, number := monday.ISOWeek()
	return Period{Name: fmt.Sprintf("%04d-W%02d", year, number), Kind: Week, Start: startOf(monday, 0, zone), End: startOf(monday, 7, zone)}
}

// anchor begins a fortnight, and so does every other Monday from it.
var anchor = monday(2000, 1)

// fortnight gives the fortnight that has the ISO week of a Monday.
func fortnight(monday time.Time, zone *time.Location) Period {
	const seconds = 7 * 24 * 60 * 60 // a Duration would overflow
	if weeks := (monday.Unix() - anchor.Unix()) / seconds; weeks%2 != 0 {
		monday = monday.AddDate(0, 0, -7)
	}
	first := week(monday, zone)
	_, second := monday.AddDate(0, 0, 7).ISOWeek()
	return Period{Name: fmt.Sprintf("%s-W%02d", first.Name, second), Kind: Fortnight, Start: first.Start, End: startOf(monday, 14, zone)}
}

// monday gives noon UTC of the Monday of an ISO week; week 1 is the one with the
// year's 4th of January (ISO 8601, 3.1.1.23).
func monday(year, week int) time.Time {
	fourth := time.Date(year, time.January, 4, 12, 0, 0, 0, time.UTC)
	return fourth.AddDate(0, 0, 7*(week-1)-(int(fourth.Weekday())+6)%7)
}

// startOf gives the beginning of the day that is so many days after a date.
func startOf(date time.Time, days int, zone *time.Location) time.Time {
	return corpus.StartOfDay(date.Year(), date.Month(), date.Day()+days, zone)
}

// weeksIn gives the number of ISO weeks of a year, 52 or 53: the 28th of
// December is always in the last.
func weeksIn(year int) int {
	_, n := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return n
}
