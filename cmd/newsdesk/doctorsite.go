package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/doctor"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mailcheck"
	"github.com/medigy/newsdesk/internal/store"
)

// site examines what is on this machine.
type site struct {
	*app
	config *Config
	digest *digestSettings
	found  []doctor.Finding
}

// examineSite examines configuration, templates, articles and database, and fills
// in what the exam needs of them.
func (a *app) examineSite(ctx context.Context, c *Config, d *digestSettings, exam *doctor.Exam) []doctor.Finding {
	without := *c
	without.Content.Index = "" // nothing is written
	s := &site{app: a, config: &without, digest: d}
	s.configuration(exam)
	s.relay(exam)
	s.bounces(ctx, exam)
	s.database(ctx)
	s.sample(ctx, exam)
	exam.Agent = "newsdesk (" + c.Site.URL + ")"
	exam.Folders = []doctor.Folder{{Name: "output", Path: c.Feeds.Dir}}
	if file, ok := strings.CutPrefix(c.Database.URL, "sqlite:"); ok {
		exam.Folders = append(exam.Folders, doctor.Folder{Name: "database", Path: filepath.Dir(file)})
	}
	if c.Content.Index != "" {
		exam.Folders = append(exam.Folders, doctor.Folder{Name: "index", Path: c.Content.Index})
	}
	return s.found
}

func (s *site) tell(area string, severity doctor.Severity, kind, text, do string) {
	s.found = append(s.found, doctor.Finding{Area: area, Kind: kind, Severity: severity, Text: text, Do: do})
}

func (s *site) configuration(exam *doctor.Exam) {
	if _, err := os.Stat(s.flags.config); errors.Is(err, fs.ErrNotExist) {
		s.tell("config", doctor.Warning, "config-none", "there is no "+s.flags.config+"; all is as by default", "write one (newsdesk init DIR), or name it with --config FILE")
	} else {
		s.tell("config", doctor.OK, "config", s.flags.config+" can be read, each value is possible", "")
	}
	if s.digest.from != nil {
		exam.From = s.digest.from.Address
	}
	if s.digest.PostalAddress == "" {
		s.tell("config", doctor.Warning, "config-postal-address", "the mail has no postal address; the law of many countries asks for it", "set digest.postal_address")
	}
	if _, err := os.Stat(s.config.Content.Dir); err != nil {
		s.tell("config", doctor.Error, "config-content", fmt.Sprintf("the articles' folder: %v", err), "see content.dir")
	}
}

// relay fills in who takes the mail, and the keys that sign it.
func (s *site) relay(exam *doctor.Exam) {
	c := s.config
	relay, err := smtpConfig(c)
	if err != nil {
		s.tell("config", doctor.Error, "config-password", err.Error(), "let the user that runs newsdesk read it, or set NEWSDESK_SMTP_PASSWORD")
		relay = mail.Config{Host: c.SMTP.Host, Port: c.SMTP.Port, Username: c.SMTP.Username, Hello: c.SMTP.Hello}
	}
	relay.Timeouts = mail.Timeouts{Connect: 10 * time.Second, Command: 20 * time.Second}
	exam.Relay = relay
	if exam.Keys, err = signers(c); err != nil {
		s.tell("dkim", doctor.Error, "dkim-key", err.Error(), "see smtp.dkim")
	}
}

// database looks through the database, if there is one.
func (s *site) database(ctx context.Context) {
	db, err := store.OpenRead(ctx, s.config.Database.URL)
	if errors.Is(err, fs.ErrNotExist) {
		s.tell("database", doctor.Note, "database-none", "there is none yet", "newsdesk subscriber import makes it")
		return
	}
	if err != nil {
		s.tell("database", doctor.Error, "database-open", err.Error(), "")
		return
	}
	defer db.Close()
	h, err := db.Health(ctx)
	if err != nil {
		s.tell("database", doctor.Error, "database-damaged", err.Error(), "bring back a backup")
		return
	}
	for _, problem := range h.Problems {
		s.tell("database", doctor.Error, "database-damaged", problem, "bring back a backup, or save what there is: sqlite3 FILE .recover")
	}
	if h.Schema < h.Newest {
		s.tell("database", doctor.Note, "database-migrations", fmt.Sprintf("its schema is %d, this newsdesk's %d", h.Schema, h.Newest), "the next command that writes brings it there; make a backup before")
	}
	if len(h.Problems) == 0 {
		s.tell("database", doctor.OK, "database", fmt.Sprintf("it is whole, its schema is %d", h.Schema), "")
	}
}

// sample makes a message as a subscriber gets it, of the newest edition or, where
// there is none, of a line: its header fields are the same.
func (s *site) sample(ctx context.Context, exam *doctor.Exam) {
	series, err := s.series(ctx, s.config, asked{digest: s.digest.Name})
	if err != nil {
		return // the database's error, which is told
	}
	press, err := s.newPress(series)
	if err != nil {
		s.tell("templates", doctor.Error, "templates", err.Error(), "see look.templates")
		return
	}
	exam.Base = press.sender().Base
	issue, err := s.newest(ctx, press)
	if errors.As(err, new(noPeriodError)) || errors.Is(err, digest.ErrEmpty) {
		s.tell("templates", doctor.Note, "templates-unused", "there is no edition to try them with: "+err.Error(), "")
		issue = &digest.Issue{Digest: s.digest.Name, Period: "sample", Title: s.digest.Title, Subject: "Sample", Language: "en", URL: s.config.Site.URL, Text: []byte("Sample\n"), HTML: []byte("<p>Sample</p>")}
	} else if err != nil {
		s.tell("templates", doctor.Error, "templates", err.Error(), "see newsdesk digest build")
		return
	} else {
		s.tell("templates", doctor.OK, "templates", "they make the mail of "+issue.Digest+"/"+issue.Period, "")
	}
	m, err := press.mail(issue, digest.Period{End: s.clock()})
	if err != nil {
		s.tell("header", doctor.Error, "header-broken", err.Error(), "see newsdesk digest check")
		return
	}
	exam.Header = m.Header
	s.checked(mailcheck.Check(m))
}

// newest renders the newest edition, without pictures. What is wrong with articles
// is counted.
func (s *site) newest(ctx context.Context, press *press) (*digest.Issue, error) {
	articles, report, err := s.read(ctx, s.config, press.want)
	if err != nil {
		return nil, err
	}
	if n := countFindings(report, corpus.Error); n > 0 {
		s.tell("config", doctor.Warning, "config-articles", plural(n, "error")+" in the articles; those that have one are left out", "see newsdesk check")
	}
	p, err := press.period(articles.Heads)
	if err != nil {
		return nil, err
	}
	edition, err := s.edition(ctx, press.series, articles, p)
	if err != nil {
		return nil, err
	}
	return press.issue(edition)
}

// checked tells what "digest check" finds in the header, and counts the rest. The
// exam itself tells of the fields for lists.
func (s *site) checked(all []mailcheck.Finding) {
	errors := 0
	for _, f := range all {
		switch {
		case f.Part == mailcheck.Header && strings.HasPrefix(f.Kind, "header-") && f.Severity == mailcheck.Error && f.Kind != "header-unsubscribe":
			s.tell("header", doctor.Error, f.Kind, f.Text, "see newsdesk digest check")
		case f.Severity == mailcheck.Error:
			errors++
		}
	}
	if errors > 0 {
		s.tell("templates", doctor.Error, "templates-mail", plural(errors, "error")+" in the newest edition's mail", "see newsdesk digest check")
	}
}
