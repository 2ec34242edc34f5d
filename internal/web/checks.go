package web

import (
	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

// listed is how many rows a long list shows before it says how many more there
// are: a corpus may have thousands of articles that are not in this edition.
const listed = 50

// checks are what was found about the corpus and why each article is where it
// is.
type checks struct {
	Files            int
	Errors, Warnings int
	Here             []fileFindings // of the edition's articles
	Elsewhere        []fileFindings
	MoreFiles        int // with findings, not listed
	In               []decisionRow
	Out              []outGroup
	OutCount         int
	LeftOut          []corpus.LeftOut
	MoreLeftOut      int
}

// fileFindings are the findings of one file.
type fileFindings struct {
	Path     string
	Title    string // of its article, if this edition has it
	Findings []findingRow
}

type findingRow struct {
	Error bool
	Line  int // 0 if none can be named
	Field string
	Text  string
}

// outGroup are the articles that one reason keeps out.
type outGroup struct {
	Reason string
	Count  int
	Rows   []decisionRow
	More   int // not listed
}

type decisionRow struct{ Title, Date, Path, Reason string }

func newChecks(report corpus.Report, proof *Proof) *checks {
	c := &checks{Files: report.Files, LeftOut: report.LeftOut}
	if n := len(c.LeftOut) - listed; n > 0 {
		c.LeftOut, c.MoreLeftOut = c.LeftOut[:listed], n
	}
	here := make(map[string]string)
	if proof != nil {
		for _, s := range proof.Edition.Stories() {
			here[s.Path] = s.Title
		}
		c.decisions(proof.Edition.Decisions)
	}
	c.findings(report.Findings, here)
	return c
}

// findings groups what is sorted by path, the edition's own files first.
func (c *checks) findings(all []corpus.Finding, here map[string]string) {
	for _, f := range all {
		if f.Severity == corpus.Error {
			c.Errors++
		} else {
			c.Warnings++
		}
		files := &c.Elsewhere
		title, ok := here[f.Path]
		if ok {
			files = &c.Here
		}
		if n := len(*files); n == 0 || (*files)[n-1].Path != f.Path {
			*files = append(*files, fileFindings{Path: f.Path, Title: title})
		}
		file := &(*files)[len(*files)-1]
		file.Findings = append(file.Findings, findingRow{f.Severity == corpus.Error, f.Line, f.Field, f.Text})
	}
	if n := len(c.Elsewhere) - listed; n > 0 {
		c.Elsewhere, c.MoreFiles = c.Elsewhere[:listed], n
	}
}

func (c *checks) decisions(all []digest.Decision) {
	groups := make(map[string]int)
	for _, d := range all {
		row := decisionRow{d.Head.Title, d.Head.Published.Format("2 Jan 2006"), d.Head.Path, d.Reason}
		if d.In {
			c.In = append(c.In, row)
			continue
		}
		c.OutCount++
		at, ok := groups[d.Reason]
		if !ok {
			at = len(c.Out)
			groups[d.Reason] = at
			c.Out = append(c.Out, outGroup{Reason: d.Reason})
		}
		group := &c.Out[at]
		if group.Count++; group.Count <= listed {
			group.Rows = append(group.Rows, row)
		} else {
			group.More++
		}
	}
}
