package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/medigy/newsdesk/corpus"
)

// explain tells how every field of one article was derived.
func (a *app) explain(ctx context.Context, file string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	content, err := a.folders.contentFolder(c.Content.Dir)
	if err != nil {
		return err
	}
	o := a.corpusOptions(c)
	steps, leftOut, findings, err := corpus.Explain(ctx, content, inContent(c, file), o)
	if err != nil {
		return err
	}
	if a.flags.json {
		return a.printJSON(map[string]any{"steps": newStepsJSON(steps), "left_out": leftOut})
	}
	for _, s := range steps {
		a.printStep(contentPath(c, inContent(c, file)), s)
	}
	for _, f := range findings {
		f.Path = contentPath(c, f.Path)
		fmt.Fprintf(a.stdout, "%s: %s\n", severityName(f.Severity), f)
	}
	if leftOut != "" {
		fmt.Fprintln(a.stdout, "left out:", leftOut)
	}
	return nil
}

// inContent gives a file as the corpus names it, whether it was named from the
// articles' folder or from where the command runs.
func inContent(c *Config, file string) string {
	if inside, err := filepath.Rel(c.Content.Dir, file); err == nil && !strings.HasPrefix(inside, "..") {
		return filepath.ToSlash(inside)
	}
	return filepath.ToSlash(file)
}

func (a *app) printStep(file string, s corpus.Step) {
	result := s.Result
	if result == "" {
		result = a.ink.grey("(none)")
	}
	fmt.Fprintf(a.stdout, "%-13s %s\n", s.Field, result)
	if s.Key != "" {
		fmt.Fprintf(a.stdout, "%-13s %s\n", "", a.ink.grey(fmt.Sprintf("%s:%d: %s: %s", file, s.Line, s.Key, cut(s.Text, 80))))
	}
	if s.Rule != "" {
		fmt.Fprintf(a.stdout, "%-13s %s\n", "", a.ink.grey(s.Rule))
	}
}

// cut shortens text to n columns on one line.
func cut(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	if textWidth(text) <= n {
		return text
	}
	end, at := 0, 0
	for i, r := range text {
		if at += textWidth(string(r)); at >= n {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return text[:end] + "…"
}

type stepJSON struct {
	Field  string `json:"field"`
	Key    string `json:"key,omitempty"`
	Line   int    `json:"line,omitempty"`
	Text   string `json:"text,omitempty"`
	Result string `json:"result"`
	Rule   string `json:"rule,omitempty"`
}

func newStepsJSON(steps []corpus.Step) []stepJSON {
	all := []stepJSON{}
	for _, s := range steps {
		all = append(all, stepJSON{string(s.Field), s.Key, s.Line, s.Text, s.Result, s.Rule})
	}
	return all
}
