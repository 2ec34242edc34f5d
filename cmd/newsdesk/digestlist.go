package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
)

func (a *app) digestListCommand() *cobra.Command {
	var w asked
	c := &cobra.Command{
		Use:   "list",
		Short: "List a digest's editions and how they stand",
		Long: `List the periods that have articles or an edition in the database, newest first,
with the number of articles and the state:

  empty     there is nothing to send
  open      the period has not ended
  ready     it has, and nothing is frozen
  approved  an editor found it good
  changed   since an editor found it good
  scheduled it goes out by itself (digest status)
  frozen    the mail and its audience are written down, nothing was sent
  sending   some have got it
  done      nobody is left who should`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listDigest(c.Context(), w) },
	}
	w.digestFlag(c)
	return c
}

// listedEdition is how one edition stands.
type listedEdition struct {
	Period    string    `json:"period"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"` // the first instant after it
	Articles  int       `json:"articles"`
	State     string    `json:"state"`
	Frozen    time.Time `json:"frozen,omitzero"`
	Audience  int       `json:"audience"`
	Sent      int       `json:"sent"`
	Failed    int       `json:"failed"`
	Skipped   int       `json:"skipped"`
	Uncertain int       `json:"uncertain"`
	Pending   int       `json:"pending"`

	words string
}

func (a *app) listDigest(ctx context.Context, w asked) error {
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	articles, _, err := a.glance(ctx, s.config, func([]*corpus.Head) []*corpus.Head { return nil })
	if err != nil {
		return err
	}
	scheduled, err := a.appointments(ctx, s.config, w)
	if err != nil {
		return err
	}
	list := []listedEdition{}
	for _, p := range s.periods(articles.Heads) {
		e, err := s.listed(articles.Heads, p)
		if err == nil && e.State == "approved" {
			e.State, err = a.approvedState(ctx, s, articles, p)
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(scheduled, func(a delivery.Appointment) bool { return a.Period == p.Name }) {
			e.State = "scheduled"
		}
		list = append(list, e)
	}
	if a.flags.json {
		return a.printJSON(map[string]any{"digest": s.Name, "editions": list})
	}
	a.printEditions(list)
	return nil
}

// listed tells how a period's edition stands.
func (s *series) listed(heads []*corpus.Head, p digest.Period) (listedEdition, error) {
	e := listedEdition{Period: p.Name, From: p.Start, To: p.End, words: p.Words()}
	o, err := s.options(p)
	if err != nil {
		return e, err
	}
	e.Articles = len(digest.Wanted(heads, p, o))
	if frozen := s.standing(p.Name); frozen != nil {
		e.fill(frozen)
		return e, nil
	}
	switch {
	case p.End.After(s.now):
		e.State = "open"
	case e.Articles == 0:
		e.State = "empty"
	case o.Choices.Approved != nil:
		e.State = "approved"
	default:
		e.State = "ready"
	}
	return e, nil
}

// approvedState tells whether what was approved is what the edition is now.
func (a *app) approvedState(ctx context.Context, s *series, articles *corpus.Corpus, p digest.Period) (string, error) {
	press, err := a.newPress(s)
	if err != nil {
		return "", err
	}
	edition, err := a.illustrated(ctx, press, articles, p)
	if err != nil {
		return "", err
	}
	issue, err := press.issue(edition)
	if errors.Is(err, digest.ErrEmpty) {
		return "changed", nil
	}
	if err != nil {
		return "", err
	}
	o, err := s.options(p)
	if err == nil && o.Choices.Approved != nil && o.Choices.Approved.Hash == press.hash(issue) {
		return "approved", nil
	}
	return "changed", err
}

func (e *listedEdition) fill(frozen *delivery.Standing) {
	if frozen.Articles > 0 {
		e.Articles = frozen.Articles
	}
	e.State, e.Frozen, e.Audience = frozen.State(), frozen.Frozen, frozen.Audience
	e.Sent, e.Failed, e.Skipped = frozen.Accepted, frozen.Failed, frozen.Skipped
	e.Uncertain, e.Pending = frozen.Uncertain, frozen.Pending
}

// numbers gives what there is to say of who has got the edition: "3 sent, 1 failed".
func (e *listedEdition) numbers() string {
	return counted(count{e.Sent, "sent"}, count{e.Failed, "failed"}, count{e.Skipped, "skipped"}, count{e.Uncertain, "uncertain"}, count{e.Pending, "pending"})
}

func (a *app) printEditions(list []listedEdition) {
	count := 0
	for _, e := range list {
		count = max(count, len(number(e.Articles)))
	}
	var rows [][]string
	for _, e := range list {
		stories := fmt.Sprintf("%*s", count, number(e.Articles)) + strings.TrimLeft(plural(e.Articles, "story"), "0123456789,")
		rows = append(rows, []string{e.Period, e.words, stories, e.State, e.numbers()})
	}
	a.printAligned(rows)
}
