package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) digestLogCommand() *cobra.Command {
	var w asked
	c := &cobra.Command{
		Use:   "log",
		Short: "Tell who did what with a digest's editions",
		Long: `Tell who approved, tested, scheduled, sent, paused, resumed, cancelled and retried
a digest's editions, at the editors' desk and by commands, the newest last; with the
hash of what they had before them, and why something went out in spite of errors.
Commands write down the name that --by gives.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.digestLog(c.Context(), w) },
	}
	w.flags(c)
	c.Flags().Lookup("period").Usage = "only the edition of this `PERIOD`"
	return c
}

type entryJSON struct {
	Time    time.Time `json:"time"`
	Edition string    `json:"edition"`
	By      string    `json:"by"`
	Action  string    `json:"action"`
	Hash    string    `json:"hash,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

func (a *app) digestLog(ctx context.Context, w asked) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	d, err := c.digestSettings(w.digest)
	if err != nil {
		return err
	}
	var all []delivery.Entry
	err = readDatabase(ctx, c, func(db *store.DB) (err error) {
		all, err = delivery.Log(ctx, db, d.Name, w.period, 0)
		return err
	})
	if err != nil {
		return err
	}
	if a.flags.json {
		list := []entryJSON{}
		for _, e := range all {
			list = append(list, entryJSON{e.Time.In(c.zone), e.Digest + "/" + e.Period, e.By, e.Action, e.Hash, e.Detail})
		}
		return a.printJSON(list)
	}
	if len(all) == 0 {
		a.note("digest %s: nobody has done anything with its editions yet", d.Name)
	}
	var lines [][]string
	for _, e := range all {
		lines = append(lines, []string{e.Time.In(c.zone).Format("2006-01-02 15:04:05"), e.Period, e.By, e.Action, fmt.Sprintf("%.12s", e.Hash), e.Detail})
	}
	a.printAligned(lines)
	return nil
}
