package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
)

// series is a digest with all that its editions are chosen by.
type series struct {
	*digestSettings
	config    *Config
	asked     string // the period, or "" for the newest
	now       time.Time
	history   digest.History
	standings []delivery.Standing // of what was frozen
}

// askedSeries loads the configuration and gives the digest that a command asks for.
func (a *app) askedSeries(ctx context.Context, w asked) (*series, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.series(ctx, c, w)
}

// series gives the digest of a configuration that is asked for. A wrong name or
// period is found before the articles are read.
func (a *app) series(ctx context.Context, c *Config, w asked) (*series, error) {
	d, err := c.digestSettings(w.digest)
	if err != nil {
		return nil, err
	}
	if w.period != "" {
		if _, err := d.kind().Parse(w.period, c.zone); err != nil {
			return nil, usage("--period: %w", err)
		}
	}
	all, err := a.allSeries(ctx, c, d)
	if err != nil {
		return nil, err
	}
	all[0].asked = w.period
	return all[0], nil
}

// allSeries gives digests with their histories, if there is a database; it is not
// made for that.
func (a *app) allSeries(ctx context.Context, c *Config, digests ...*digestSettings) ([]*series, error) {
	db, err := openForReading(ctx, c)
	if err != nil {
		return nil, err
	}
	var all []*series
	for _, d := range digests {
		s := &series{digestSettings: d, config: c, now: a.clock()}
		if db != nil {
			var historyErr, standingsErr error
			s.history, historyErr = delivery.History(ctx, db, d.Name)
			s.standings, standingsErr = delivery.Standings(ctx, db, d.Name)
			if err := errors.Join(historyErr, standingsErr); err != nil {
				return nil, errors.Join(err, db.Close())
			}
		}
		all = append(all, s)
	}
	if db != nil {
		return all, db.Close()
	}
	return all, nil
}

// rule is what all editions of the digest are chosen by.
func (s *series) rule() digest.Options {
	o := digest.Options{
		Digest: s.Name, Title: cmp.Or(s.Title, s.config.Site.Title), Language: cmp.Or(s.Language, s.config.Site.Language),
		Only: digest.Only{
			Language: s.Language, Topics: s.Only.Topics, Vocabularies: s.Only.Vocabularies, Sources: s.Only.Sources,
		},
		Topics: s.Topics, Offerings: s.Offerings, SectionItems: s.SectionItems, Items: s.Items, LateDays: s.LateDays,
		History: s.history,
	}
	if o.Offerings == 0 {
		o.Offerings = -1 // what nobody wants, not the default
	}
	return o
}

// options are what a period's edition is chosen by: the rule and the editor's
// choices.
func (s *series) options(p digest.Period) (digest.Options, error) {
	o := s.rule()
	var err error
	o.Choices, err = choices(s.config, s.digestSettings, p)
	return o, err
}

// period finds the period of an edition: the one that was asked for, or the
// newest that has articles and has ended.
func (s *series) period(heads []*corpus.Head) (digest.Period, error) {
	if s.asked != "" {
		return s.kind().Parse(s.asked, s.config.zone)
	}
	p, ok := digest.Latest(heads, s.kind(), s.now, s.config.zone, s.rule())
	if !ok {
		return p, noPeriodError(s.kind())
	}
	return p, nil
}

// periods gives the periods that have articles, or an edition that was frozen, and
// the newest edition's, newest first.
func (s *series) periods(heads []*corpus.Head) []digest.Period {
	all := digest.Periods(s.rule().Only.In(heads), s.kind(), s.config.zone)
	for _, frozen := range s.standings {
		if p, err := digest.ParsePeriod(frozen.Period, s.config.zone); err == nil {
			all = append(all, p)
		}
	}
	if p, err := s.period(heads); err == nil {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b digest.Period) int {
		return cmp.Or(b.Start.Compare(a.Start), strings.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(all, func(a, b digest.Period) bool { return a.Name == b.Name })
}

// want wants the articles of the edition.
func (s *series) want(heads []*corpus.Head) []*corpus.Head {
	p, err := s.period(heads)
	if err != nil {
		return nil // told by who asks for the period itself
	}
	o, err := s.options(p)
	if err != nil {
		return nil // likewise
	}
	return digest.Wanted(heads, p, o)
}

// edition names a period's edition for people: "weekly/2021-W39".
func (s *series) edition(p digest.Period) string { return s.Name + "/" + p.Name }

// standing finds how a period's edition stands in the ledger; it is nil if the
// edition was not frozen.
func (s *series) standing(period string) *delivery.Standing {
	for i := range s.standings {
		if s.standings[i].Period == period {
			return &s.standings[i]
		}
	}
	return nil
}

// noPeriodError says that there is nothing to make a digest of yet.
type noPeriodError digest.Kind

func (k noPeriodError) Error() string {
	return fmt.Sprintf("no %s with articles has ended yet (name one with --period)", string(k))
}

// emptyEdition says that there is nothing in an edition. It is digest.ErrEmpty.
func emptyEdition(p digest.Period) error { return emptyError{p} }

type emptyError struct{ period digest.Period }

func (e emptyError) Error() string {
	return fmt.Sprintf("%s: no article was published in this %s; there is nothing to send", e.period.Name, e.period.Kind)
}

func (e emptyError) Is(target error) bool { return target == digest.ErrEmpty }
