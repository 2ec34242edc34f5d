package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

func (a *app) digestExplainCommand() *cobra.Command {
	var w asked
	c := &cobra.Command{
		Use:   "explain [FILE…]",
		Short: "Tell why each article is in an edition or not",
		Long: `Tell of every article that an edition takes, and of those around it that it does
not, why. With files, tell of these alone, wherever they are. What of the editor's
choices has no effect is told as well.`,
		RunE: func(c *cobra.Command, files []string) error { return a.explainDigest(c.Context(), w, files) },
	}
	w.flags(c)
	return c
}

func (a *app) explainDigest(ctx context.Context, w asked, files []string) error {
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	articles, report, err := a.glance(ctx, s.config, s.want)
	if err != nil {
		return err
	}
	p, err := s.period(articles.Heads)
	if err != nil {
		return err
	}
	e, err := a.edition(ctx, s, articles, p)
	if err != nil {
		return err
	}
	if a.flags.strict && len(e.Notes) > 0 {
		return fmt.Errorf("%s has %s, and --strict is given", s.edition(p), plural(len(e.Notes), "note"))
	}
	x := newExplanation(s, p, e.Notes)
	decisions, err := x.decide(s.config, e, articles.Heads, report, files)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		x.add(d)
	}
	if a.flags.json {
		return a.printJSON(x)
	}
	a.printExplanation(s.config, x)
	return nil
}

// explanation is why articles are in an edition or not.
type explanation struct {
	Digest string            `json:"digest"`
	Period string            `json:"period"`
	From   time.Time         `json:"from"`
	To     time.Time         `json:"to"` // the first instant after it
	In     []explainedDigest `json:"in"`
	Out    []explainedDigest `json:"out"`
	Notes  []string          `json:"notes"`

	words string
}

// explainedDigest is one article; what was not read far enough has no ID, title
// and date.
type explainedDigest struct {
	Path      string    `json:"path"`
	ID        string    `json:"id,omitempty"`
	Title     string    `json:"title,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Reason    string    `json:"reason"`
}

func newExplanation(s *series, p digest.Period, notes []string) *explanation {
	return &explanation{
		Digest: s.Name, Period: p.Name, From: p.Start, To: p.End,
		In: []explainedDigest{}, Out: []explainedDigest{}, Notes: append([]string{}, notes...), words: p.Words(),
	}
}

// decide gives the edition's decisions, or those on files. What the corpus left
// out goes into x at once.
func (x *explanation) decide(c *Config, e *digest.Edition, heads []*corpus.Head, report corpus.Report, files []string) ([]digest.Decision, error) {
	if len(files) == 0 {
		return e.Decisions, nil
	}
	byPath := make(map[string]*corpus.Head, len(heads))
	for _, h := range heads {
		byPath[h.Path] = h
	}
	leftOut := make(map[string]string)
	for _, l := range report.LeftOut {
		leftOut[l.Path] = l.Reason
	}
	var decisions []digest.Decision
	for _, file := range files {
		path := inContent(c, file)
		if h := byPath[path]; h != nil {
			decisions = append(decisions, e.Decision(h))
		} else if reason, ok := leftOut[path]; ok {
			x.Out = append(x.Out, explainedDigest{Path: path, Reason: "in no output: " + reason})
		} else {
			return nil, fmt.Errorf("%s: there is no such article in %s", file, c.Content.Dir)
		}
	}
	return decisions, nil
}

func (x *explanation) add(d digest.Decision) {
	list := &x.Out
	if d.In {
		list = &x.In
	}
	*list = append(*list, explainedDigest{d.Head.Path, d.Head.ID, d.Head.Title, d.Head.Published, d.Reason})
}

// explained is where texts begin, behind a day.
const explained = 14

// printExplanation tells of each article its title, why it is in or not, and its file.
func (a *app) printExplanation(c *Config, x *explanation) {
	fmt.Fprintf(a.stdout, "%s %s\n", a.ink.bold(x.Digest+"/"+x.Period), x.words)
	for _, group := range []struct {
		name string
		list []explainedDigest
	}{{"in", x.In}, {"out", x.Out}} {
		if len(group.list) == 0 {
			continue
		}
		fmt.Fprintf(a.stdout, "\n%s (%s)\n", a.ink.bold(group.name), number(len(group.list)))
		for _, e := range group.list {
			when := ""
			if !e.Published.IsZero() {
				when = e.Published.Format(time.DateOnly)
			}
			for _, text := range []string{e.Title, e.Reason} {
				if text != "" {
					printLine(a.stdout, "  "+pad(when, len(time.DateOnly))+"  "+text, explained)
					when = ""
				}
			}
			fmt.Fprintln(a.stdout, strings.Repeat(" ", explained)+a.ink.grey(contentPath(c, e.Path)))
		}
	}
}
