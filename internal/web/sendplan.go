package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/digest"
)

// planView is a Plan in words.
type planView struct {
	Gets, Skipped int
	NoStory       string // "1,204": Skipped, if there are any
	Who           string // "1,204 subscribers"
	Duration      string // "about 3 minutes", or ""
	Basis         string // what that is from
	States        []segmentView
	Segments      []segmentView
	MoreSegments  int
}

type segmentView struct {
	Words, Count string
	Nothing      bool
}

// segmentsShown is how many are listed; the largest come first.
const segmentsShown = 30

// newPlanView words a plan; topic gives a topic's name by its slug.
func newPlanView(p *Plan, topic func(slug string) string) *planView {
	v := &planView{}
	for _, s := range p.States {
		if s.Count > 0 {
			v.States = append(v.States, segmentView{s.State, grouped(s.Count), false})
		}
	}
	for _, s := range p.Segments {
		if s.Nothing {
			v.Skipped += s.Count
		} else {
			v.Gets += s.Count
		}
		if len(v.Segments) == segmentsShown {
			v.MoreSegments++
			continue
		}
		words := selectionWords(digest.Selection{Topics: s.Topics, Language: s.Language}, topic)
		v.Segments = append(v.Segments, segmentView{words, grouped(s.Count), s.Nothing})
	}
	if v.Skipped > 0 {
		v.NoStory = grouped(v.Skipped)
	}
	v.Who = grouped(v.Gets) + " subscribers"
	if v.Gets == 1 {
		v.Who = "1 subscriber"
	}
	if p.PerSecond > 0 && v.Gets > 0 {
		v.Duration = "about " + lasting(time.Duration(float64(v.Gets)/p.PerSecond*float64(time.Second)))
		v.Basis = "as the servers’ limits allow"
		if p.Measured {
			v.Basis = "at " + perSecond(p.PerSecond) + ", like the edition before"
		}
	}
	return v
}

// nobody says why there is none who would get the edition, and what to do.
func (v *planView) nobody() string {
	switch {
	case v.Skipped > 0:
		return "Nobody would get it: it has no story in what subscribers chose."
	case len(v.States) > 0:
		return "Nobody would get it: no subscriber is active."
	}
	return "Nobody has subscribed yet. People do on the site’s own page, or are imported: newsdesk subscriber import list.csv"
}

// grouped gives 12345 as "12,345".
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func perSecond(rate float64) string {
	if rate < 10 {
		return strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	return grouped(int(rate+.5)) + "/s"
}

// lasting gives a duration as people say it: "40 seconds", "3 minutes", "2 h 10 min".
func lasting(d time.Duration) string {
	switch seconds := int(d.Seconds() + .5); {
	case seconds <= 1:
		return "1 second"
	case seconds < 90:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds < 90*60:
		return fmt.Sprintf("%d minutes", (seconds+30)/60)
	default:
		return fmt.Sprintf("%d h %02d min", seconds/3600, seconds%3600/60)
	}
}
