package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/numbers"
)

// overviewJSON is the answer of stats.
type overviewJSON struct {
	Total     int                    `json:"total"`
	States    map[audience.State]int `json:"states"`
	Topics    map[string]int         `json:"topics"`
	Languages map[string]int         `json:"languages"`
	Weeks     []numbers.Span         `json:"weeks"`
	Editions  []editionJSON          `json:"editions"`
}

type editionJSON struct {
	numbers.Edition
	UnsubscribeRate float64 `json:"unsubscribe_rate"`
	BounceRate      float64 `json:"bounce_rate"`
	ComplaintRate   float64 `json:"complaint_rate"`
}

func newEditionJSON(e numbers.Edition) editionJSON {
	return editionJSON{e, e.UnsubscribeRate(), e.BounceRate(), e.ComplaintRate()}
}

func (a *app) tellOverview(o *numbers.Overview) error {
	weeks := numbers.Weeks(o.Days)
	if a.flags.json {
		j := overviewJSON{o.Audience.Total, o.Audience.States, o.Audience.Topics, o.Audience.Languages, weeks, []editionJSON{}}
		for _, e := range o.Editions {
			j.Editions = append(j.Editions, newEditionJSON(e))
		}
		return a.printJSON(j)
	}
	if a.flags.quiet {
		return nil
	}
	a.tellAudience(o.Audience)
	a.tellWeeks(weeks)
	a.tellEditions(o.Editions)
	return nil
}

func (a *app) tellAudience(s audience.Stats) {
	rows := []row{{"subscribers", number(s.Total), ""}}
	for _, state := range audience.States {
		if n := s.States[state]; n > 0 {
			rows = append(rows, row{string(state), number(n), share(n, s.Total)})
		}
	}
	for _, list := range []struct {
		name, all string
		counts    map[string]int
	}{{"topic", "all of them", s.Topics}, {"language", "every one", s.Languages}} {
		names := slices.SortedFunc(maps.Keys(list.counts), func(x, y string) int {
			return cmp.Or(list.counts[y]-list.counts[x], cmp.Compare(x, y))
		})
		for _, name := range names {
			rows = append(rows, row{list.name, number(list.counts[name]), cmp.Or(name, list.all)})
		}
	}
	printRows(a.stdout, rows)
}

// barWidth is how many characters a bar has for the whole.
const barWidth = 24

// share gives a part of a whole as a bar, "██▌".
func share(n, whole int) string {
	if whole <= 0 {
		return ""
	}
	eighths := n * barWidth * 8 / whole
	full, rest := eighths/8, eighths%8
	text := strings.Repeat("█", full)
	if rest > 0 || full == 0 && n > 0 {
		text += string([]rune("▏▏▎▍▌▋▊▉")[rest])
	}
	return text
}

// sparkline gives numbers as a row of small columns, "▁▃█", the lowest of which
// stands for least.
func sparkline(values []int, least int) string {
	highest := slices.Max(append([]int{least + 1}, values...))
	var b strings.Builder
	for _, v := range values {
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[max(0, v-least)*8/(highest-least+1)])
	}
	return b.String()
}

func (a *app) tellWeeks(weeks []numbers.Span) {
	var active, came, left []int
	t := grid{head: []string{"week from", "active", "new", "unsubscribed", "bounced", "complained", "erased"}}
	for _, w := range weeks {
		active, came, left = append(active, w.Active), append(came, w.New), append(left, w.Left)
		t.rows = append(t.rows, []string{w.Start.Format("_2 Jan 2006"), number(w.Active), number(w.New),
			number(w.Unsubscribed), number(w.Bounced), number(w.Complained), number(w.Erased)})
	}
	fmt.Fprintln(a.stdout)
	printRows(a.stdout, []row{{"active", "", sparkline(active, slices.Min(active))}, {"new", "", sparkline(came, 0)}, {"left", "", sparkline(left, 0)}})
	fmt.Fprintln(a.stdout)
	t.print(a.stdout, a.ink)
}

func (a *app) tellEditions(editions []numbers.Edition) {
	if len(editions) == 0 {
		return
	}
	t := grid{head: []string{"edition", "audience", "accepted", "failed", "unsubscribed", "bounced", "complained", "state"}, left: map[int]bool{7: true}}
	for _, e := range slices.Backward(editions) {
		t.rows = append(t.rows, []string{e.Name(), number(e.Audience), number(e.Accepted), number(e.Failed),
			rate(e.Unsubscribed, e.UnsubscribeRate()), rate(e.Bounced, e.BounceRate()), rate(e.Complained, e.ComplaintRate()), e.State})
	}
	fmt.Fprintln(a.stdout)
	t.print(a.stdout, a.ink)
}

// rate gives "12  0.34 %".
func rate(n int, share float64) string { return fmt.Sprintf("%s  %5.2f %%", number(n), 100*share) }

// grid is a table on a terminal: the first column and those of left are texts, the
// others numbers.
type grid struct {
	head []string
	rows [][]string
	left map[int]bool
}

func (t *grid) print(w io.Writer, s style) {
	widths := make([]int, len(t.head))
	for _, r := range append([][]string{t.head}, t.rows...) {
		for i, cell := range r {
			widths[i] = max(widths[i], textWidth(cell))
		}
	}
	line := func(r []string) string {
		var b strings.Builder
		for i, cell := range r {
			space := strings.Repeat(" ", widths[i]-textWidth(cell))
			if b.WriteString("  "); i == 0 || t.left[i] {
				b.WriteString(cell + space)
			} else {
				b.WriteString(space + cell)
			}
		}
		return strings.TrimRight(b.String(), " ")
	}
	fmt.Fprintln(w, s.grey(line(t.head)))
	for _, r := range t.rows {
		fmt.Fprintln(w, line(r))
	}
}

func (a *app) tellReport(r *numbers.Report) error {
	e, d := r.Edition, r.Details
	if a.flags.json {
		return a.printJSON(struct {
			editionJSON
			Subject string           `json:"subject"`
			Details *numbers.Details `json:"details"`
		}{newEditionJSON(e), r.Subject, d})
	}
	if a.flags.quiet {
		return nil
	}
	rows := []row{{"edition", "", e.Name() + ", " + e.State}, {"subject", "", r.Subject}, {"audience", number(e.Audience), ""}}
	for _, s := range []struct {
		name string
		n    int
		text string
	}{
		{"accepted", e.Accepted, ""}, {"failed", e.Failed, "refused for good, or later too often"}, {"uncertain", e.Uncertain, "the server may have it or not"},
		{"skipped", e.Skipped, "nothing in their topics, or left before"}, {"pending", e.Pending, ""}, {"deferred", d.EverDeferred, "at least once, whatever came of it"},
		{"unsubscribed", e.Unsubscribed, fmt.Sprintf("%.2f %% of those who got it", 100*e.UnsubscribeRate())},
		{"complained", e.Complained, fmt.Sprintf("%.3f %%", 100*e.ComplaintRate())}, {"bounced", e.Bounced, fmt.Sprintf("%.2f %% of those tried", 100*e.BounceRate())},
	} {
		if s.n > 0 || s.name == "accepted" {
			if s.name == "accepted" {
				s.text = share(s.n, e.Audience)
			}
			rows = append(rows, row{s.name, number(s.n), s.text})
		}
	}
	if d.First > 0 {
		begun := time.Unix(d.First, 0).In(r.Now.Location())
		rows = append(rows, row{"took", number(int(d.Until(.99))), fmt.Sprintf("seconds from %s for 99 %%, %s in all", begun.Format("2 Jan 15:04"), number(int(d.Seconds())))},
			row{"a minute", number(d.Peak()), "at most  " + pace(d)})
	}
	printRows(a.stdout, rows)
	a.tellDetails(d)
	return nil
}

// pace is a sparkline of at most forty columns.
func pace(d *numbers.Details) string {
	const most = 40
	first, last := d.Minutes[0].Time/60, d.Minutes[len(d.Minutes)-1].Time/60
	width := (last-first)/most + 1
	values := make([]int, (last-first)/width+1)
	for _, m := range d.Minutes {
		values[(m.Time/60-first)/width] += m.Accepted
	}
	return sparkline(values, 0)
}

func (a *app) tellDetails(d *numbers.Details) {
	tables := []grid{
		{head: []string{"domain", "audience", "accepted", "deferred once", "failed", "uncertain"}},
		{head: []string{"mail server", "accepted", "deferred", "failed", "uncertain"}},
		{head: []string{"reason", "recipients", "state"}, left: map[int]bool{2: true}},
	}
	for _, m := range d.Domains {
		name := cmp.Or(m.Name, fmt.Sprintf("%s others", number(m.Others)))
		tables[0].rows = append(tables[0].rows, []string{name, number(m.Audience), number(m.Accepted), number(m.EverDeferred), number(m.Failed), number(m.Uncertain)})
	}
	for _, r := range d.Relays {
		tables[1].rows = append(tables[1].rows, []string{r.Name, number(r.Accepted), number(r.Deferred), number(r.Failed), number(r.Uncertain)})
	}
	for _, r := range d.Reasons {
		tables[2].rows = append(tables[2].rows, []string{r.Text, number(r.Count), r.State})
	}
	for _, t := range tables {
		if len(t.rows) > 0 {
			fmt.Fprintln(a.stdout)
			t.print(a.stdout, a.ink)
		}
	}
}
