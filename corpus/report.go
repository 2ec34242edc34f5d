package corpus

import (
	"fmt"
	"slices"
	"time"
)

// Severity says what a finding means for the build.
type Severity int

// Warning: the article is used, something in it was guessed or repaired.
// Error: the article is left out.
const (
	Warning Severity = iota
	Error
)

// kinds are the stable names of all findings.
var kinds = []string{
	"bad-body", "bad-date", "bad-image", "bad-language", "bad-offering", "bad-option", "bad-original", "broken", "changed",
	"duplicate-key", "likely-duplicate", "missing-image", "mojibake", "no-date", "no-summary", "no-title",
	"remote-image", "same-id", "same-url", "shortcode", "stopped", "topic-lists", "unreadable",
}

// Kinds lists the kinds of findings there are. Their names do not change.
func Kinds() []string { return slices.Clone(kinds) }

// Finding is one thing that is wrong in the corpus.
type Finding struct {
	Severity Severity
	Kind     string // stable name, for scripts: "bad-date"
	Path     string // file, relative to the corpus
	Line     int    // counted from 1 at the file's top; 0 if no line can be named
	Field    string // newsdesk's name of the field, or ""
	Text     string // what is wrong, and what is wanted
}

// String gives the finding as path:line: field: text, which terminals and
// editors turn into a link.
func (f Finding) String() string {
	s := f.Path
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		s += ": " + f.Field
	}
	return s + ": " + f.Text
}

// LeftOut is a file that was read and is in no output, with the reason.
type LeftOut struct {
	Path   string
	Reason string // "draft", "published in the future (2031-01-01)", "error"
}

// Report is all that Load has to say about a folder, sorted by path and line.
type Report struct {
	Files    int // article files seen
	Findings []Finding
	LeftOut  []LeftOut
	Notices  []string // about the index, which changes no output; a line each

	// Next is the earliest time at which the same files give something else: an
	// article is published then, or expires. It is zero if there is none.
	Next time.Time
}

// soonest is the earlier of two times, of which zero is never.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
