package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) bounceAddressCommand() *cobra.Command {
	var edition int64
	c := &cobra.Command{
		Use:   "address ADDRESS",
		Short: "Show the address to which a subscriber's mails come back",
		Long: `Show the envelope sender of the mails to a subscriber: bounces.address with a signed
token. What comes to it is about this subscriber. Send a mail there to see that it
arrives where "bounce read" looks: the server must take all that has a + and a token
behind the name (recipient_delimiter = + of Postfix).`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := a.config()
			if err != nil {
				return err
			}
			if config.Bounces.Address == "" {
				return usage("there is no address to come back to (set bounces.address)")
			}
			return needDatabase(c.Context(), config, func(db *store.DB) error {
				s, err := audience.Find(c.Context(), db, args[0])
				if err != nil {
					return err
				}
				keys, err := a.bounceKeys(c.Context(), db)
				if err != nil {
					return err
				}
				sender := envelopeSender(config, keys)(edition, s.ID)
				if a.flags.json {
					return a.printJSON(map[string]string{"email": s.Address, "sender": sender})
				}
				_, err = fmt.Fprintln(a.stdout, sender)
				return err
			})
		},
	}
	c.Flags().Int64Var(&edition, "edition", 0, "of the mail of the edition with this `NUMBER` in the database")
	return c
}

func (a *app) bounceKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new-key",
		Short: "Sign the addresses to which mails come back with a new key",
		Long: `Make a new key, with which the addresses are signed to which mails come back, from
the next start of a command on. What comes to those of older mails is believed on.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.newKey(c.Context(), "the addresses to which mails come back are signed with it", audience.NewAddressKey)
		},
	}
}
