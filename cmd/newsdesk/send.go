package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) sendCommand() *cobra.Command {
	var week string
	var dryRun bool
	c := &cobra.Command{
		Use:   "send",
		Short: "Send a week's digest to every subscriber once",
		Long: `Send a week's digest by SMTP, one message a subscriber. The first run freezes the
mail and the list of who gets it in the database; a later one goes on with those
who have not got it. So it can be run again at any time: nobody gets it twice.

The exit code is 1 if anybody has not got it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.send(c.Context(), week, dryRun) },
	}
	weekFlag(c, &week)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "tell who would get it; send nothing")
	return c
}

func (a *app) send(ctx context.Context, week string, dryRun bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := checkWeek(c, week); err != nil {
		return err
	}
	if c.from == nil {
		return configError{"digest.from: is missing (want Name <name@example.org>)"}
	}
	articles, report, err := a.load(ctx, c, a.wantDigest(c, week))
	if err != nil {
		return err
	}
	p, err := a.period(c, articles.Heads, week)
	if err != nil {
		return err
	}
	a.notEnded(p)
	press, err := a.newPress(c)
	if err != nil {
		return err
	}
	edition, err := a.edition(ctx, press, articles, p)
	if err != nil {
		return err
	}
	issue, err := press.issue(edition)
	if err != nil {
		return err
	}
	if err := a.publishPictures(ctx, press, edition, dryRun); err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	err = errors.Join(a.deliver(ctx, db, press, issue, dryRun), db.Close())
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// publishPictures puts the pictures that the mail links to where digest build puts
// them, before anybody gets it.
func (a *app) publishPictures(ctx context.Context, p *press, e *digest.Edition, dryRun bool) error {
	all := p.pictures.of(e)
	if dryRun || len(all) == 0 || p.config.Digest.Images != imagesPublished {
		return nil
	}
	dir, err := outputFolder(ctx, p.config)
	if err != nil {
		return err
	}
	defer dir.Close()
	n, err := writePictures(dir, all)
	if err != nil {
		return fmt.Errorf("writing to %s: %w", p.config.Feeds.Dir, err)
	}
	if n > 0 {
		a.note("%s written to %s; the mail links to them at %s", plural(n, "picture"), shown(p.config.Feeds.Dir, picturesDir), publicURL(p.config)+picturesDir)
	}
	return nil
}

// notEnded warns of an edition that goes out before its week is over.
func (a *app) notEnded(p digest.Period) {
	if p.End.After(a.clock()) && !a.flags.quiet {
		fmt.Fprintf(a.stderr, "%s %s ends on %s; what is published in it after this run is in no digest\n",
			a.style.yellow("warning:"), p.Name, p.End.Add(-time.Second).Format("2 January 2006"))
	}
}

func (a *app) deliver(ctx context.Context, db *store.DB, p *press, issue *digest.Issue, dryRun bool) error {
	o, err := a.deliveryOptions(ctx, db, p)
	if err != nil {
		return err
	}
	var s delivery.Summary
	if dryRun {
		s, err = delivery.DryRun(ctx, db, issue, o)
	} else {
		bar := a.newBar("sending", true)
		o.Progress = func(o delivery.Outcome) { bar.tell(o.Done, o.Total) }
		s, err = delivery.Send(ctx, db, issue, o)
		bar.end()
	}
	if s.Edition != "" {
		if err := a.tellSent(s, dryRun); err != nil {
			return err
		}
	}
	if err == nil && !dryRun && !s.Done() {
		return &exitError{code: exitFailed}
	}
	return err
}

func (a *app) deliveryOptions(ctx context.Context, db *store.DB, p *press) (delivery.Options, error) {
	c := p.config
	password, err := smtpPassword(c)
	if err != nil {
		return delivery.Options{}, err
	}
	policy, err := mail.ParseTLSPolicy(c.SMTP.TLS)
	if err != nil {
		return delivery.Options{}, fmt.Errorf("smtp.tls: %w", err)
	}
	after, err := delivery.ParseAfterCrash(c.Digest.Uncertain)
	if err != nil {
		return delivery.Options{}, fmt.Errorf("digest.uncertain: %w", err)
	}
	tokens, err := audience.OpenTokens(ctx, db, a.random)
	if err != nil {
		return delivery.Options{}, err
	}
	return delivery.Options{
		Sender: p.sender(), Tokens: tokens, AfterCrash: after,
		SMTP: mail.Config{
			Host: c.SMTP.Host, Port: c.SMTP.Port, TLS: policy,
			Username: c.SMTP.Username, Password: password, Hello: c.SMTP.Hello,
		},
		Now: func() time.Time { return a.clock().In(c.zone) },
	}, nil
}

// smtpPassword gives the password itself or the first line of its file.
func smtpPassword(c *Config) (string, error) {
	if c.SMTP.PasswordFile == "" {
		return c.SMTP.Password, nil
	}
	text, err := os.ReadFile(c.SMTP.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("smtp.password_file: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line), nil
}

// tellSent writes the summary: what came of the edition and who has not got it.
func (a *app) tellSent(s delivery.Summary, dryRun bool) error {
	if a.flags.json {
		return a.printJSON(newSummaryJSON(s, dryRun))
	}
	for _, d := range s.Problems {
		fmt.Fprintln(a.stderr, problem(d))
	}
	if s.Changed && !a.flags.quiet {
		fmt.Fprintf(a.stderr, "%s the articles, templates or settings have changed since the edition was frozen on %s; what was frozen is sent\n",
			a.style.yellow("warning:"), s.Frozen.Format("2 January at 15:04"))
	}
	if a.flags.quiet {
		return nil
	}
	printRows(a.stdout, append(summaryRows(s, dryRun), a.timeRow()))
	return nil
}

func summaryRows(s delivery.Summary, dryRun bool) []row {
	rows := []row{{"edition", "", s.Edition}, {"subject", "", s.Subject}, {"audience", number(s.Audience), ""}}
	for _, r := range []struct {
		name string
		n    int
		text string
	}{
		{"sent", s.Accepted, "in this run"},
		{"already", s.Already, "had it from an earlier run"},
		{"failed", s.Failed, "refused for good"},
		{"uncertain", s.Uncertain, "the server may have it or not"},
		{"skipped", s.Skipped, "unsubscribed since the edition was frozen"},
		{"pending", s.Pending, "run the command again"},
	} {
		if r.name == "pending" && dryRun {
			r.text = "would get it; nothing was sent"
		}
		if r.n > 0 || r.name == "sent" && !dryRun {
			rows = append(rows, row{r.name, number(r.n), r.text})
		}
	}
	return rows
}

type summaryJSON struct {
	Edition   string   `json:"edition"`
	Subject   string   `json:"subject"`
	DryRun    bool     `json:"dry_run"`
	Changed   bool     `json:"changed_since_frozen"`
	Audience  int      `json:"audience"`
	Sent      int      `json:"sent"`
	Already   int      `json:"already"`
	Failed    int      `json:"failed"`
	Skipped   int      `json:"skipped"`
	Uncertain int      `json:"uncertain"`
	Pending   int      `json:"pending"`
	Problems  []string `json:"problems"`
}

func newSummaryJSON(s delivery.Summary, dryRun bool) summaryJSON {
	j := summaryJSON{s.Edition, s.Subject, dryRun, s.Changed, s.Audience, s.Accepted, s.Already, s.Failed, s.Skipped, s.Uncertain, s.Pending, []string{}}
	for _, d := range s.Problems {
		j.Problems = append(j.Problems, problem(d))
	}
	return j
}

// problem tells why a subscriber has not got the edition.
func problem(d delivery.Delivery) string {
	return fmt.Sprintf("%s: %s: %s", d.Address, d.State, d.Reason)
}
