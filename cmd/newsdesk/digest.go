package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
)

func (a *app) digestCommand() *cobra.Command {
	return group("digest", "The email digest", "The email digest: build it, look at it, send it.",
		a.digestBuildCommand(), a.sendCommand(), a.previewCommand())
}

func (a *app) digestBuildCommand() *cobra.Command {
	var week string
	c := &cobra.Command{
		Use:   "build",
		Short: "Write a week's digest as a web page, HTML, text and a message",
		Long: `Write a week's digest to digest/<week>/ in the output folder: index.html (the
public page), digest.html and digest.txt (the mail's two parts) and digest.eml
(the message as a subscriber gets it). Its pictures go to digest/images/, smaller
than the articles' images; sent mails show them, so keep what is in that folder.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.buildDigest(c.Context(), week) },
	}
	weekFlag(c, &week)
	return c
}

func weekFlag(c *cobra.Command, week *string) {
	c.Flags().StringVar(week, "week", "", "ISO `WEEK` such as 2021-W39 (default the newest that has articles and has ended)")
}

func (a *app) buildDigest(ctx context.Context, week string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := checkWeek(c, week); err != nil {
		return err
	}
	a.noSite(c)
	articles, report, err := a.load(ctx, c, a.wantDigest(c, week))
	if err != nil {
		return err
	}
	p, err := a.period(c, articles.Heads, week)
	if err != nil {
		return err
	}
	written, err := a.writeDigest(ctx, c, articles, p)
	if err != nil {
		return err
	}
	if a.flags.json {
		err = a.printJSON(map[string]any{"digest": written, "report": checkResult(report)})
	} else if !a.flags.quiet {
		printRows(a.stdout, []row{written.row(c), {"subject", "", written.Subject}, a.timeRow()})
	}
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// errNoPeriod says that there is nothing to make a digest of yet.
var errNoPeriod = errors.New("no week with articles has ended yet (name one with --week 2021-W39)")

// checkWeek finds a wrong --week before the articles are read.
func checkWeek(c *Config, week string) error {
	if week == "" {
		return nil
	}
	if _, err := digest.ParsePeriod(week, c.zone); err != nil {
		return usage("--week: %w", err)
	}
	return nil
}

// period finds the period of a digest: the week that was asked for, or the
// newest that has articles and has ended.
func (a *app) period(c *Config, heads []*corpus.Head, week string) (digest.Period, error) {
	if week != "" {
		return digest.ParsePeriod(week, c.zone)
	}
	p, ok := digest.Latest(digest.In(heads, c.Digest.Language), a.clock(), c.zone)
	if !ok {
		return p, errNoPeriod
	}
	return p, nil
}

// wantDigest wants a week's articles.
func (a *app) wantDigest(c *Config, week string) want {
	return func(heads []*corpus.Head) []*corpus.Head {
		p, err := a.period(c, heads, week)
		if err != nil {
			return nil // told by who asks for the period itself
		}
		return digest.Wanted(digest.In(heads, c.Digest.Language), p)
	}
}

// press is what makes issues: digest build, preview and send all use one, so
// what they show and send is the same to the byte.
type press struct {
	config    *Config
	templates *digest.Templates
	pictures  *pictures
}

func (a *app) newPress(c *Config) (*press, error) {
	templates, err := siteTemplates(c)
	if err != nil {
		return nil, err
	}
	t, err := digest.Parse(templates, digest.Theme{
		Accent: c.Look.Accent, Serif: c.Look.Serif, Logo: onSite(c, c.Look.Logo),
		Reason: c.Digest.Reason, PostalAddress: c.Digest.PostalAddress,
	}, digest.Links{Home: c.Site.URL, Base: publicURL(c)})
	if err != nil {
		return nil, err
	}
	p := &press{config: c, templates: t}
	from := p.sender().From.Address
	if p.pictures = a.newPictures(c, from[strings.LastIndexByte(from, '@')+1:]); p.pictures != nil {
		p.templates = t.Illustrate(p.pictures.find)
	}
	return p, nil
}

// publicURL is where the output folder is served; it ends in a slash.
func publicURL(c *Config) string {
	base := c.Feeds.URL
	if base == "" {
		base = c.Site.URL
	}
	return strings.TrimRight(base, "/") + "/"
}

// edition chooses a period's articles.
func (p *press) edition(articles *corpus.Corpus, period digest.Period) *digest.Edition {
	c := p.config
	offerings := c.Digest.Offerings
	if offerings == 0 {
		offerings = -1 // what nobody wants, not the default
	}
	return digest.Compile(articles, period, digest.Options{
		Digest: c.Digest.Name, Title: c.Site.Title, Language: cmp.Or(c.Digest.Language, c.Site.Language), Only: c.Digest.Language,
		Topics: c.Digest.Topics, Offerings: offerings,
	})
}

// issue renders an edition.
func (p *press) issue(e *digest.Edition) (*digest.Issue, error) {
	if e.Empty() {
		return nil, fmt.Errorf("%s: no article was published in this week; there is nothing to send", e.Period.Name)
	}
	return p.templates.Render(e, digest.Selection{})
}

// sender is what the messages of all issues have in common.
func (p *press) sender() delivery.Sender {
	c := p.config
	s := delivery.Sender{
		ListID: c.Digest.Name + "." + hostOf(c.Site.URL),
		Base:   c.Digest.SubscriptionsURL,
		Mailto: c.Digest.UnsubscribeMail,
	}
	if c.from != nil {
		s.From = *c.from
	} else { // enough to look at; send insists on digest.from
		s.From.Name, s.From.Address = c.Site.Title, "news@"+hostOf(c.Site.URL)
	}
	if s.Base == "" {
		s.Base = publicURL(c) + "newsletter"
	}
	return s
}

// sample is an issue as a subscriber gets it, with links that act for nobody.
// Its date is the period's end, so that its bytes stay the same.
func (p *press) sample(issue *digest.Issue, period digest.Period) *mail.Message {
	nobody := delivery.Recipient{Name: "Sample Subscriber", Address: "subscriber@example.org", Unsubscribe: "sample", Preferences: "sample"}
	return delivery.Compose(issue, nobody, p.sender(), period.End)
}

// edition reads what a period's edition needs, and makes it and its pictures.
func (a *app) edition(ctx context.Context, p *press, articles *corpus.Corpus, period digest.Period) (*digest.Edition, error) {
	articles, err := a.readMore(ctx, p.config, articles, digest.Wanted(digest.In(articles.Heads, p.config.Digest.Language), period))
	if err != nil {
		return nil, err
	}
	e := p.edition(articles, period)
	return e, p.pictures.prepare(ctx, e, func(problem string) { a.note("%s", problem) })
}

// writtenDigest tells what writeDigest wrote.
type writtenDigest struct {
	Period  string `json:"period"`
	Subject string `json:"subject"`
	Stories int    `json:"stories"`
	HTML    int    `json:"html_bytes"`
	Written int    `json:"written"`
}

func (d *writtenDigest) row(c *Config) row {
	return row{"digest", number(d.Stories), fmt.Sprintf("%s of %s, %d KB; %s", strings.TrimPrefix(plural(d.Stories, "story"), number(d.Stories)+" "), d.Period, (d.HTML+1023)/1024, shown(c.Feeds.Dir, "digest", d.Period, "index.html"))}
}

// writeDigest writes one period's digest below the output folder.
func (a *app) writeDigest(ctx context.Context, c *Config, articles *corpus.Corpus, period digest.Period) (*writtenDigest, error) {
	press, err := a.newPress(c)
	if err != nil {
		return nil, err
	}
	edition, err := a.edition(ctx, press, articles, period)
	if err != nil {
		return nil, err
	}
	issue, err := press.issue(edition)
	if err != nil {
		return nil, err
	}
	message := press.sample(issue, period)
	eml, err := message.Bytes()
	if err != nil {
		return nil, err
	}
	dir, err := outputFolder(ctx, c)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	d := &writtenDigest{Period: period.Name, Subject: issue.Subject, Stories: len(edition.Stories()), HTML: len(issue.HTML)}
	if d.Written, err = writePictures(dir, press.pictures.of(edition)); err != nil {
		return nil, fmt.Errorf("writing to %s: %w", c.Feeds.Dir, err)
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"digest.html", message.HTML}, {"digest.txt", message.Text}, {"digest.eml", eml}, {"index.html", issue.Archive}} {
		changed, err := dir.Write("digest/"+period.Name+"/"+file.name, file.data)
		if err != nil {
			return nil, fmt.Errorf("writing to %s: %w", c.Feeds.Dir, err)
		}
		if changed {
			d.Written++
		}
	}
	return d, nil
}
