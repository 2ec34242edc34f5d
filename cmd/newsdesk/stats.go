package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/numbers"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) statsCommand() *cobra.Command {
	var w asked
	var report string
	c := &cobra.Command{
		Use:   "stats",
		Short: "Tell how the audience grows and how the editions went",
		Long: `Tell how many subscribers there are, by state, topic and language; who came and who
left in the last twelve weeks; and what became of the last editions: of all digests,
or of --digest. With --period, of one edition: what mail servers said, by mail domain
and server, how long it took, and who left because of it.

--report writes the same as a web page with charts, in one file and without any
address: the report of --period, or of the edition that was frozen last. "digest send"
and "work" keep it in numbers.reports when an edition is done, and the editors' desk
shows it at /numbers.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.stats(c.Context(), w, report) },
	}
	w.digestFlag(c)
	c.Flags().Lookup("digest").Usage = "`NAME` of a digest (default all)"
	c.Flags().StringVar(&w.period, "period", "", "`PERIOD` of one edition, such as 2021-W39")
	c.Flags().StringVar(&report, "report", "", "`FILE` to write the report of an edition to")
	return c
}

func (a *app) stats(ctx context.Context, w asked, report string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if w.digest != "" {
		if _, err := c.digestSettings(w.digest); err != nil {
			return err
		}
	}
	return needDatabase(ctx, c, func(db *store.DB) error {
		now := a.clock().In(c.zone)
		if err := numbers.KeepDays(ctx, db, now); err != nil {
			return err
		}
		switch {
		case report != "":
			return a.statsReport(ctx, c, db, w, report)
		case w.period != "":
			r, err := a.report(ctx, c, db, w)
			if err != nil {
				return err
			}
			return a.tellReport(r)
		}
		o, err := numbers.NewOverview(ctx, db, now, statsDays, w.digest, statsEditions)
		if err != nil {
			return err
		}
		return a.tellOverview(o)
	})
}

// What the command tells of: twelve weeks and so many editions.
const (
	statsDays     = 12 * 7
	statsEditions = 12
)

// report counts the edition that is asked for, or the one that was frozen last.
func (a *app) report(ctx context.Context, c *Config, db *store.DB, w asked) (*numbers.Report, error) {
	if w.digest == "" && w.period != "" {
		w.digest = c.Digest.Name
	}
	if w.period == "" {
		last, err := numbers.Editions(ctx, db, w.digest, 1)
		if err != nil {
			return nil, err
		}
		if len(last) == 0 {
			return nil, errors.New("no edition was sent yet")
		}
		w = asked{last[0].Digest, last[0].Period}
	}
	if err := numbers.KeepEdition(ctx, db, w.digest, w.period); err != nil {
		return nil, err
	}
	return numbers.NewReport(ctx, db, w.digest, w.period, a.clock().In(c.zone))
}

// statsReport writes the report of an edition to a file.
func (a *app) statsReport(ctx context.Context, c *Config, db *store.DB, w asked, file string) error {
	r, err := a.report(ctx, c, db, w)
	if err != nil {
		return err
	}
	if err := writeReport(c, r, file); err != nil {
		return err
	}
	switch {
	case a.flags.json:
		return a.printJSON(map[string]string{"edition": r.Edition.Name(), "report": file})
	case a.flags.quiet:
		return nil
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %s\n", r.Edition.Name(), filepath.ToSlash(file))
	return err
}

func writeReport(c *Config, r *numbers.Report, file string) error {
	pages, err := newNumbersPages(c, numbers.PageOptions{})
	if err != nil {
		return err
	}
	page, err := pages.Report(r)
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteFile(file, page)
	return err
}

func newNumbersPages(c *Config, o numbers.PageOptions) (*numbers.Pages, error) {
	var err error
	if o.Templates, err = siteTemplates(c); err != nil {
		return nil, err
	}
	o.Site, o.Accent = c.Site.Title, c.Look.Accent
	return numbers.NewPages(o)
}

// keepNumbers keeps the numbers of an edition that was sent, and its report. The
// mail is out: what goes wrong here is told, and no failure.
func (a *app) keepNumbers(ctx context.Context, c *Config, db *store.DB, edition string) {
	if err := a.keepReport(ctx, c, db, edition); err != nil && ctx.Err() == nil {
		a.note("the report of %s: %v (newsdesk stats --report FILE makes it again)", edition, err)
	}
}

func (a *app) keepReport(ctx context.Context, c *Config, db *store.DB, edition string) error {
	digest, period, _ := strings.Cut(edition, "/")
	now := a.running(c)()
	err := errors.Join(numbers.KeepDays(ctx, db, now), numbers.KeepEdition(ctx, db, digest, period))
	if err != nil || c.Numbers.Reports == "" {
		return err
	}
	r, err := numbers.NewReport(ctx, db, digest, period, now)
	if err != nil {
		return err
	}
	return writeReport(c, r, filepath.Join(c.Numbers.Reports, digest, period+".html"))
}

// numbersDatabase opens the database for the desk's pages, to look.
func numbersDatabase(c *Config) func(context.Context) (*store.DB, error) {
	return func(ctx context.Context) (*store.DB, error) {
		return store.OpenRead(ctx, c.Database.URL)
	}
}
