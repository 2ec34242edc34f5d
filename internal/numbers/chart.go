package numbers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A chart is drawn into a box of chartWidth by chartHeight units that is stretched
// to the page; its words stand beside it in HTML, so that they stay readable on a
// phone. Every chart has a table of the same numbers.
type chart struct {
	ID, Title, Note string
	Alt             string   // what the picture shows, in a sentence
	Key             []key    // of the colours, if there is more than one
	Y               []string // labels from the top to the bottom
	X               []string // labels from the left to the right
	Lines           []line   // of the grid
	Shapes          []shape
	Columns         []column
	Table           table
}

// key explains a colour.
type key struct{ Class, Text string }

// line is a horizontal one, from left to right.
type line struct {
	Y     string
	Class string
}

// shape is a path. Class says what it is of, and so its colour.
type shape struct{ Class, Path string }

// column is what a pointer finds: a part of the width, and what is so there.
type column struct{ X, W, Text string }

// table is the chart's numbers. The first column names the row.
type table struct {
	Head []string
	Rows [][]string
}

const (
	chartWidth  = 1000.0
	chartHeight = 240.0
)

// series is numbers at equal distances, the oldest first.
type series struct {
	class, name string
	values      []float64
}

// scale gives the top of an axis: the least round number that is not below the
// highest value, and can be halved.
func scale(values ...[]float64) float64 {
	highest := 0.0
	for _, list := range values {
		for _, v := range list {
			highest = max(highest, v)
		}
	}
	if highest <= 0 {
		return 2
	}
	unit := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, step := range []float64{1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10} {
		if step*unit >= highest*(1-1e-9) {
			return step * unit
		}
	}
	return 10 * unit
}

// coordinate is short and the same on every machine.
func coordinate(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// area is a line with the space below it filled, from 0 to top.
func area(s series, top float64) []shape {
	if len(s.values) == 0 {
		return nil
	}
	var b strings.Builder
	step := chartWidth / max(1, float64(len(s.values)-1))
	for i, v := range s.values {
		fmt.Fprintf(&b, "%c%s %s", "ML"[min(i, 1)], coordinate(float64(i)*step), coordinate(height(v, top)))
	}
	if len(s.values) == 1 { // a line needs two ends
		fmt.Fprintf(&b, "L%s %s", coordinate(chartWidth), coordinate(height(s.values[0], top)))
	}
	edge := b.String()
	return []shape{
		{"area " + s.class, edge + fmt.Sprintf("L%s %sL0 %sZ", coordinate(chartWidth), coordinate(chartHeight), coordinate(chartHeight))},
		{"edge " + s.class, edge},
	}
}

// edge is a line alone.
func edge(s series, top float64) []shape {
	if all := area(s, top); all != nil {
		return all[1:]
	}
	return nil
}

func height(v, top float64) float64 { return chartHeight * (1 - v/top) }

// bars are a bar for each value, from the zero line at from, up for positive
// values and down for others; unit is the height of 1.
func bars(s series, from, unit float64) shape {
	var b strings.Builder
	slot := chartWidth / float64(max(1, len(s.values)))
	gap := min(slot*0.25, 6)
	for i, v := range s.values {
		if v == 0 {
			continue
		}
		h := v * unit
		if math.Abs(h) < 1.5 { // to be seen at all
			h = math.Copysign(1.5, h)
		}
		fmt.Fprintf(&b, "M%s %sh%sv%sh-%sz", coordinate(float64(i)*slot+gap/2), coordinate(from), coordinate(slot-gap), coordinate(-h), coordinate(slot-gap))
	}
	return shape{"bars " + s.class, b.String()}
}

// columns divide the width for the pointer.
func columns(texts []string) []column {
	var all []column
	slot := chartWidth / float64(max(1, len(texts)))
	for i, text := range texts {
		all = append(all, column{coordinate(float64(i) * slot), coordinate(slot), text})
	}
	return all
}

// grid is a line at the top, one in the middle and one at the bottom.
func grid() []line {
	return []line{{"0", "grid"}, {coordinate(chartHeight / 2), "grid"}, {coordinate(chartHeight), "base"}}
}

// some gives at most n of the labels, the first and the last among them.
func some(labels []string, n int) []string {
	if len(labels) <= n {
		return labels
	}
	var all []string
	for i := range n {
		all = append(all, labels[i*(len(labels)-1)/(n-1)])
	}
	return all
}

// whole gives 12345 as "12,345".
func whole(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short gives 12345 as "12k", for the labels of axes.
func short(v float64) string {
	for _, u := range []struct {
		unit float64
		name string
	}{{1e6, "M"}, {1e3, "k"}} {
		if v >= u.unit {
			return strconv.FormatFloat(v/u.unit, 'g', 4, 64) + u.name
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// percent gives 0.0123 as "1.23 %"; with so many digits that a small share is not
// nothing.
func percent(share float64) string {
	p := share * 100
	digits := 1
	switch {
	case p == 0 || p == 100:
		digits = 0
	case p < 0.095:
		digits = 3
	case p < 9.95:
		digits = 2
	case p > 99.9:
		p = min(p, 99.99)
		digits = 2
	}
	return strconv.FormatFloat(p, 'f', digits, 64) + " %"
}

// lasting gives 3725 seconds as "1 h 2 min".
func lasting(seconds int64) string {
	switch {
	case seconds <= 0:
		return "–"
	case seconds < 120:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%d min", (seconds+30)/60)
	case seconds%3600 < 60:
		return fmt.Sprintf("%d h", seconds/3600)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds%3600/60)
}
