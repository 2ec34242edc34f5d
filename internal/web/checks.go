package web

import "github.com/medigy/newsdesk/corpus"

// strayEdition is the kind of finding of a file that an editor may take for an
// edition's, and that is read for none.
const strayEdition = "stray-edition"

// checks are what was found about the corpus.
type checks struct {
	Files            int
	Errors, Warnings int
	Here             []fileFindings // of the edition's articles
	Elsewhere        []fileFindings
	Strays           []fileFindings // of what lies among the edition files and is none
	MoreFiles        int            // with findings, not listed
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
		switch {
		case ok:
			files = &c.Here
		case f.Kind == strayEdition:
			files = &c.Strays
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
