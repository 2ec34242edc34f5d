package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
)

func (a *app) checkCommand() *cobra.Command {
	var format, explain string
	c := &cobra.Command{
		Use:   "check",
		Short: "Read all articles and tell what is wrong in them",
		Long: `Read all articles and tell what is wrong in them, everything at once, as
path:line: field: text. An article with an error is left out of all outputs; one
with a warning is used. What is in content/editions/ and is no edition's file is
told, too. Nothing is written.

With --explain FILE it tells how every field of one article was derived instead.

Kinds of findings, which check.silence in the configuration can silence:
` + wrapWords(findingKinds()) + `
Fields, which content.fields in the configuration maps to front matter:
` + wrapWords(fieldNames()),
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.flags.json {
				format = "json"
			}
			if !slices.Contains(checkFormats, format) {
				return usage("--format %q (want %s)", format, strings.Join(checkFormats, ", "))
			}
			a.flags.json = format != "text"
			if explain != "" {
				return a.explain(c.Context(), explain)
			}
			return a.check(c.Context(), format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`FORMAT` of the report: text, json, sarif or github")
	c.Flags().StringVar(&explain, "explain", "", "tell how every field of the article `FILE` was derived")
	return c
}

func (a *app) check(ctx context.Context, format string) error {
	config, err := a.config()
	if err != nil {
		return err
	}
	articles, report, err := a.load(ctx, config, nil)
	if err != nil && !a.flags.json {
		return err
	}
	if a.flags.json {
		if err := a.printReport(config, report, format); err != nil {
			return err
		}
	} else if !a.flags.quiet {
		a.printLeftOut(config, report)
		printRows(a.stdout, checkRows(articles, report))
	}
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// printLeftOut names what is in no output although nothing is wrong with it:
// errors have been told.
func (a *app) printLeftOut(c *Config, report corpus.Report) {
	for _, l := range report.LeftOut {
		if l.Reason != "error" {
			printLine(a.stdout, oneLine(contentPath(c, l.Path)+": left out: "+l.Reason), 4)
		}
	}
}

// wrapWords sets words in lines for a help text.
func wrapWords(words []string) string {
	return wrap("  "+strings.Join(words, " "), 2, helpColumns-2) + "\n"
}

func checkRows(c *corpus.Corpus, report corpus.Report) []row {
	rows := []row{
		{"articles", number(len(c.Heads)), ""},
		{"topics", number(len(c.Topics)), ""},
	}
	if n := len(report.LeftOut); n > 0 {
		rows = append(rows, row{"left out", number(n), leftOutReasons(report)})
	}
	return append(rows,
		row{"errors", number(countFindings(report, corpus.Error)), ""},
		row{"warnings", number(countFindings(report, corpus.Warning)), ""})
}

// findingJSON and leftOutJSON are the report's shapes for scripts.
type findingJSON struct {
	Severity string `json:"severity"`
	Kind     string `json:"kind"`
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"`
	Field    string `json:"field,omitempty"`
	Text     string `json:"text"`
}

type leftOutJSON struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

type reportJSON struct {
	Files    int           `json:"files"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Findings []findingJSON `json:"findings"`
	LeftOut  []leftOutJSON `json:"left_out"`
}

func checkResult(report corpus.Report) reportJSON {
	r := reportJSON{
		Files:    report.Files,
		Errors:   countFindings(report, corpus.Error),
		Warnings: countFindings(report, corpus.Warning),
		Findings: []findingJSON{},
		LeftOut:  []leftOutJSON{},
	}
	for _, f := range report.Findings {
		severity := "warning"
		if f.Severity == corpus.Error {
			severity = "error"
		}
		r.Findings = append(r.Findings, findingJSON{severity, f.Kind, f.Path, f.Line, f.Field, f.Text})
	}
	for _, l := range report.LeftOut {
		r.LeftOut = append(r.LeftOut, leftOutJSON(l))
	}
	return r
}
