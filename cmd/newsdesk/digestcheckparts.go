package main

import (
	"context"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mailcheck"
	"github.com/medigy/newsdesk/internal/store"
)

// editionMails makes an edition's mail as a subscriber gets it, and those of the
// segments if they are wanted, with a name for each.
func (a *app) editionMails(ctx context.Context, c *Config, w asked, segments bool) (mails []mailcheck.Mail, names []string, err error) {
	s, err := a.series(ctx, c, w)
	if err != nil {
		return nil, nil, err
	}
	press, edition, issue, _, err := a.makeIssue(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	name := s.edition(edition.Period)
	m, err := press.mail(issue, edition.Period)
	if err != nil || !segments {
		return []mailcheck.Mail{m}, []string{name}, err
	}
	mails, names = []mailcheck.Mail{m}, []string{name}
	parts, err := selections(ctx, c, s)
	if err != nil {
		return nil, nil, err
	}
	hashes := []string{press.hash(issue)}
	for _, part := range parts {
		if edition.Select(part).Empty() {
			continue // nothing is sent to them
		}
		issue, err := press.templates.Render(edition, part)
		if err != nil {
			return nil, nil, err
		}
		if hash := press.hash(issue); !slices.Contains(hashes, hash) {
			m, err := press.mail(issue, edition.Period)
			if err != nil {
				return nil, nil, err
			}
			hashes, mails = append(hashes, hash), append(mails, m)
			names = append(names, name+" ("+strings.Join(append(slices.Clone(part.Topics), nonempty(part.Language)...), ", ")+")")
		}
	}
	return mails, names, nil
}

func nonempty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// selections are what the subscribers of a digest chose, the whole edition left
// out. Without a database there are none.
func selections(ctx context.Context, c *Config, s *series) (all []digest.Selection, err error) {
	err = readDatabase(ctx, c, func(db *store.DB) error {
		segments, err := audience.Segments(ctx, db, s.Name, s.now)
		for _, one := range segments {
			if len(one.Topics) > 0 || one.Language != "" {
				all = append(all, selection(one.Topics, one.Language))
			}
		}
		return err
	})
	return all, err
}

// onlyNew leaves out what was found in another mail before, if at another line.
func onlyNew(findings []mailcheck.Finding, before []*checkedMail) []mailcheck.Finding {
	return slices.DeleteFunc(findings, func(f mailcheck.Finding) bool {
		return slices.ContainsFunc(before, func(m *checkedMail) bool {
			return slices.ContainsFunc(m.Findings, func(old mailFinding) bool { return old.Kind == f.Kind && old.Text == f.Text })
		})
	})
}
