package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

func (a *app) buildCommand() *cobra.Command {
	return a.watchFlag(&cobra.Command{
		Use:   "build",
		Short: "Check the articles, write all feeds and the newest digest",
		Long: `Check the articles, write all feeds and, of each digest, the edition of the
newest period that has articles and has ended. It is what "check", "feed build"
and "digest build" do, with the articles read once.`,
		Args: cobra.NoArgs,
	}, a.build)
}

func (a *app) build(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	a.noSite(c)
	p := planFeeds(c)
	digests, err := a.allSeries(ctx, c, c.digests...)
	if err != nil {
		return err
	}
	wants := []want{p.want}
	for _, s := range digests {
		wants = append(wants, s.want)
	}
	articles, report, err := a.load(ctx, c, wantAll(wants...))
	if err != nil {
		return err
	}
	stats, err := a.writeFeeds(ctx, c, articles, p)
	if err != nil {
		return err
	}
	written, rows, err := a.newestDigests(ctx, digests, articles)
	if err != nil {
		return err
	}
	if a.flags.json {
		err = a.printJSON(map[string]any{
			"articles": len(articles.Heads), "topics": len(articles.Topics),
			"feeds": newFeedsJSON(stats), "digests": written, "report": checkResult(report),
		})
	} else if !a.flags.quiet {
		a.tellBuild(c, report, append([]row{articlesRow(articles, report), feedsRow(c, stats)}, rows...))
	}
	if err != nil {
		return err
	}
	if broken(report) {
		return incomplete()
	}
	return nil
}

// wantAll wants what any of its parts wants, each once.
func wantAll(parts ...want) want {
	return func(heads []*corpus.Head) []*corpus.Head {
		var all []*corpus.Head
		seen := map[*corpus.Head]bool{}
		for _, part := range parts {
			for _, h := range part(heads) {
				if !seen[h] {
					seen[h] = true
					all = append(all, h)
				}
			}
		}
		return all
	}
}

// newestDigests writes the newest edition of each digest that has one, and tells
// of each.
func (a *app) newestDigests(ctx context.Context, digests []*series, articles *corpus.Corpus) (written []*writtenDigest, rows []row, err error) {
	written = []*writtenDigest{}
	for _, s := range digests {
		d, err := a.newestDigest(ctx, s, articles)
		var none noPeriodError
		if errors.As(err, &none) || errors.Is(err, digest.ErrEmpty) {
			if err := a.writeFrozen(ctx, s); err != nil {
				return nil, nil, err
			}
		}
		switch {
		case errors.As(err, &none):
			text := fmt.Sprintf("no %s with articles has ended yet", s.Period)
			if len(digests) > 1 {
				text = s.Name + ": " + text
			}
			rows = append(rows, row{"digest", "0", text})
		case errors.Is(err, digest.ErrEmpty):
			rows = append(rows, row{"digest", "0", s.Name + ": " + err.Error()})
		case err != nil:
			return nil, nil, err
		default:
			written = append(written, d)
			rows = append(rows, d.row(s.config))
		}
	}
	return written, rows, nil
}

// writeFrozen writes the pages of a digest of which no edition is built.
func (a *app) writeFrozen(ctx context.Context, s *series) error {
	if len(s.standings) == 0 {
		return nil
	}
	press, err := a.newPress(s)
	if err != nil {
		return err
	}
	dir, err := outputFolder(ctx, s.config)
	if err != nil {
		return err
	}
	defer dir.Close()
	_, err = writeIssues(ctx, press, dir, nil)
	return err
}

func (a *app) newestDigest(ctx context.Context, s *series, articles *corpus.Corpus) (*writtenDigest, error) {
	p, err := s.period(articles.Heads)
	if err != nil {
		return nil, err
	}
	return a.writeDigest(ctx, s, articles, p)
}

func (a *app) tellBuild(c *Config, report corpus.Report, rows []row) {
	fmt.Fprintln(a.stdout, a.ink.bold(c.Site.Title))
	if n := countFindings(report, corpus.Error); n > 0 {
		rows = append(rows, row{"errors", number(n), "newsdesk check lists them"})
	}
	if n := countFindings(report, corpus.Warning); n > 0 {
		rows = append(rows, row{"warnings", number(n), ""})
	}
	printRows(a.stdout, append(rows, a.timeRow()))
}
