package numbers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
)

// overviewPage is the data of numbers.html.
type overviewPage struct {
	head
	Tiles     []tile
	Growth    []chart
	Topics    []barRow
	Languages []barRow
	Rates     *chart
	Editions  []editionRow // the newest first
}

// head is what both pages have.
type head struct {
	Site, Title, Asked string // Asked: when it was counted
	Linked             bool   // there is a desk around it
}

// tile is a number to see from afar.
type tile struct{ Label, Value, Note string }

// barRow is a row of a table with a bar in it.
type barRow struct {
	Name, Value, Share string
	Width              string // 0 to 100
}

// editionRow is an edition in the list.
type editionRow struct {
	Edition
	Words, Link string
	Series      string // name of the digest, if there are several
	Parts       []part
	Reached     string
	Unsub, Spam string
	Bounce      string
}

// part is a piece of a bar that shows a whole.
type part struct{ Class, X, W string }

func newOverviewPage(o *Overview, h head) *overviewPage {
	weeks := Weeks(o.Days)
	p := &overviewPage{head: h, Tiles: o.tiles(weeks), Growth: []chart{activeChart(weeks), movementChart(weeks)}}
	p.Topics = barRows(o.Audience.Topics, "All topics")
	p.Languages = barRows(o.Audience.Languages, "Every language")
	for _, e := range slices.Backward(o.Editions) {
		row := newEditionRow(e)
		if slices.ContainsFunc(o.Editions, func(other Edition) bool { return other.Digest != e.Digest }) {
			row.Series = e.Digest
		}
		p.Editions = append(p.Editions, row)
	}
	if len(o.Editions) > 1 {
		c := ratesChart(o.Editions)
		p.Rates = &c
	}
	return p
}

func (o *Overview) tiles(weeks []Span) []tile {
	states := o.Audience.States
	all := []tile{{"Active", whole(states[audience.Active]), "get mail now"}}
	if n := len(weeks); n >= 4 {
		var month Events
		for _, w := range weeks[n-4:] {
			month.add(&w.Events)
		}
		all = append(all, tile{"New", "+" + whole(month.New), "in the last 4 weeks"}, tile{"Left", whole(month.Left), "in the last 4 weeks"})
	}
	return append(all,
		tile{"Paused", whole(states[audience.Paused]), "want none for a while"},
		tile{"Unsubscribed", whole(states[audience.Unsubscribed]), "since the beginning"},
		tile{"Bounced", whole(states[audience.Bounced]), "their address is dead"},
		tile{"Complained", whole(states[audience.Complained]), "called it spam"},
		tile{"Pending", whole(states[audience.Pending]), "have not confirmed"})
}

const dayForm = "2 Jan 2006"

func activeChart(weeks []Span) chart {
	s := series{class: "one", name: "Active"}
	var labels, texts []string
	t := table{Head: []string{"Week from", "Active at its end"}}
	for _, w := range weeks {
		s.values = append(s.values, float64(w.Active))
		labels = append(labels, w.Start.Format("2 Jan"))
		texts = append(texts, fmt.Sprintf("Week from %s: %s active", w.Start.Format(dayForm), whole(w.Active)))
		t.Rows = append(t.Rows, []string{w.Start.Format(dayForm), whole(w.Active)})
	}
	top := scale(s.values)
	slices.Reverse(t.Rows)
	c := chart{ID: "active", Title: "Active subscribers", Note: "at the end of each week",
		Y: []string{short(top), short(top / 2), "0"}, X: some(labels, 5), Lines: grid(), Shapes: area(s, top), Columns: columns(texts), Table: t}
	if n := len(weeks); n > 0 {
		c.Alt = fmt.Sprintf("Active subscribers by week: %s at first, %s now.", whole(weeks[0].Active), whole(weeks[n-1].Active))
	}
	return c
}

func movementChart(weeks []Span) chart {
	came, left := series{class: "one", name: "New"}, series{class: "bad", name: "Left"}
	var labels, texts []string
	var sum Events
	t := table{Head: []string{"Week from", "New", "Confirmed", "Unsubscribed", "Bounced", "Complained", "Erased"}}
	var downs []float64
	for _, w := range weeks {
		came.values, left.values = append(came.values, float64(w.New)), append(left.values, -float64(w.Left))
		downs = append(downs, float64(w.Left))
		labels = append(labels, w.Start.Format("2 Jan"))
		texts = append(texts, fmt.Sprintf("Week from %s: %s new, %s left", w.Start.Format(dayForm), whole(w.New), whole(w.Left)))
		t.Rows = append(t.Rows, []string{w.Start.Format(dayForm), whole(w.New), whole(w.Confirmed), whole(w.Unsubscribed), whole(w.Bounced), whole(w.Complained), whole(w.Erased)})
		sum.add(&w.Events)
	}
	slices.Reverse(t.Rows)
	top, cut := scale(came.values, downs), ""
	if usual := withoutPeaks(came.values, downs); usual > 0 && usual < top/2 {
		// An imported list would make all other weeks look like nothing.
		top, cut = usual, "; what is higher is cut off, and in the table"
	}
	zero := chartHeight / 2
	return chart{ID: "movement", Title: "New and gone", Note: "in each week" + cut,
		Alt: fmt.Sprintf("Subscribers who came and left by week: %s new and %s gone in all.", whole(sum.New), whole(sum.Left)),
		Key: []key{{"one", "New"}, {"bad", "Left: unsubscribed, bounced, complained, erased"}},
		Y:   []string{"+" + short(top), "0", "−" + short(top)}, X: some(labels, 5),
		Lines:   []line{{"0", "grid"}, {coordinate(zero), "base"}, {coordinate(chartHeight), "grid"}},
		Shapes:  []shape{bars(cutOff(came, top), zero, zero/top), bars(cutOff(left, top), zero, zero/top)},
		Columns: columns(texts), Table: t}
}

// withoutPeaks gives the scale of values but for the three highest of each list, 0 if
// there is nothing else.
func withoutPeaks(lists ...[]float64) float64 {
	var rest [][]float64
	for _, values := range lists {
		sorted := slices.Sorted(slices.Values(values))
		rest = append(rest, sorted[:max(0, len(sorted)-3)])
	}
	if !slices.ContainsFunc(slices.Concat(rest...), func(v float64) bool { return v > 0 }) {
		return 0
	}
	return scale(rest...)
}

// cutOff keeps values within top, up and down.
func cutOff(s series, top float64) series {
	values := make([]float64, len(s.values))
	for i, v := range s.values {
		values[i] = max(-top, min(top, v))
	}
	s.values = values
	return s
}

// barRows sorts counts; "" is named all.
func barRows(counts map[string]int, all string) []barRow {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	total, highest := 0, 1
	for _, n := range counts {
		total, highest = total+n, max(highest, n)
	}
	var rows []barRow
	const most = 40
	for i, name := range names {
		if i == most {
			rows = append(rows, barRow{Name: fmt.Sprintf("%d more", len(names)-most)})
			break
		}
		n := counts[name]
		rows = append(rows, barRow{cmp.Or(name, all), whole(n), percent(share(n, total)), coordinate(100 * share(n, highest))})
	}
	return rows
}

// ratesChart compares editions by what readers did.
func ratesChart(editions []Edition) chart {
	unsub, bounce, spam := series{class: "one"}, series{class: "warn"}, series{class: "bad"}
	var labels, texts []string
	t := table{Head: []string{"Edition", "Unsubscribed", "Bounced", "Complained"}}
	for _, e := range editions {
		unsub.values = append(unsub.values, 100*e.UnsubscribeRate())
		bounce.values = append(bounce.values, 100*e.BounceRate())
		spam.values = append(spam.values, 100*e.ComplaintRate())
		labels = append(labels, e.Period)
		rates := []string{percent(e.UnsubscribeRate()), percent(e.BounceRate()), percent(e.ComplaintRate())}
		texts = append(texts, fmt.Sprintf("%s: %s unsubscribed, %s bounced, %s complained", e.Name(), rates[0], rates[1], rates[2]))
		t.Rows = append(t.Rows, append([]string{e.Name()}, rates...))
	}
	slices.Reverse(t.Rows)
	top := scale(unsub.values, bounce.values, spam.values)
	shapes := append(append(edge(unsub, top), edge(bounce, top)...), edge(spam, top)...)
	return chart{ID: "rates", Title: "What editions cost", Note: "share of their readers",
		Alt: "The shares of readers that each edition lost, by unsubscribing, bouncing and complaining; the table has the numbers.",
		Key: []key{{"one", "Unsubscribed"}, {"warn", "Bounced"}, {"bad", "Complained (keep below 0.1 %)"}},
		Y:   []string{short(top) + " %", short(top/2) + " %", "0"}, X: some(labels, 4), Lines: grid(), Shapes: shapes, Columns: columns(texts), Table: t}
}

func newEditionRow(e Edition) editionRow {
	return editionRow{
		Edition: e, Words: periodWords(e.Period, e), Link: "/numbers/" + e.Digest + "/" + e.Period,
		Parts: outcome(e), Reached: percent(share(e.Accepted, e.Audience)),
		Unsub: percent(e.UnsubscribeRate()), Bounce: percent(e.BounceRate()), Spam: percent(e.ComplaintRate()),
	}
}

// periodWords gives "27 September – 3 October 2021".
func periodWords(period string, e Edition) string {
	p, err := digest.ParsePeriod(period, e.Frozen.Location())
	if err != nil {
		return period
	}
	return p.Words()
}

// outcome divides a bar of 100 by what became of an edition.
func outcome(e Edition) []part {
	return divide(e.Audience, []slice{{"one", e.Accepted}, {"bad", e.Failed}, {"warn", e.Uncertain + e.Deferred}, {"none", e.Skipped}})
}

type slice struct {
	class string
	n     int
}

func divide(whole int, slices []slice) []part {
	var all []part
	x := 0.0
	for _, s := range slices {
		w := 100 * share(s.n, whole)
		if w > 0 {
			all = append(all, part{s.class, fmt.Sprintf("%.2f", x), fmt.Sprintf("%.2f", w)})
		}
		x += w
	}
	return all
}
