package digest

import (
	"time"

	"github.com/medigy/newsdesk/corpus"
)

// Period is the time that one edition covers, Start included, End not. Start
// and End are in the site's zone. Periods of one kind follow each other without
// gap or overlap, also where the clocks are changed.
type Period struct {
	Name  string // tells the kind, too; those of one kind sort as their times do
	Kind  Kind
	Start time.Time
	End   time.Time
}

// contains reports whether t is in the period.
func (p Period) contains(t time.Time) bool {
	return !t.Before(p.Start) && t.Before(p.End)
}

// Words gives the period's days for readers: "27 September – 3 October 2021",
// "4–10 October 2021", "28 December 2020 – 3 January 2021"; of a month
// "September 2021", of a day "27 September 2021".
func (p Period) Words() string {
	first, last := p.Start, p.End.AddDate(0, 0, -1)
	const year = "2 January 2006"
	switch {
	case p.Kind == Month:
		return first.Format("January 2006")
	case p.Kind == Day:
		return first.Format(year)
	case first.Year() != last.Year():
		return first.Format(year) + " – " + last.Format(year)
	case first.Month() != last.Month():
		return first.Format("2 January") + " – " + last.Format(year)
	default:
		return first.Format("2") + "–" + last.Format(year)
	}
}

// Periods gives the periods of a kind that have articles, newest first. Heads
// are in the corpus' order.
func Periods(heads []*corpus.Head, k Kind, zone *time.Location) []Period {
	var all []Period
	for _, h := range heads {
		if n := len(all); n == 0 || !all[n-1].contains(h.Published) {
			all = append(all, k.Of(h.Published, zone))
		}
	}
	return all
}

// Latest gives the newest period of a kind that has ended at now and has
// something to show: articles that were published in it, or that arrive late for
// it. It is false if there is none. Heads are in the corpus' order.
func Latest(heads []*corpus.Head, k Kind, now time.Time, zone *time.Location, o Options) (Period, bool) {
	heads = o.Only.In(heads)
	if len(heads) == 0 {
		return Period{}, false
	}
	// Nothing is late for a period that begins so long after the newest article.
	if after := heads[0].Published.AddDate(0, 0, o.LateDays+32); after.Before(now) {
		now = after
	}
	oldest := heads[len(heads)-1].Published
	for p := k.Of(now, zone); oldest.Before(p.Start); {
		if p = k.Of(p.Start.Add(-1), zone); len(Wanted(heads, p, o)) > 0 {
			return p, true
		}
	}
	return Period{}, false
}
