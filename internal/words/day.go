package words

import (
	"strconv"
	"strings"
	"time"
)

// ShortDay gives a day of the edition's weeks: "27 Sep".
func (w *Words) ShortDay(t time.Time) string { return w.format(w.Day, t, t) }

// YearDay gives a day of a list of years: "27 Sep 2021".
func (w *Words) YearDay(t time.Time) string { return w.format(w.DayYear, t, t) }

// LongDay gives a day with its year: "27 September 2021".
func (w *Words) LongDay(t time.Time) string { return w.format(w.Date, t, t) }

// OnDay puts a day into a text.
func (w *Words) OnDay(pattern string, t time.Time) string {
	return strings.ReplaceAll(pattern, "{date}", w.LongDay(t))
}

// Days gives the days from first to last: "27 September – 3 October 2021", "October
// 2021", "4 October 2021".
func (w *Words) Days(first, last time.Time) string {
	switch {
	case first.Year() != last.Year():
		return w.format(w.Any, first, last)
	case first.Month() != last.Month():
		return w.format(w.SameYear, first, last)
	case first.Day() == last.Day():
		return w.format(w.Date, first, last)
	case first.Day() == 1 && last.AddDate(0, 0, 1).Day() == 1:
		return w.format(w.Month, first, last)
	}
	return w.format(w.SameMonth, first, last)
}

func (w *Words) format(pattern string, first, last time.Time) string {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(pattern, "{")
		b.WriteString(text)
		mark, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString(w.part(mark, first, last))
		pattern = after
	}
}

// part gives what a mark of a date stands for, and a mark that none has as it is.
func (w *Words) part(mark string, first, last time.Time) string {
	t := last
	name, ofFirst := strings.CutSuffix(mark, "1")
	if ofFirst {
		t = first
	}
	switch name {
	case "d":
		return strconv.Itoa(t.Day())
	case "m":
		return strconv.Itoa(int(t.Month()))
	case "M":
		return strings.Fields(w.Months)[t.Month()-1]
	case "Mon":
		return strings.Fields(w.Short)[t.Month()-1]
	case "y":
		return strconv.Itoa(t.Year())
	}
	return "{" + mark + "}"
}
