package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

func (a *app) buildCommand() *cobra.Command {
	return a.watchFlag(&cobra.Command{
		Use:   "build",
		Short: "Check the articles, write all feeds and the newest digest",
		Long: `Check the articles, write all feeds and the digest of the newest week that has
articles and has ended. It is what "check", "feed build" and "digest build" do,
with the articles read once.`,
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
	articles, report, err := a.load(ctx, c, wantAll(p.want, a.wantDigest(c, "")))
	if err != nil {
		return err
	}
	stats, err := a.writeFeeds(ctx, c, articles, p)
	if err != nil {
		return err
	}
	written, err := a.newestDigest(ctx, c, articles)
	if err != nil {
		return err
	}
	if err := a.tellBuild(c, articles, report, stats, written); err != nil {
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

// newestDigest writes the newest digest, or nothing while there is none.
func (a *app) newestDigest(ctx context.Context, c *Config, articles *corpus.Corpus) (*writtenDigest, error) {
	p, err := a.period(c, articles.Heads, "")
	if errors.Is(err, errNoPeriod) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return a.writeDigest(ctx, c, articles, p)
}

func (a *app) tellBuild(c *Config, articles *corpus.Corpus, report corpus.Report, stats feed.Stats, d *writtenDigest) error {
	if a.flags.json {
		return a.printJSON(map[string]any{
			"articles": len(articles.Heads), "topics": len(articles.Topics),
			"feeds": newFeedsJSON(stats), "digest": d, "report": checkResult(report),
		})
	}
	if a.flags.quiet {
		return nil
	}
	fmt.Fprintln(a.stdout, a.style.bold(c.Site.Title))
	rows := []row{articlesRow(articles, report), feedsRow(c, stats)}
	if d != nil {
		rows = append(rows, d.row(c))
	} else {
		rows = append(rows, row{"digest", "0", "no week with articles has ended yet"})
	}
	if n := countFindings(report, corpus.Error); n > 0 {
		rows = append(rows, row{"errors", number(n), "newsdesk check lists them"})
	}
	if n := countFindings(report, corpus.Warning); n > 0 {
		rows = append(rows, row{"warnings", number(n), ""})
	}
	printRows(a.stdout, append(rows, a.timeRow()))
	return nil
}
