package digest

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/words"
)

// dayWords is how a reason writes a date.
const dayWords = "2 January 2006"

// chooser says of every article whether a period's edition takes it.
type chooser struct {
	heads   []*corpus.Head
	period  Period
	options Options
	only    filter
	late    time.Time // the earliest that a late arrival may have been published
	editor  names
}

func newChooser(heads []*corpus.Head, p Period, o Options) *chooser {
	return &chooser{heads, p, o, o.Only.filter(), o.late(p), newNames(heads, o.Choices)}
}

// late gives the earliest time of p's late arrivals; it is p's start if there can
// be none: LateDays before it, but not before the digest's first edition.
func (o Options) late(p Period) time.Time {
	first, err := ParsePeriod(o.History.Since, p.Start.Location())
	if err != nil || o.LateDays <= 0 || first.Start.After(p.Start) {
		return p.Start
	}
	earliest := startOf(p.Start, -o.LateDays, p.Start.Location())
	if earliest.Before(first.Start) {
		return first.Start
	}
	return earliest
}

// between gives the heads that were published from start on and before end.
func between(heads []*corpus.Head, start, end time.Time) []*corpus.Head {
	first := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(end) })
	after := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(start) })
	return heads[first:after]
}

// wanted gives the heads that the edition takes, in the corpus' order.
func (c *chooser) wanted() []*corpus.Head {
	var all []*corpus.Head
	in := between(c.heads, c.late, c.period.End)
	for _, h := range in {
		if took, _ := c.judge(h); took {
			all = append(all, h)
		}
	}
	for h := range c.editor.include {
		if took, _ := c.judge(h); took && (h.Published.Before(c.late) || !h.Published.Before(c.period.End)) {
			all = append(all, h)
		}
	}
	slices.SortFunc(all, compareHeads)
	return all
}

// judge says whether the edition takes an article, and why; the reason is "" if
// all there is to say is that it was published in the period.
func (c *chooser) judge(h *corpus.Head) (in bool, reason string) {
	published := h.Published.In(c.period.Start.Location()).Format(dayWords)
	inside := c.period.contains(h.Published)
	other := c.elsewhere(c.options.History.Period, h)
	left := c.elsewhere(c.options.History.Left, h)
	switch {
	case c.editor.exclude[h]:
		return false, "left out by the editor"
	case other != "":
		return false, "was in the edition of " + other
	case c.editor.include[h]:
		return true, "taken in by the editor: published on " + published
	case h.Published.Before(c.late):
		return false, "published before the period, on " + published
	case !h.Published.Before(c.period.End):
		return false, "published after the period, on " + published
	case c.only.why(h) != "":
		return false, c.only.why(h)
	}
	if told, period := c.told(h); told != nil {
		return false, "the same story as “" + told.Title + "”, which was in the edition of " + period
	}
	switch {
	case inside:
		return true, ""
	case left != "":
		return false, "left to the site by the edition of " + left
	default:
		return true, "arrived late: published on " + published + ", in no edition"
	}
}

// elsewhere gives the other period that has h in a history, or "".
func (c *chooser) elsewhere(periods map[string]string, h *corpus.Head) string {
	if period := periods[h.ID]; period != c.period.Name {
		return period
	}
	return ""
}

// told finds the article with h's title and day that was in another edition: h is
// then the same story, which another source tells.
func (c *chooser) told(h *corpus.Head) (*corpus.Head, string) {
	if len(c.options.History.Period) == 0 {
		return nil, ""
	}
	d := Day.Of(h.Published, c.period.Start.Location())
	for _, g := range between(c.heads, d.Start, d.End) {
		if g != h && sameTitle(g, h) {
			if period := c.elsewhere(c.options.History.Period, g); period != "" {
				return g, period
			}
		}
	}
	return nil, ""
}

func sameTitle(g, h *corpus.Head) bool {
	return strings.EqualFold(g.Title, h.Title) && words.Primary(g.Language) == words.Primary(h.Language)
}

// Wanted gives the heads whose whole article p's edition shows, in the corpus'
// order.
func Wanted(heads []*corpus.Head, p Period, o Options) []*corpus.Head {
	return newChooser(heads, p, o).wanted()
}

// compareHeads is the corpus' order, which is total.
func compareHeads(a, b *corpus.Head) int {
	return cmp.Or(b.Published.Compare(a.Published), b.Updated.Compare(a.Updated), strings.Compare(a.ID, b.ID))
}
