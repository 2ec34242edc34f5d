package mailcheck

import (
	"bytes"
	"fmt"
	"slices"
)

// Sizes in bytes of the HTML part.
const (
	ClipSize  = 102 << 10 // Gmail cuts a mail there and hides what follows, as senders have found
	WarnSize  = 80 << 10  // above that, what relays add can make a mail too large
	styleSize = 16 << 10  // Gmail drops a style element that begins beyond that
)

// Section is a stretch of the HTML with its bytes.
type Section struct {
	Name  string // its heading, "Head" or "Top"
	Line  int
	Bytes int
}

// Sections gives the parts of the HTML in order: the head, what is above the
// first heading of level 2, and from each of them to the next.
func Sections(source []byte) []Section {
	all := []Section{{Name: "Head", Line: 1}}
	starts := []int{0}
	lines := bytes.SplitAfter(source, []byte("\n"))
	offset := make([]int, len(lines)+1)
	for i, line := range lines {
		offset[i+1] = offset[i] + len(line)
	}
	for n := range parseHTML(source).elements("body", "h2") {
		at := offset[n.line-1]
		if i := bytes.Index(source[at:], []byte("<"+n.tag)); i >= 0 {
			at += i
		}
		name := "Top"
		if n.tag == "h2" {
			name = n.words()
		}
		if at <= starts[len(starts)-1] { // two on one line
			at = min(len(source), starts[len(starts)-1]+1)
		}
		all = append(all, Section{Name: name, Line: n.line})
		starts = append(starts, at)
	}
	for i := range all {
		end := len(source)
		if i+1 < len(all) {
			end = starts[i+1]
		}
		all[i].Bytes = end - starts[i]
	}
	return all
}

func (c *checker) size() {
	styles := 0
	for style := range c.root.elements("style") {
		for _, child := range style.children {
			styles += len(child.text)
		}
	}
	if styles > styleSize {
		c.add(Finding{Severity: Error, Kind: "size-style", Part: HTML, Text: fmt.Sprintf("the styles have %s: Gmail drops them beyond 16 KB", kilobytes(styles))})
	}
	n := len(c.HTML)
	if n <= WarnSize {
		return
	}
	f := Finding{Severity: Warning, Kind: "size", Part: HTML, Text: fmt.Sprintf("the HTML has %s: Gmail shows 102 KB of a mail and hides the rest, with the unsubscribe link; %s", kilobytes(n), largest(c.HTML))}
	if n > ClipSize {
		f.Severity = Error
	}
	c.add(f)
}

// largest names the three largest sections.
func largest(source []byte) string {
	all := Sections(source)
	slices.SortStableFunc(all, func(a, b Section) int { return b.Bytes - a.Bytes })
	text := "largest:"
	for i, s := range all[:min(3, len(all))] {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %s %s", s.Name, kilobytes(s.Bytes))
	}
	return text
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f KB", float64(n)/1024) }
