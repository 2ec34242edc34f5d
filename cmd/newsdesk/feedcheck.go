package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/feedcheck"
)

func (a *app) feedCheckCommand() *cobra.Command {
	var format, base string
	c := &cobra.Command{
		Use:   "check [DIR|FILE|URL|-]…",
		Short: "Validate feeds, yours or another's, with the W3C validator's codes",
		Long: `Validate RSS 2.0, Atom 1.0, JSON Feed 1.1 and OPML with the extensions that
feeds use: Dublin Core, content, Media RSS, RFC 5005 archives. Each problem is
told as path:line: severity Code: element: text, with the codes of the W3C Feed
Validator; - is standard input.

Of a folder every .xml, .rss, .atom, .json and .opml file that is a feed is
checked; without an argument it is feeds.dir, whose feeds must name the
addresses that they have under feeds.url. A URL is fetched, and the answer's
headers are checked, too; nothing else is asked of the network.

It exits with 1 if there is an error, with --strict also if there is a warning.`,
		RunE: func(c *cobra.Command, args []string) error {
			if a.flags.json {
				format = "json"
			}
			if !slices.Contains(checkFormats, format) {
				return usage("--format %q (want %s)", format, strings.Join(checkFormats, ", "))
			}
			if base != "" && !isHTTP(base) {
				return usage("--url %q is not an address (want https://…)", base)
			}
			return a.checkFeeds(c.Context(), args, base, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`FORMAT` of the report: text, json, sarif or github")
	c.Flags().StringVar(&base, "url", "", "`URL` at which DIR, FILE or standard input is served; self links are compared with it")
	return c
}

// checkedFeed is a feed with its problems.
type checkedFeed struct {
	name     string
	format   feedcheck.Format
	problems []feedcheck.Problem
}

func (a *app) checkFeeds(ctx context.Context, args []string, base, format string) error {
	if len(args) == 0 {
		c, err := a.config()
		if err != nil {
			return err
		}
		args = []string{c.Feeds.Dir}
		base = cmp.Or(base, c.feedsURL())
	}
	var list []checkedFeed
	for _, arg := range args {
		feeds, err := a.checkFeedsOf(ctx, arg, base)
		if err != nil {
			return err
		}
		list = append(list, feeds...)
	}
	if err := a.printFeedReport(list, format); err != nil {
		return err
	}
	if e, w := countProblems(list); e > 0 || a.flags.strict && w > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

// countProblems counts errors and warnings.
func countProblems(list []checkedFeed) (errors, warnings int) {
	for _, f := range list {
		for _, p := range f.problems {
			if p.Severity == feedcheck.Error {
				errors++
			} else {
				warnings++
			}
		}
	}
	return errors, warnings
}

func (a *app) printFeedReport(list []checkedFeed, format string) error {
	switch format {
	case "json":
		return a.printJSON(newFeedReport(list))
	case "text":
		a.printProblems(list)
		return nil
	}
	var all []located
	for _, f := range list {
		for _, p := range f.problems {
			all = append(all, located{f.name, p.Line, p.Severity.String(), p.Code, problemText(p)})
		}
	}
	return a.printLocated(all, format)
}

// printProblems tells the problems, which are the result of this command, on
// standard output; one that is at no line is told with the feed's name alone.
func (a *app) printProblems(list []checkedFeed) {
	for _, f := range list {
		for _, p := range f.problems {
			at := f.name
			if p.Line > 0 {
				at += fmt.Sprintf(":%d", p.Line)
			}
			fmt.Fprintf(a.stdout, "%s: %v %s: %s\n", oneLine(at), p.Severity, p.Code, oneLine(problemText(p)))
		}
	}
	if !a.flags.quiet {
		errors, warnings := countProblems(list)
		printRows(a.stdout, []row{{"feeds", number(len(list)), ""}, {"errors", number(errors), ""}, {"warnings", number(warnings), ""}})
	}
}

func problemText(p feedcheck.Problem) string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}

// feedReport is the report's shape for scripts.
type feedReport struct {
	Errors   int          `json:"errors"`
	Warnings int          `json:"warnings"`
	Feeds    []feedResult `json:"feeds"`
}

type feedResult struct {
	Name     string        `json:"name"`
	Format   string        `json:"format"`
	Problems []problemJSON `json:"problems"`
}

type problemJSON struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Text     string `json:"text"`
}

func newFeedReport(list []checkedFeed) feedReport {
	r := feedReport{Feeds: []feedResult{}}
	r.Errors, r.Warnings = countProblems(list)
	for _, f := range list {
		result := feedResult{Name: filepath.ToSlash(f.name), Format: string(f.format), Problems: []problemJSON{}}
		for _, p := range f.problems {
			result.Problems = append(result.Problems, problemJSON{p.Severity.String(), p.Code, p.Line, p.Column, p.Path, p.Text})
		}
		r.Feeds = append(r.Feeds, result)
	}
	return r
}
