// Package feedcheck validates feeds, ours and anybody's: RSS 2.0, Atom 1.0 (RFC
// 4287), JSON Feed 1.1 and OPML 2.0, with the extensions that feeds use (Dublin
// Core, content, Media RSS, syndication, slash, threading, RFC 5005).
//
// Problems have the names that the W3C Feed Validator gives them, so that what is
// known of one helps with the other, and the line where they stand. Three steps
// lead to them: the bytes are decoded (encoding.go), a tree with positions is read
// from XML (tree.go) or JSON (jsontree.go), and tables of what may stand where
// (rss.go, atom.go, extensions.go …) check it. Values have a file for each kind:
// dates, addresses of mail and of pages, HTML.
//
// Nothing is fetched, no entity is expanded, and size and depth have limits: a
// feed comes from strangers.
package feedcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Severity tells whether a feed breaks its standard or is only likely to trouble
// readers.
type Severity int

// The severities are those that the W3C validator has.
const (
	Warning Severity = iota
	Error
)

func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Problem is one thing that is wrong with a feed.
type Problem struct {
	Severity     Severity
	Code         string // as W3C's validator names it: MissingDescription
	Line, Column int    // both from 1; 0 if it is nowhere in the file, or not known. Columns count bytes
	Path         string // the element: rss/channel/item[2]/pubDate
	Text         string // what is wrong, what is wanted, why a reader cares; one line
}

// String gives line: severity code: path: text.
func (p Problem) String() string {
	s := fmt.Sprintf("%d: %v %s: ", p.Line, p.Severity, p.Code)
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.Text
}

// Options say what is known of a feed besides its bytes.
type Options struct {
	URL      string    // its address, which its self link is compared with; "" if not known
	Response *Response // how a server gave it; nil if it did not come from one
	Now      time.Time // dates after it are implausible; zero leaves that out
}

// Limits of what is read. The W3C validator reads 2 MB.
const (
	MaxBytes    = 16 << 20
	maxNodes    = 500_000
	maxDepth    = 100
	maxProblems = 1000
)

// Check tells everything that is wrong with a feed, in the order of its lines.
// The format is found from the bytes.
func Check(data []byte, o Options) []Problem {
	c := &checker{Options: o, once: map[string]bool{}}
	f := Detect(data)
	switch {
	case len(data) > MaxBytes:
		c.report(spot{}, "ValidatorLimit", "the feed is larger than %d MiB", MaxBytes>>20)
	case f == JSON:
		c.json(data)
	case f == Unknown:
		c.report(spot{line: 1}, "UndefinedElement", "this is no feed (want RSS, Atom, JSON Feed or OPML)")
	default:
		c.xml(data)
	}
	if o.Response != nil && f != Unknown {
		c.response(f, data)
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			strings.Compare(a.Code, b.Code), strings.Compare(a.Path, b.Path), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(c.problems)
}

// checker collects the problems of one feed.
type checker struct {
	Options
	problems []Problem
	declared string          // the encoding that the XML declaration names
	once     map[string]bool // what has been told and is told once a feed
	based    bool            // the feed has an address that relative ones are relative to
}

// spot is a place in a feed.
type spot struct {
	line, column int
	path         string
	node         *node // of which the path is made if the place is told
}

// report tells a problem. Its severity and why it matters are in the table codes.
func (c *checker) report(at spot, code, format string, args ...any) {
	if len(c.problems) == maxProblems {
		c.problems = append(c.problems, Problem{Error, "ValidatorLimit", at.line, at.column, at.path, fmt.Sprintf("more than %d problems: the rest is not told", maxProblems)})
	}
	if len(c.problems) > maxProblems {
		return
	}
	text := oneLine(fmt.Sprintf(format, args...))
	if why := codes[code].why; why != "" {
		text += ": " + why
	}
	if at.node != nil {
		at.path = at.node.path() + at.path
	}
	c.problems = append(c.problems, Problem{codes[code].severity, code, at.line, at.column, at.path, text})
}

// oneLine keeps what a feed says from breaking lines, turning the text after it or
// driving a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, s)
}

// short gives a value as a message shows it, quoted.
func short(s string) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return `"` + s + `"`
}
