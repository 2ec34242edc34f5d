package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

// corpusOptions turns the configuration into the corpus' options.
func (a *app) corpusOptions(c *Config) corpus.Options {
	fields := maps.Clone(corpus.Presets[c.Content.Preset])
	for name, paths := range c.Content.Fields {
		field, _ := corpusField(name)
		fields[field] = paths
	}
	o := corpus.Options{
		Site: c.Site.URL, Zone: c.zone, Language: c.Site.Language, Languages: c.Site.Languages,
		Skip: notArticles(c), Permalink: c.Content.Permalink, ImagesURL: c.Content.Images.URL,
		Now: a.clock(), Encoding: c.Content.Encoding, Repair: c.Content.Repair, Expire: c.Content.Expire, Fields: fields,
		Silence: c.Check.Silence, Marks: marks(c),
	}
	if images, err := a.folders.folder(c.Content.Images.Dir); err == nil {
		o.Images = images
	}
	return o
}

// patternSigns have a meaning in a pattern.
var patternSigns = regexp.MustCompile(`[\\*?\[]`)

// notArticles are content.skip and, of a site whose own folder is read, the output in
// it: its pages would be read as articles at the next time.
func notArticles(c *Config) []string {
	out, err := filepath.Rel(absolute(c.Content.Dir), absolute(c.Feeds.Dir))
	if err != nil || out == "." || !filepath.IsLocal(out) {
		return c.Content.Skip
	}
	return append(slices.Clone(c.Content.Skip), "/"+patternSigns.ReplaceAllString(filepath.ToSlash(out), `\$0`))
}

// marks are the kinds of marks by which feeds and digests choose articles.
func marks(c *Config) []corpus.MarkKind {
	kinds := feed.Options{By: feedKinds(c), Named: namedFeeds(c)}.Marks()
	for _, d := range c.digests {
		if len(d.Only.Sources) > 0 && !slices.Contains(kinds, corpus.MarkSource) {
			kinds = append(kinds, corpus.MarkSource)
		}
	}
	return kinds
}

// want says which of a corpus' articles some output shows; nil wants all.
type want func(heads []*corpus.Head) []*corpus.Head

// read reads the corpus that an output wants.
func (a *app) read(ctx context.Context, c *Config, w want) (*corpus.Corpus, corpus.Report, error) {
	content, err := a.folders.contentFolder(c.Content.Dir)
	if err != nil {
		return nil, corpus.Report{}, err
	}
	o := a.corpusOptions(c)
	o.Want = w
	if w != nil {
		o.Index = a.openIndex(c)
	}
	bar := a.newBar("reading", false)
	defer bar.end()
	var first sync.Once
	o.Progress = func(done, total int) {
		if w != nil {
			first.Do(func() { boundMemory(total, false, a.folders.watching) })
		}
		bar.tell(done, total)
	}
	articles, report := corpus.Load(ctx, content, o)
	if !slices.Contains(c.Check.Silence, strayEdition) {
		report.Findings = append(report.Findings, strayEditions(c, articles.Heads, o.Now)...)
	}
	a.due = dueAfter(c, report, o.Now)
	return articles, report, ctx.Err()
}

// dueAfter is when the same files give something else than they did at now: an
// article's time comes, or a period ends and its edition is a digest's newest.
func dueAfter(c *Config, report corpus.Report, now time.Time) time.Time {
	due := report.Next
	for _, d := range c.digests {
		if end := d.kind().Of(now, c.zone).End; due.IsZero() || end.Before(due) {
			due = end
		}
	}
	return due
}

// readMore reads articles that the index made it unnecessary to read before.
func (a *app) readMore(ctx context.Context, c *Config, articles *corpus.Corpus, heads []*corpus.Head) (*corpus.Corpus, error) {
	more, findings, err := articles.Read(ctx, heads)
	a.printFindings(c, corpus.Report{Findings: findings})
	return more, err
}

// boundMemory lets the garbage collector rest until memory is what the outputs of
// so many articles need, 50 MiB and half a kilobyte for each, and not let it
// double then. Outputs of more than is read at once have a version, an item and a
// place in several files for each, and take more: 192 MiB and two kilobytes. A
// resident program has memory for more garbage. Where somebody bounds memory by
// GOMEMLIMIT, they know better.
func boundMemory(articles int, later, resident bool) {
	base, each := int64(50<<20), int64(512)
	if later {
		base, each = 192<<20, 2<<10
	}
	switch {
	case os.Getenv("GOMEMLIMIT") != "":
	case resident:
		debug.SetGCPercent(200)
	default:
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(base + int64(articles)*each)
	}
}

// load reads the corpus and tells what is wrong in it.
func (a *app) load(ctx context.Context, c *Config, w want) (*corpus.Corpus, corpus.Report, error) {
	return a.loadTelling(ctx, c, w, a.printFindings)
}

// glance is load for those who look at the digest: they are told what was left out,
// and how many warnings there are.
func (a *app) glance(ctx context.Context, c *Config, w want) (*corpus.Corpus, corpus.Report, error) {
	tell := a.countWarnings
	if a.flags.strict { // it is the warnings that the command fails for
		tell = a.printFindings
	}
	return a.loadTelling(ctx, c, w, tell)
}

func (a *app) loadTelling(ctx context.Context, c *Config, w want, tell func(*Config, corpus.Report)) (*corpus.Corpus, corpus.Report, error) {
	articles, report, err := a.read(ctx, c, w)
	if err != nil {
		return nil, report, err
	}
	if !a.flags.json {
		tell(c, report)
	}
	for _, notice := range report.Notices {
		a.note("%s", notice)
	}
	if report.Files == 0 {
		return nil, report, fmt.Errorf("%s: there are no articles in it (want files that end in .md, .mdx, .markdown or .html)", c.Content.Dir)
	}
	if len(articles.Heads) == 0 {
		return nil, report, fmt.Errorf("%s: not one of its %s can be used", c.Content.Dir, plural(report.Files, "article"))
	}
	if n := len(report.Findings); a.flags.strict && n > 0 {
		return nil, report, fmt.Errorf("%s, and --strict is given", plural(n, "finding"))
	}
	return articles, report, nil
}

// likeIt is how many findings of one kind are printed before the rest are
// only counted.
const likeIt = 5

// printFindings writes errors, then warnings, as lines that a terminal or an
// editor turns into links.
func (a *app) printFindings(c *Config, report corpus.Report) {
	groups := []struct {
		severity corpus.Severity
		noun     string
		paint    func(string) string
		limit    int
	}{
		{corpus.Error, "error", a.style.red, len(report.Findings)},
		{corpus.Warning, "warning", a.style.yellow, likeIt},
	}
	for _, g := range groups {
		n := countFindings(report, g.severity)
		if n == 0 || a.flags.quiet && g.severity != corpus.Error {
			continue
		}
		heading := plural(n, g.noun)
		if g.severity == corpus.Error {
			heading += ": left out"
		}
		fmt.Fprintln(a.stderr, g.paint(heading))
		a.printGroup(c, report, g.severity, g.limit)
	}
}

// countWarnings is printFindings with one line for the articles' warnings; those of
// edition files belong to the digest and are told.
func (a *app) countWarnings(c *Config, report corpus.Report) {
	ofArticles := func(f corpus.Finding) bool { return f.Severity != corpus.Error && f.Kind != strayEdition }
	all := report.Findings
	report.Findings = slices.DeleteFunc(slices.Clone(all), ofArticles)
	a.printFindings(c, report)
	if n := len(all) - len(report.Findings); n > 0 {
		a.note("%s in the articles: newsdesk check", plural(n, "warning"))
	}
}

func (a *app) printGroup(c *Config, report corpus.Report, severity corpus.Severity, limit int) {
	more := map[string]int{}
	var kinds []string
	for _, f := range report.Findings {
		if f.Severity != severity {
			continue
		}
		if more[f.Kind]++; more[f.Kind] == limit+1 {
			kinds = append(kinds, f.Kind)
		}
		if more[f.Kind] <= limit {
			f.Path = contentPath(c, f.Path)
			printLine(a.stderr, oneLine(f.String()), 4)
		}
	}
	for _, kind := range kinds {
		fmt.Fprintln(a.stderr, a.style.grey(fmt.Sprintf("… and %s more like it: %s", number(more[kind]-limit), kind)))
	}
}

func countFindings(report corpus.Report, severity corpus.Severity) int {
	n := 0
	for _, f := range report.Findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}

// leftOutReasons counts what was left out, by reason: "1 draft, 2 with an error".
func leftOutReasons(report corpus.Report) string {
	counts := map[string]int{}
	var order []string
	for _, l := range report.LeftOut {
		reason, _, _ := strings.Cut(l.Reason, " (")
		if strings.HasPrefix(reason, "has the ID of") {
			reason = "with another's ID"
		}
		if reason == "error" {
			reason = "with an error"
		}
		if counts[reason]++; counts[reason] == 1 {
			order = append(order, reason)
		}
	}
	var parts []string
	for _, reason := range order {
		parts = append(parts, number(counts[reason])+" "+reason)
	}
	return strings.Join(parts, ", ")
}

// broken reports whether articles were left out because something is wrong
// with them.
func broken(report corpus.Report) bool { return countFindings(report, corpus.Error) > 0 }

// noSite warns that links will lead nowhere.
func (a *app) noSite(c *Config) {
	if c.Site.URL == defaults["site.url"] {
		a.warn("site.url is not set; links lead to %s", c.Site.URL)
	}
}
