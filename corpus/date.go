package corpus

import (
	"fmt"
	"strings"
	"time"
)

// parseDate reads a date as front matters write it: RFC 3339, a bare day, a
// blank instead of the T, one-digit months, days and hours, no seconds,
// fractions, zones as Z, UTC, GMT, -0400, -04:00 or -4. A time without a zone
// is in zone; a bare day is its midnight there. The result keeps the zone that
// was written, because a permalink's day is the written one.
func parseDate(text string, zone *time.Location) (time.Time, error) {
	p := dateParser{rest: strings.TrimSpace(text)}
	year, month, day := p.number(4, 4), p.after('-', 1), p.after('-', 1)
	if p.failed {
		return parseMailDate(text)
	}
	if year < 1000 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, fmt.Errorf("%q: there is no such day (want 2021-09-27)", text)
	}
	if p.rest == "" {
		return StartOfDay(year, time.Month(month), day, zone), nil
	}
	p.separator()
	hour, minute := p.number(1, 2), p.after(':', 2)
	second, nano := 0, 0
	if strings.HasPrefix(p.rest, ":") {
		second = p.after(':', 2)
		nano = p.fraction()
	}
	zone = p.zone(zone)
	if p.failed || p.rest != "" {
		return time.Time{}, fmt.Errorf("%q is not a date (want 2021-09-27 or 2021-09-27T08:33:19-04:00)", text)
	}
	if hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, fmt.Errorf("%q: there is no such time (want 00:00:00 to 23:59:59)", text)
	}
	return time.Date(year, time.Month(month), day, hour, minute, min(second, 59), nano, zone), nil
}

// parseMailDate reads the dates of mail and RSS: Thu, 30 Apr 2026 06:10:42 +0000.
func parseMailDate(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 GMT"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date (want 2021-09-27)", text)
}

// StartOfDay gives a day's first instant. In some zones the clocks go forward at
// midnight, so that the day has no 00:00 and begins later, and must not become
// the day before; or they go back to it, so that the day has two and begins at the
// earlier.
func StartOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone) // day may be past the month's end
	for t.Day() != noon.Day() {
		t = t.Add(30 * time.Minute)
	}
	if earlier := t.Add(-time.Hour); earlier.Day() == t.Day() {
		return earlier
	}
	return t
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// dateParser takes a date apart from the left; after a failure it takes
// nothing more.
type dateParser struct {
	rest   string
	failed bool
}

// number takes least to most digits.
func (p *dateParser) number(least, most int) int {
	n, i := 0, 0
	for i < len(p.rest) && i < most && p.rest[i] >= '0' && p.rest[i] <= '9' {
		n = n*10 + int(p.rest[i]-'0')
		i++
	}
	p.failed = p.failed || i < least
	p.rest = p.rest[i:]
	return n
}

// after takes a mark and least to two digits behind it.
func (p *dateParser) after(mark byte, least int) int {
	if p.rest == "" || p.rest[0] != mark {
		p.failed = true
		return 0
	}
	p.rest = p.rest[1:]
	return p.number(least, 2)
}

// separator takes what stands between day and time.
func (p *dateParser) separator() {
	trimmed := strings.TrimLeft(p.rest, " \t")
	if trimmed == p.rest {
		trimmed = strings.TrimLeft(p.rest, "Tt")
		p.failed = p.failed || len(trimmed) != len(p.rest)-1
	}
	p.rest = trimmed
}

// fraction takes ".181304" as nanoseconds.
func (p *dateParser) fraction() int {
	if p.rest == "" || p.rest[0] != '.' {
		return 0
	}
	p.rest = p.rest[1:]
	nano, unit, digits := 0, 100_000_000, 0
	for ; p.rest != "" && p.rest[0] >= '0' && p.rest[0] <= '9'; p.rest = p.rest[1:] {
		nano += int(p.rest[0]-'0') * unit
		unit /= 10
		digits++
	}
	p.failed = p.failed || digits == 0
	return nano
}

// zone takes a zone, or gives otherwise if there is none.
func (p *dateParser) zone(otherwise *time.Location) *time.Location {
	p.rest = strings.TrimSpace(p.rest)
	switch strings.ToUpper(p.rest) {
	case "":
		return otherwise
	case "Z", "UTC", "GMT":
		p.rest = ""
		return time.UTC
	}
	sign := 1
	switch p.rest[0] {
	case '-':
		sign = -1
	case '+':
	default:
		p.failed = true
		return otherwise
	}
	p.rest = p.rest[1:]
	hours, minutes := p.number(1, 2), 0
	p.rest = strings.TrimPrefix(p.rest, ":")
	if p.rest != "" {
		minutes = p.number(2, 2)
	}
	p.failed = p.failed || hours > 14 || minutes > 59
	if hours == 0 && minutes == 0 {
		return time.UTC // +00:00, and -00:00 of RFC 3339 section 4.3
	}
	return time.FixedZone("", sign*(hours*3600+minutes*60))
}
