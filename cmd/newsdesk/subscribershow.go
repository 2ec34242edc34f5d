package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) exportCommand() *cobra.Command {
	var state string
	var f audience.Filter
	c := &cobra.Command{
		Use:     "export",
		Aliases: []string{"list"},
		Short:   "Write the subscribers as CSV, or with --json as JSON",
		Long: `Write the subscribers as CSV, or with --json as JSON: all of them, or those of a
state, a topic or a digest. Those who chose none get all, and so are of each.

The CSV can be imported again, by newsdesk or others. A name or address that begins
like a formula (=, +, -, @) stands there behind a ', so that no spreadsheet runs it;
subscriber import takes the ' away again. JSON has them as they are.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.State = audience.State(state)
			if state != "" && !slices.Contains(audience.States, f.State) {
				return usage("--state %q (want one of %v)", state, audience.States)
			}
			return a.withExistingDatabase(c.Context(), func(db *store.DB) error { return a.list(c.Context(), db, f) })
		},
	}
	c.Flags().StringVar(&state, "state", "", fmt.Sprintf("`STATE`: one of %v", audience.States))
	c.Flags().StringVar(&f.Topic, "topic", "", "`SLUG` of a topic")
	c.Flags().StringVar(&f.Digest, "digest", "", "`NAME` of a digest")
	return c
}

func (a *app) findCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "find TEXT",
		Short: "Write the subscribers with a text in address or name",
		Long:  "Write the subscribers with a text in address or name, as subscriber export does.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withExistingDatabase(c.Context(), func(db *store.DB) error {
				return a.list(c.Context(), db, audience.Filter{Text: args[0]})
			})
		},
	}
}

// subscriberJSON is a subscriber for scripts.
type subscriberJSON struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	State    string   `json:"state"`
	Since    string   `json:"since"`
	Until    string   `json:"until,omitempty"`
	Topics   []string `json:"topics"`
	Language string   `json:"language"`
	Digests  []string `json:"digests"`
}

func newSubscriberJSON(s audience.Subscriber) subscriberJSON {
	j := subscriberJSON{s.Address, s.Name, string(s.State), s.Created.Format(time.RFC3339), "", s.Topics, s.Language, s.Digests}
	if !s.Until.IsZero() {
		j.Until = s.Until.Format(time.RFC3339)
	}
	return j
}

func (a *app) list(ctx context.Context, db *store.DB, f audience.Filter) error {
	if a.flags.json {
		return a.listJSON(ctx, db, f)
	}
	w := csv.NewWriter(bare(a.stdout))
	w.Write(audience.ExportHeader)
	for s, err := range audience.List(ctx, db, f) {
		if err != nil {
			return err
		}
		w.Write(s.Cells())
	}
	w.Flush()
	return w.Error()
}

func (a *app) listJSON(ctx context.Context, db *store.DB, f audience.Filter) error {
	separator := "["
	for s, err := range audience.List(ctx, db, f) {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(a.stdout, separator+"\n"); err != nil {
			return err
		}
		separator = ","
		if err := a.printJSON(newSubscriberJSON(s)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(a.stdout, strings.TrimPrefix(separator, ",")+"]\n")
	return err
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ADDRESS|TOKEN",
		Short: "Tell all that is known of one subscriber",
		Long: `Tell all that is known of one subscriber: state, choices, the consent, and every
change with its time, in site.timezone, and who made it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := a.config()
			if err != nil {
				return err
			}
			return needDatabase(c.Context(), config, func(db *store.DB) error {
				return a.show(c.Context(), db, args[0], config.zone)
			})
		},
	}
}

// show tells all of a subscriber, with times as the site's zone has them.
func (a *app) show(ctx context.Context, db *store.DB, who string, zone *time.Location) error {
	s, err := a.findSubscriber(ctx, db, who)
	if err != nil {
		return err
	}
	consent, known, err := audience.ConsentOf(ctx, db, s.ID)
	if err != nil {
		return err
	}
	events, err := audience.History(ctx, db, s.ID)
	if err != nil {
		return err
	}
	if a.flags.json {
		return a.showJSON(s, consent, known, events)
	}
	when := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") }
	state := string(s.State)
	if !s.Until.IsZero() {
		state += " until " + when(s.Until)
	}
	rows := []row{
		{"email", "", s.Address}, {"name", "", s.Name}, {"state", "", state}, {"since", "", when(s.Created)},
		{"topics", "", cmp.Or(strings.Join(s.Topics, " "), "all")}, {"language", "", cmp.Or(s.Language, "every one")},
		{"digests", "", cmp.Or(strings.Join(s.Digests, " "), "all")}, {"consent", "", "not known"},
	}
	if known {
		rows[len(rows)-1].text = fmt.Sprintf("%s, %s: %q", when(consent.Time), consent.Origin, consent.Text)
	}
	for _, e := range events {
		rows = append(rows, row{e.Action, "", fmt.Sprintf("%s, %s: %s", when(e.Time), e.By, e.Detail)})
	}
	printRows(a.stdout, rows)
	return nil
}

func (a *app) showJSON(s audience.Subscriber, consent audience.Consent, known bool, events []audience.Event) error {
	type consentJSON struct {
		Time   time.Time `json:"time"`
		Origin string    `json:"origin"`
		Text   string    `json:"text"`
	}
	type eventJSON struct {
		Time   time.Time `json:"time"`
		By     string    `json:"by"`
		Action string    `json:"action"`
		Detail string    `json:"detail"`
	}
	result := struct {
		subscriberJSON
		Consent *consentJSON `json:"consent"`
		History []eventJSON  `json:"history"`
	}{newSubscriberJSON(s), nil, []eventJSON{}}
	if known {
		c := consentJSON(consent)
		result.Consent = &c
	}
	for _, e := range events {
		result.History = append(result.History, eventJSON(e))
	}
	return a.printJSON(result)
}
