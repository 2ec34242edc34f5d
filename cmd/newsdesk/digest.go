package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

func (a *app) digestCommand() *cobra.Command {
	c := group("digest", "The email digest", "The email digest: build it, look at it, send it.",
		a.digestBuildCommand(), a.digestCheckCommand(), a.digestExplainCommand(), a.digestListCommand(), a.digestApproveCommand(), a.testCommand(), a.sendCommand(), a.digestScheduleCommand(), a.digestLogCommand(), a.previewCommand(), a.dkimCommand())
	c.AddCommand(a.controlCommands()...)
	return c
}

// asked is which edition a command is for.
type asked struct{ digest, period string }

// digestFlag gives a command the flag that names a digest.
func (w *asked) digestFlag(c *cobra.Command) {
	c.Flags().StringVar(&w.digest, "digest", "", "`NAME` of the digest (default the first, digest.name)")
}

// flags gives a command the flags that name an edition.
func (w *asked) flags(c *cobra.Command) {
	w.digestFlag(c)
	c.Flags().StringVar(&w.period, "period", "", "`PERIOD` such as 2021-W39, 2021-W39-W40, 2021-09 or 2021-09-27 (default the newest that has articles and has ended)")
	c.Flags().StringVar(&w.period, "week", "", "") // what the flag was called when there were but weeks
	_ = c.Flags().MarkHidden("week")               // it is there
}

func (a *app) digestBuildCommand() *cobra.Command {
	var w asked
	c := &cobra.Command{
		Use:   "build",
		Short: "Write a digest's edition as a web page, HTML, text and a message",
		Long: `Write an edition to digest/<period>/ in the output folder, or to
digest/<name>/<period>/ if it is not the first digest's: index.html (the public
page), digest.html and digest.txt (the mail's two parts), digest.eml (the message
as a subscriber gets it) and issue.json (what lists say of it).

Beside these folders are the list of all issues, index.html, and its feeds,
rss.xml, atom.xml and feed.json. Of what was frozen, the page is as it was then:
the database has it. In the list are the issues that were frozen and those before
them, or, of a digest that is not sent from here, all whose period has ended and
whose page is in the output folder.

The pictures of all digests go to
digest/images/, smaller than the articles' images; sent mails show them, so keep
what is in that folder.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.buildDigest(c.Context(), w) },
	}
	w.flags(c)
	return c
}

func (a *app) buildDigest(ctx context.Context, w asked) error {
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	a.noSite(s.config)
	articles, report, err := a.load(ctx, s.config, s.want)
	if err != nil {
		return err
	}
	p, err := s.period(articles.Heads)
	if err != nil {
		return err
	}
	written, err := a.writeDigest(ctx, s, articles, p)
	if err != nil {
		return err
	}
	err = a.tell(map[string]any{"digest": written, "report": checkResult(report)},
		written.row(s.config), row{"subject", "", written.Subject}, a.timeRow())
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// edition reads what a period's edition needs, and makes it.
func (a *app) edition(ctx context.Context, s *series, articles *corpus.Corpus, period digest.Period) (*digest.Edition, error) {
	o, err := s.options(period)
	if err != nil {
		return nil, err
	}
	articles, err = a.readMore(ctx, s.config, articles, digest.Wanted(articles.Heads, period, o))
	if err != nil {
		return nil, err
	}
	e := digest.Compile(articles, period, o)
	for _, note := range e.Notes {
		a.note("%s: %s", s.edition(period), note)
	}
	return e, nil
}

// illustrated is edition for those who render it: its pictures are made too.
func (a *app) illustrated(ctx context.Context, p *press, articles *corpus.Corpus, period digest.Period) (*digest.Edition, error) {
	e, err := a.edition(ctx, p.series, articles, period)
	if err != nil {
		return nil, err
	}
	return e, p.pictures.prepare(ctx, e, func(problem string) { a.note("%s", problem) })
}

// writtenDigest tells what writeDigest wrote.
type writtenDigest struct {
	Digest  string `json:"digest"`
	Period  string `json:"period"`
	Subject string `json:"subject"`
	Stories int    `json:"stories"`
	HTML    int    `json:"html_bytes"`
	Written int    `json:"written"`

	folder string // of its files in the output
}

func (d *writtenDigest) row(c *Config) row {
	return row{"digest", number(d.Stories), fmt.Sprintf("%s of %s, %d KB; %s", strings.TrimPrefix(plural(d.Stories, "story"), number(d.Stories)+" "), d.Period, (d.HTML+1023)/1024, shown(c.Feeds.Dir, d.folder, "index.html"))}
}

// writeDigest writes one period's digest below the output folder.
func (a *app) writeDigest(ctx context.Context, s *series, articles *corpus.Corpus, period digest.Period) (*writtenDigest, error) {
	press, err := a.newPress(s)
	if err != nil {
		return nil, err
	}
	edition, err := a.illustrated(ctx, press, articles, period)
	if err != nil {
		return nil, err
	}
	issue, err := press.issue(edition)
	if err != nil {
		return nil, err
	}
	for _, n := range issue.Notes {
		a.note("digest %s: %s", period.Name, n)
	}
	sample, err := press.sample(issue, period)
	if err != nil {
		return nil, err
	}
	dir, err := outputFolder(ctx, s.config)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	d := &writtenDigest{Digest: s.Name, folder: s.folder + period.Name, Period: period.Name, Subject: issue.Subject, Stories: len(edition.Stories()), HTML: len(issue.HTML)}
	if d.Written, err = writePictures(dir, press.pictures.of(edition)); err == nil {
		err = d.writeMail(dir, sample)
	}
	if err != nil {
		return nil, notWritten(s.config.Feeds.Dir, err)
	}
	n, err := writeIssues(ctx, press, dir, issue)
	d.Written += n
	return d, err
}

// writeMail writes the mail's parts and the message.
func (d *writtenDigest) writeMail(dir *atomicfile.Dir, m *sample) error {
	for _, file := range []struct {
		name string
		data []byte
	}{{"digest.html", m.html}, {"digest.txt", m.text}, {"digest.eml", m.eml}} {
		changed, err := dir.Write(d.folder+"/"+file.name, file.data)
		if err != nil {
			return err
		}
		if changed {
			d.Written++
		}
	}
	return nil
}
