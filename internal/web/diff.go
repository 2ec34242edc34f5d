package web

import "strings"

// diffRow is a line of two texts side by side. Left and Right are the same, or
// one is no line (its number is 0), or both stand where something was replaced.
type diffRow struct {
	Left, Right         string
	LeftLine, RightLine int
	Changed             bool
}

// maxDiff bounds the work of a comparison, in pairs of lines that differ: about
// 2,000 lines that have nothing in common.
const maxDiff = 4 << 20

// diff puts two texts side by side by their longest common subsequence of lines.
func diff(left, right string) []diffRow {
	a, b := lines(left), lines(right)
	top := 0
	for top < len(a) && top < len(b) && a[top] == b[top] {
		top++
	}
	end := 0
	for end < len(a)-top && end < len(b)-top && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	d := differ{a: a, b: b}
	for range top {
		d.same()
	}
	d.middle(len(a)-end, len(b)-end)
	for range end {
		d.same()
	}
	return d.rows
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// differ writes rows and knows how far it has come in both texts.
type differ struct {
	a, b []string
	i, j int
	rows []diffRow
}

func (d *differ) same() {
	d.rows = append(d.rows, diffRow{d.a[d.i], d.b[d.j], d.i + 1, d.j + 1, false})
	d.i, d.j = d.i+1, d.j+1
}

// replaced puts the lines up to i and j side by side.
func (d *differ) replaced(i, j int) {
	for d.i < i || d.j < j {
		row := diffRow{Changed: true}
		if d.i < i {
			row.Left, row.LeftLine, d.i = d.a[d.i], d.i+1, d.i+1
		}
		if d.j < j {
			row.Right, row.RightLine, d.j = d.b[d.j], d.j+1, d.j+1
		}
		d.rows = append(d.rows, row)
	}
}

// middle compares what is between the common beginning and the common end.
func (d *differ) middle(endA, endB int) {
	a, b := d.a[d.i:endA], d.b[d.j:endB]
	if len(a)*len(b) > maxDiff {
		d.replaced(endA, endB)
		return
	}
	// common[i][j] is how many lines a[i:] and b[j:] have in common.
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j, startA, startB := 0, 0, d.i, d.j
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.replaced(startA+i, startB+j)
			d.same()
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	d.replaced(endA, endB)
}

// fold leaves out what is the same, but for a few lines around each change.
func fold(rows []diffRow) []diffRow {
	const around = 2
	keep := make([]bool, len(rows))
	for i, row := range rows {
		for j := max(0, i-around); row.Changed && j <= min(len(rows)-1, i+around); j++ {
			keep[j] = true
		}
	}
	var folded []diffRow
	for i, row := range rows {
		switch {
		case keep[i]:
			folded = append(folded, row)
		case i == 0 || keep[i-1]:
			folded = append(folded, diffRow{}) // a gap
		}
	}
	return folded
}
