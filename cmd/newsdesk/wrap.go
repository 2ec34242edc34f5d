package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// columns is how wide a terminal is, or 0 if w is none: what goes to a file or to
// another program is never wrapped.
func columns(w io.Writer) int {
	f := fileOf(w)
	if f == nil {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}

// textWidth is how many columns of a terminal a text takes: two for a Chinese
// character or an emoji, none for an accent that is put on the letter before it and
// for what a style writes.
func textWidth(s string) int {
	n, escaped := 0, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = !unicode.IsLetter(r)
		case r == '\x1b':
			escaped = true
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		default:
			n++
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				n++
			}
		}
	}
	return n
}

// pad fills a text with spaces up to a number of columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-textWidth(s)))
}

// least is how many columns text needs beside its indent to be wrapped at all.
const least = 20

// wrap breaks a line at spaces so that it fits into so many columns; those after the
// first begin with an indent. A word that is longer, as a path or a URL, stays whole.
// With 0 columns nothing is wrapped.
func wrap(line string, indent, columns int) string {
	if columns == 0 || textWidth(line) <= columns || columns-indent < least {
		return line
	}
	text := strings.TrimLeft(line, " ")
	at := len(line) - len(text)
	var b strings.Builder
	b.WriteString(line[:at])
	begun := false // a word is on this line
	for word := range strings.SplitSeq(text, " ") {
		n := textWidth(word)
		if begun && at+1+n > columns {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at, begun = indent, false
		}
		if begun {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, begun = at+n, true
	}
	return b.String()
}

// printLine writes a line, which on a terminal wraps below itself at an indent.
func printLine(w io.Writer, line string, indent int) {
	fmt.Fprintln(w, wrap(line, indent, columns(w)))
}

// wrapLines wraps each line of a text.
func wrapLines(text string, indent, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrap(line, indent, columns)
	}
	return strings.Join(lines, "\n")
}
