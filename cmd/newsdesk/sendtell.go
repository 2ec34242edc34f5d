package main

import (
	"fmt"

	"github.com/medigy/newsdesk/internal/delivery"
)

// tellSent writes the summary: what came of the edition and who has not got it, and
// other rows behind it.
func (a *app) tellSent(s delivery.Summary, dryRun bool, last ...row) error {
	if a.flags.json {
		return a.printJSON(newSummaryJSON(s, dryRun))
	}
	for _, d := range s.Problems {
		fmt.Fprintln(a.stderr, problem(d))
	}
	if s.Changed {
		a.warn("the articles, templates or settings have changed since the edition was frozen on %s; what was frozen is sent", s.Frozen.Format("2 January at 15:04"))
	}
	if a.flags.quiet {
		return nil
	}
	printRows(a.stdout, append(summaryRows(s, dryRun), last...))
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
		{"already", s.Already, "had it from another run or machine"},
		{"failed", s.Failed, "refused for good"},
		{"uncertain", s.Uncertain, "the server may have it or not"},
		{"skipped", s.Skipped, "nothing in their topics, or unsubscribed since it was frozen"},
		{"pending", s.Pending, "the next run goes on with them"},
	} {
		switch {
		case r.name == "pending" && dryRun:
			r.text = "would get it; nothing was sent"
		case r.name == "pending" && s.Wait != nil:
			r.text = tellWait(*s.Wait)
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
	Wait      string   `json:"wait,omitempty"`
	Problems  []string `json:"problems"`
}

func newSummaryJSON(s delivery.Summary, dryRun bool) summaryJSON {
	j := summaryJSON{s.Edition, s.Subject, dryRun, s.Changed, s.Audience, s.Accepted, s.Already, s.Failed, s.Skipped, s.Uncertain, s.Pending, "", []string{}}
	if s.Wait != nil {
		j.Wait = tellWait(*s.Wait)
	}
	for _, d := range s.Problems {
		j.Problems = append(j.Problems, problem(d))
	}
	return j
}

// problem tells why a subscriber has not got the edition.
func problem(d delivery.Delivery) string {
	return fmt.Sprintf("%s: %s: %s", d.Address, d.State, d.Reason)
}
