package digest

import "time"

// Choices are what editors decided about an edition, as its file
// content/editions/<digest>/<period>.yaml says it. They are differences from
// what Compile would choose alone, so an article that is published later still
// comes in. The zero Choices change nothing.
//
// Articles are named by their path in the content folder ("2021/clinics.md")
// or by their ID; a name that no article has is a note of the edition, not an
// error: the article may come back.
type Choices struct {
	Subject   string // one line; "" is worded by Compile
	Preheader string // one line; "" is worded by Compile
	Intro     string // Markdown, above the lead
	Closing   string // Markdown, after the last section

	Lead    string   // the article that leads; "" by rule
	Pins    []string // first in their sections, in this order
	Order   []string // then these; what is not named follows by rule
	Include []string // articles that the rule leaves out
	Exclude []string // articles that the rule takes

	Articles map[string]Override // by article
	Sponsor  *Sponsor
	Approved *Approval
}

// Override replaces what an article says of itself in one edition. An empty
// field replaces nothing.
type Override struct {
	Title   string // one line
	Summary string // plain text
	Image   string // absolute URL, or "none"
}

// Sponsor is a paid block that is marked as such.
type Sponsor struct {
	Name  string // who pays
	Text  string // Markdown
	URL   string // absolute
	Image string // absolute URL, or ""
}

// Approval says that somebody found the edition good as it was: Hash is of the
// issue that was approved and its sender, so any later change needs another one.
type Approval struct {
	By   string
	At   time.Time
	Hash string
}
