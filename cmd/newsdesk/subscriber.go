package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) subscriberCommand() *cobra.Command {
	return group("subscriber", "The people who get the digest",
		"The people who get the digest. They are kept in the database (database.url).",
		&cobra.Command{
			Use:   "import FILE",
			Short: "Add the subscribers of a list",
			Long: `Add the subscribers of a list, or of standard input if FILE is "-": one address a
line, or a table with a header that names the columns (email, name), in any
order, divided by commas, semicolons or tabs. Bad rows are told and the good ones
added. Who is subscribed already stays so; who has unsubscribed does, too.`,
			Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				return a.withDatabase(c.Context(), func(db *store.DB) error { return a.importList(c.Context(), db, args[0]) })
			},
		},
		&cobra.Command{
			Use:   "add ADDRESS",
			Short: "Add one subscriber, Name <address> or address",
			Args:  cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				return a.withDatabase(c.Context(), func(db *store.DB) error { return a.addSubscriber(c.Context(), db, args[0]) })
			},
		},
		&cobra.Command{
			Use:   "remove ADDRESS|TOKEN",
			Short: "Unsubscribe an address, for good",
			Long: `Unsubscribe an address, for good: no import brings it back. A token is what an
unsubscribe link ends in.`,
			Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				return a.withDatabase(c.Context(), func(db *store.DB) error { return a.removeSubscriber(c.Context(), db, args[0]) })
			},
		},
		&cobra.Command{
			Use:   "list",
			Short: "Write all subscribers as CSV",
			Args:  cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				return a.withDatabase(c.Context(), func(db *store.DB) error { return a.listSubscribers(c.Context(), db) })
			},
		})
}

// withDatabase runs f with the database open.
func (a *app) withDatabase(ctx context.Context, f func(*store.DB) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

func (a *app) importList(ctx context.Context, db *store.DB, name string) error {
	list := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("the list: %w", err)
		}
		defer f.Close()
		list = f
	} else {
		name = "standard input"
	}
	result, err := audience.Import(ctx, db, list, audience.ImportOptions{Name: filepath.ToSlash(name), Now: a.clock()})
	if err != nil {
		return err
	}
	if a.flags.json {
		return a.printImport(result)
	}
	for _, bad := range result.Bad {
		fmt.Fprintln(a.stderr, bad)
	}
	if !a.flags.quiet {
		printRows(a.stdout, importRows(result))
	}
	if len(result.Bad) > 0 {
		return incomplete()
	}
	return nil
}

func importRows(result audience.Result) []row {
	rows := []row{{"added", number(result.Added), ""}}
	for _, r := range []struct {
		name string
		n    int
		text string
	}{
		{"known", result.Known, "subscribed already"},
		{"suppressed", result.Suppressed, "had unsubscribed, and stay so"},
		{"bad", len(result.Bad), "left out, see above"},
	} {
		if r.n > 0 {
			rows = append(rows, row{r.name, number(r.n), r.text})
		}
	}
	return rows
}

func (a *app) printImport(result audience.Result) error {
	type badRow struct {
		Line  int    `json:"line"`
		Field string `json:"field"`
		Text  string `json:"text"`
	}
	bad := []badRow{}
	for _, b := range result.Bad {
		bad = append(bad, badRow{b.Line, b.Field, b.Text})
	}
	err := a.printJSON(map[string]any{
		"rows": result.Rows, "added": result.Added, "known": result.Known, "suppressed": result.Suppressed, "bad": bad,
	})
	if err == nil && len(bad) > 0 {
		return incomplete()
	}
	return err
}

func (a *app) addSubscriber(ctx context.Context, db *store.DB, address string) error {
	addition, err := audience.Add(ctx, db, address, a.clock())
	if err != nil {
		return err
	}
	text := map[audience.Addition]string{
		audience.Added: "added", audience.Known: "subscribed already", audience.Suppressed: "had unsubscribed, and stays so",
	}[addition]
	return a.tellSubscriber(address, text)
}

func (a *app) removeSubscriber(ctx context.Context, db *store.DB, who string) error {
	if !strings.Contains(who, "@") {
		tokens, err := audience.OpenTokens(ctx, db, a.random)
		if err != nil {
			return err
		}
		id, err := tokens.Verify(who, audience.Unsubscribe)
		if err != nil {
			return fmt.Errorf("%q is neither an address nor the token of an unsubscribe link", who)
		}
		if who, err = audience.Address(ctx, db, id); err != nil {
			return err
		}
	}
	err := audience.Remove(ctx, db, who, a.clock())
	if errors.Is(err, audience.ErrUnknown) {
		return fmt.Errorf("%w (newsdesk subscriber list tells who there is)", err)
	}
	if err == nil {
		err = a.tellSubscriber(who, "unsubscribed")
	}
	return err
}

// tellSubscriber says what became of one address.
func (a *app) tellSubscriber(address, state string) error {
	switch {
	case a.flags.json:
		return a.printJSON(map[string]string{"email": address, "result": state})
	case a.flags.quiet:
		return nil
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n", address, state)
	return err
}

func (a *app) listSubscribers(ctx context.Context, db *store.DB) error {
	if a.flags.json {
		return a.listJSON(ctx, db)
	}
	w := csv.NewWriter(a.stdout)
	w.Write([]string{"email", "name", "state", "since"})
	for s, err := range audience.List(ctx, db) {
		if err != nil {
			return err
		}
		w.Write([]string{s.Address, s.Name, string(s.State), s.Created.UTC().Format(time.RFC3339)})
	}
	w.Flush()
	return w.Error()
}

func (a *app) listJSON(ctx context.Context, db *store.DB) error {
	if _, err := io.WriteString(a.stdout, "["); err != nil {
		return err
	}
	separator := "\n"
	for s, err := range audience.List(ctx, db) {
		if err != nil {
			return err
		}
		io.WriteString(a.stdout, separator)
		separator = ",\n"
		err = a.printJSON(map[string]string{"email": s.Address, "name": s.Name, "state": string(s.State), "since": s.Created.UTC().Format(time.RFC3339)})
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(a.stdout, "]\n")
	return err
}
