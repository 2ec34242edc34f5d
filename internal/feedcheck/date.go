package feedcheck

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	// RFC 822 with its obsolete forms, once comments are gone: day, month, year,
	// time, zone.
	rfc822 = regexp.MustCompile(`(?i)^\s*(?:(mon|tue|wed|thu|fri|sat|sun)\s*,)?\s*(\d{1,2})\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+(\d{2,4})\s+` +
		`(\d\d)\s*:\s*(\d\d)(?:\s*:\s*(\d\d))?\s+([+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])\s*$`)
	// What every reader understands.
	plainRFC822 = regexp.MustCompile(`^((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d(:\d\d)? ([+-]\d\d[0134][05]|UT|GMT|[ECMP][SD]T|Z)$`)
	comment     = regexp.MustCompile(`\((?:\\.|[^()\\])*\)`)
	months      = strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")
	rfc3339     = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	w3cdtf      = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$`)
)

// rfc822Date checks a date of RSS: RFC 822 with four digits of the year.
func (c *checker) rfc822Date(at spot, s string) {
	s = strings.TrimSpace(s)
	bare := s
	for range 5 { // comments nest
		bare = comment.ReplaceAllString(bare, " ")
	}
	m := rfc822.FindStringSubmatch(bare)
	if m == nil {
		c.report(at, "InvalidRFC2822Date", "%s is not a date of RFC 822 (want Mon, 02 Jan 2006 15:04:05 -0700)", short(s))
		return
	}
	day, month, year := number(m[2]), slices.Index(months, strings.ToLower(m[3]))+1, number(m[4])
	if len(m[4]) == 2 && year < 50 {
		year += 2000
	} else if len(m[4]) < 4 {
		year += 1900
	}
	t := time.Date(year, time.Month(month), day, number(m[5]), number(m[6]), 0, 0, time.UTC)
	switch {
	case time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day, number(m[5]) > 24, number(m[6]) > 59, number(m[7]) > 60:
		c.report(at, "InvalidRFC2822Date", "%s: there is no such day or time", short(s))
	case m[1] != "" && !strings.EqualFold(m[1], t.AddDate(0, 0, 0).Weekday().String()[:3]) && number(m[5]) < 24:
		c.report(at, "IncorrectDOW", "%s was a %s", short(s), t.Weekday())
	case !plainRFC822.MatchString(s):
		c.report(at, "ProblematicalRFC822Date", "%s is written in a way that some readers do not understand (want Mon, 02 Jan 2006 15:04:05 -0700)", short(s))
	default:
		c.plausible(at, t)
	}
}

// rfc3339Date checks a date of Atom and JSON Feed (RFC 3339).
func (c *checker) rfc3339Date(at spot, s string) {
	spaceless(c, at, s)
	s = strings.TrimSpace(s)
	t, err := time.Parse(time.RFC3339, strings.Replace(s, ":60", ":59", 1))
	if err != nil || !rfc3339.MatchString(s) {
		c.report(at, "InvalidRFC3339Date", "%s is not a date of RFC 3339 (want 2006-01-02T15:04:05-07:00)", short(s))
		return
	}
	c.plausible(at, t)
}

// w3cDate checks a date of Dublin Core: a profile of ISO 8601 by the W3C.
func (c *checker) w3cDate(at spot, s string) {
	if w3cdtf.MatchString(s) {
		for _, layout := range []string{"2006", "2006-01", time.DateOnly, "2006-01-02T15:04Z07:00", time.RFC3339} {
			if t, err := time.Parse(layout, s); err == nil {
				c.plausible(at, t)
				return
			}
		}
	}
	c.report(at, "InvalidW3CDTFDate", "%s is not a date of W3CDTF (want 2006-01-02 or 2006-01-02T15:04:05-07:00)", short(s))
}

// plausible tells of dates before there were feeds and after today.
func (c *checker) plausible(at spot, t time.Time) {
	switch {
	case t.Year() < 1990:
		c.report(at, "ImplausibleDate", "%s is before there were feeds", t.Format(time.DateOnly))
	case !c.Now.IsZero() && t.After(c.Now.AddDate(0, 0, 1)):
		c.report(at, "ImplausibleDate", "%s is in the future", t.Format(time.DateOnly))
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // of digits alone, and few
	return n
}
