package main

import (
	"context"
	"fmt"
	"os"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/mailcheck"
)

// previewed is an edition for scripts: what it holds and what was found.
type previewed struct {
	Digest    string          `json:"digest"`
	Period    string          `json:"period"`
	Subject   string          `json:"subject"`
	Preheader string          `json:"preheader"`
	Hash      string          `json:"hash"`
	Approval  string          `json:"approval"` // open, approved or changed
	In        []previewedItem `json:"in"`
	Out       []previewedItem `json:"out"`
	Notes     []string        `json:"notes"`
	Text      int             `json:"text_bytes"`
	Message   int             `json:"message_bytes"`
	Files     []string        `json:"files"`
	Mail      *checkedMail    `json:"mail"`
}

type previewedItem struct {
	Path   string `json:"path"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// previewFiles shows an edition without a browser: its files, its checks, and by
// the exit code whether it can go out.
func (a *app) previewFiles(ctx context.Context, w asked) error {
	out := a.flags.out
	a.flags.out = "" // it is not the feeds' folder
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	press, edition, issue, _, err := a.makeIssue(ctx, s)
	if err != nil {
		return err
	}
	period := edition.Period
	o, err := s.options(period)
	if err != nil {
		return err
	}
	shown := newPreviewed(edition, issue, press.hash(issue), o.Choices.Approved)
	m, err := press.mail(issue, period)
	if err != nil {
		return err
	}
	shown.Mail = newCheckedMail(s.edition(period), m, mailcheck.Check(m))
	if err := shown.write(press, issue, period, out); err != nil {
		return err
	}
	return a.tellPreviewed(shown)
}

func newPreviewed(e *digest.Edition, issue *digest.Issue, hash string, approved *digest.Approval) *previewed {
	p := &previewed{
		Digest: issue.Digest, Period: issue.Period, Subject: issue.Subject, Preheader: issue.Preheader, Hash: hash,
		Approval: "open", In: []previewedItem{}, Out: []previewedItem{}, Text: len(issue.Text), Files: []string{},
		Notes: append(append([]string{}, e.Notes...), issue.Notes...),
	}
	if approved != nil {
		p.Approval = "changed"
		if approved.Hash == p.Hash {
			p.Approval = "approved"
		}
	}
	for _, d := range e.Decisions {
		list := &p.Out
		if d.In {
			list = &p.In
		}
		*list = append(*list, previewedItem{d.Head.Path, d.Head.Title, d.Reason})
	}
	return p
}

// write writes the message and its parts to a folder; "" writes nothing.
func (p *previewed) write(press *press, issue *digest.Issue, period digest.Period, folder string) error {
	sample, err := press.sample(issue, period)
	if err != nil {
		return err
	}
	p.Message = len(sample.eml)
	if folder == "" {
		return nil
	}
	dir, err := atomicfile.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, file := range []struct {
		ending string
		data   []byte
	}{{"html", sample.html}, {"txt", sample.text}, {"eml", sample.eml}} {
		name := p.Digest + "-" + p.Period + "." + file.ending
		if _, err := dir.Write(name, file.data); err != nil {
			return notWritten(folder, err)
		}
		p.Files = append(p.Files, folder+string(os.PathSeparator)+name)
	}
	return nil
}

func (a *app) tellPreviewed(p *previewed) error {
	if a.flags.json {
		if err := a.printJSON(p); err != nil {
			return err
		}
	} else {
		if !a.flags.quiet {
			rows := []row{{"edition", number(len(p.In)), fmt.Sprintf("articles in %s/%s: %s", p.Digest, p.Period, p.Subject)}}
			for _, file := range p.Files {
				rows = append(rows, row{"file", "", file})
			}
			printRows(a.stdout, rows)
		}
		a.printMails([]*checkedMail{p.Mail})
	}
	if p.Mail.Errors > 0 || a.flags.strict && p.Mail.Warnings > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}
