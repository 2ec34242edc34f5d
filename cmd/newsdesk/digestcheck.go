package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/mailcheck"
)

func (a *app) digestCheckCommand() *cobra.Command {
	var w asked
	var links, segments bool
	c := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Find what is wrong with an edition's mail",
		Long: `Check an edition's mail, or files (.eml, .html): what mail clients do not show
(by the data of caniemail.com), links, images and what is said in place of them,
contrast in light and dark, sizes, the way out, what a template left over, spam
triggers, the text part and accessibility. Lines are those of digest.html and
digest.txt, which "digest build" writes.

With --segments the mails of all who chose topics or a language are checked, too:
of each, what is wrong in it and not in the whole edition's.

With --links every link is asked for as well: politely, and never in a private
network.

Errors keep "digest send" from sending. The exit code is 1 if there are any, or
warnings with --strict.`,
		RunE: func(c *cobra.Command, files []string) error {
			return a.checkDigest(c.Context(), w, files, links, segments)
		},
	}
	w.flags(c)
	c.Flags().BoolVar(&links, "links", false, "ask for every link")
	c.Flags().BoolVar(&segments, "segments", false, "check the mail of every segment of the subscribers")
	return c
}

// checkedMail is what was found in one mail.
type checkedMail struct {
	Name     string        `json:"name"` // of the edition or the file
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Findings []mailFinding `json:"findings"`
	Size     int           `json:"html_bytes"`
	Sections []mailSection `json:"sections"`
	Features []mailFeature `json:"features"`
}

type mailFinding struct {
	Severity string   `json:"severity"`
	Kind     string   `json:"kind"`
	Part     string   `json:"part"`
	Line     int      `json:"line,omitempty"`
	Element  string   `json:"element,omitempty"`
	Text     string   `json:"text"`
	Clients  []string `json:"clients,omitempty"`
}

type mailSection struct {
	Name  string `json:"name"`
	Line  int    `json:"line"`
	Bytes int    `json:"bytes"`
}

type mailFeature struct {
	Title   string            `json:"title"`
	Support map[string]string `json:"support"` // by client: y, a, n or ?
}

func (a *app) checkDigest(ctx context.Context, w asked, files []string, links, segments bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	mails, names := []mailcheck.Mail(nil), files
	if len(files) == 0 {
		if mails, names, err = a.editionMails(ctx, c, w, segments); err != nil {
			return err
		}
	}
	for _, file := range files {
		m, err := readMail(file)
		if err != nil {
			return err
		}
		mails = append(mails, m)
	}
	var all []*checkedMail
	failed := false
	for i, m := range mails {
		findings := mailcheck.Check(m)
		if i > 0 && len(files) == 0 { // a segment's
			findings = onlyNew(findings, all)
		}
		if links {
			reach := mailcheck.Reach{Agent: "newsdesk (" + c.Site.URL + ")"}
			findings = append(findings, reach.Links(ctx, m)...)
		}
		checked := newCheckedMail(names[i], m, findings)
		failed = failed || checked.Errors > 0 || a.flags.strict && checked.Warnings > 0
		all = append(all, checked)
	}
	if a.flags.json {
		err = a.printJSON(all)
	} else {
		a.printMails(all)
	}
	if err == nil && failed {
		return &exitError{code: exitFailed}
	}
	return err
}

// mail takes the sample apart again, so that what is checked is what a mail
// client sees.
func (p *press) mail(issue *digest.Issue, period digest.Period) (mailcheck.Mail, error) {
	sample, err := p.sample(issue, period)
	if err != nil {
		return mailcheck.Mail{}, err
	}
	m, err := mailcheck.Read(sample.eml)
	m.Own = ownHosts(p.config)
	return m, err
}

func readMail(file string) (mailcheck.Mail, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return mailcheck.Mail{}, err
	}
	switch strings.ToLower(filepath.Ext(file)) {
	case ".eml":
		m, err := mailcheck.Read(data)
		if err != nil {
			err = fmt.Errorf("%s: %w", file, err)
		}
		return m, err
	case ".html", ".htm":
		return mailcheck.Mail{HTML: data}, nil
	}
	return mailcheck.Mail{}, usage("%s: want a message (.eml) or its HTML (.html)", file)
}

func newCheckedMail(name string, m mailcheck.Mail, findings []mailcheck.Finding) *checkedMail {
	c := &checkedMail{
		Name: name, Size: len(m.HTML), Findings: []mailFinding{},
		Errors: mailcheck.Count(findings, mailcheck.Error), Warnings: mailcheck.Count(findings, mailcheck.Warning),
	}
	for _, f := range findings {
		c.Findings = append(c.Findings, mailFinding{f.Severity.String(), f.Kind, string(f.Part), f.Line, f.Element, f.Text, f.Clients})
	}
	for _, s := range mailcheck.Sections(m.HTML) {
		c.Sections = append(c.Sections, mailSection(s))
	}
	clients := mailcheck.Clients()
	for _, f := range mailcheck.Features(m.HTML) {
		feature := mailFeature{f.Title, make(map[string]string)}
		for i, client := range clients {
			feature.Support[client] = f.Support[i : i+1]
		}
		c.Features = append(c.Features, feature)
	}
	return c
}

// printMails writes the findings to standard error and a line for each mail to
// standard output. Notes are counted, unless there is nothing worse to tell.
func (a *app) printMails(all []*checkedMail) {
	var rows []row
	for _, c := range all {
		notes := len(c.Findings) - c.Errors - c.Warnings
		for _, f := range c.Findings {
			if f.Severity != mailcheck.Note.String() {
				fmt.Fprintln(a.stderr, a.mailLine(c.Name, f))
			}
		}
		rows = append(rows, row{"mail", number(c.Errors + c.Warnings), fmt.Sprintf("findings in %s: %s, %s, %s (--json tells all); %.1f KB of HTML",
			c.Name, plural(c.Errors, "error"), plural(c.Warnings, "warning"), plural(notes, "note"), float64(c.Size)/1024)})
	}
	if !a.flags.quiet {
		printRows(a.stdout, append(rows, a.timeRow()))
	}
}

func (a *app) mailLine(name string, f mailFinding) string {
	at := name + ": " + f.Part
	if f.Line > 0 {
		at += fmt.Sprintf(":%d", f.Line)
	}
	severity := a.style.yellow(f.Severity + ":")
	if f.Severity == mailcheck.Error.String() {
		severity = a.style.red(f.Severity + ":")
	}
	return wrap(fmt.Sprintf("%s: %s %s (%s)", at, severity, f.Text, f.Kind), 4, columns(a.stderr))
}

// errMail says that a mail has errors.
var errMail = errors.New(`the mail has errors (mend them, or say why it goes out all the same: --override "reason")`)

// checkBefore tells what is wrong with a mail that is about to be sent, and is
// an error if it must not go out as it is. One that was frozen goes on: some may
// have it.
func (a *app) checkBefore(press *press, issue *digest.Issue, override string) error {
	if press.standing(issue.Period) != nil {
		return nil
	}
	m, err := press.mail(issue, digest.Period{End: a.clock()})
	if err != nil {
		return err
	}
	checked := newCheckedMail(issue.Digest+"/"+issue.Period, m, mailcheck.Check(m))
	for _, f := range checked.Findings {
		if f.Severity == mailcheck.Error.String() || f.Severity == mailcheck.Warning.String() && !a.flags.quiet {
			fmt.Fprintln(a.stderr, a.mailLine(checked.Name, f))
		}
	}
	if checked.Errors > 0 && override == "" {
		return errMail
	}
	return nil
}
