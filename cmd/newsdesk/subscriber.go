package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) subscriberCommand() *cobra.Command {
	return group("subscriber", "The people who get the digest",
		`The people who get the digest. They are kept in the database (database.url), with
the evidence of their consent and a log of every change.`,
		a.importCommand(), a.exportCommand(), a.addCommand(), a.removeCommand(), a.showCommand(), a.findCommand(),
		a.pauseCommand(), a.resumeCommand(), a.eraseCommand(), a.newKeyCommand())
}

// withSuppressor runs f with the database open and the key of its hashes.
func (a *app) withSuppressor(ctx context.Context, f func(*store.DB, *audience.Suppressor) error) error {
	return a.withDatabase(ctx, func(db *store.DB) error {
		hashes, err := audience.OpenSuppressor(ctx, db, a.random)
		if err != nil {
			return err
		}
		return f(db, hashes)
	})
}

// act is who changes subscribers by commands, and when, for the audit log.
func (a *app) act() audience.Act {
	by := "command"
	if u, err := user.Current(); err == nil {
		by += " by " + u.Username
	}
	return audience.Act{By: by, Now: a.clock()}
}

// choiceFlags are what a subscriber wants, as flags.
type choiceFlags struct{ topics, language, digests string }

func (f *choiceFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.topics, "topics", "", "`SLUGS` of the topics they get, with commas between (default all)")
	c.Flags().StringVar(&f.language, "language", "", "`LANGUAGE` of the articles they get, such as en-US (default every one)")
	c.Flags().StringVar(&f.digests, "digests", "", "`NAMES` of the digests they get (default all)")
}

func (f *choiceFlags) choice() (c audience.Choice, err error) {
	if c.Topics, err = audience.ParseWords(f.topics); err != nil {
		return c, usage("--topics: %w", err)
	}
	if c.Digests, err = audience.ParseWords(f.digests); err != nil {
		return c, usage("--digests: %w", err)
	}
	if c.Language, err = audience.ParseLanguage(f.language); err != nil {
		return c, usage("--language: %w", err)
	}
	return c, nil
}

func (a *app) addCommand() *cobra.Command {
	var flags choiceFlags
	var signup audience.Signup
	c := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Add one subscriber, Name <address> or address",
		Long: `Add one subscriber, written as Name <address> or address. Nobody who has left comes
back, but with --again, if the person asked for it: then say in --consent how.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if signup.Again && signup.Consent.Text == "" {
				return usage("--again needs --consent: what the person said, and how")
			}
			if signup.Choice, err = flags.choice(); err != nil {
				return err
			}
			signup.Address, signup.Consent.Origin = args[0], "command"
			return a.withSuppressor(c.Context(), func(db *store.DB, hashes *audience.Suppressor) error {
				return a.addSubscriber(c.Context(), db, hashes, signup)
			})
		},
	}
	flags.add(c)
	c.Flags().StringVar(&signup.Consent.Text, "consent", "", "`TEXT` that the person agreed to, for the record")
	c.Flags().BoolVar(&signup.Again, "again", false, "also somebody who has left, and wants to come back")
	return c
}

func (a *app) addSubscriber(ctx context.Context, db *store.DB, hashes *audience.Suppressor, s audience.Signup) error {
	what, why, err := audience.Add(ctx, db, hashes, s, a.act())
	if err != nil {
		return err
	}
	text := map[audience.Addition]string{audience.Added: "added", audience.Known: "is there already"}[what]
	if what == audience.Refused {
		text = why + ", and stays away"
	}
	if err := a.tellSubscriber(s.Address, text); err != nil || what != audience.Refused {
		return err
	}
	return incomplete()
}

func (a *app) removeCommand() *cobra.Command {
	return a.changeCommand("remove ADDRESS|TOKEN", "Unsubscribe an address, for good",
		`Unsubscribe an address, for good: no import brings it back. A token is what an
unsubscribe link ends in.`, func(ctx context.Context, _ *Config, db *store.DB, id int64) (string, error) {
			return "unsubscribed", audience.Leave(ctx, db, id, a.act())
		})
}

func (a *app) pauseCommand() *cobra.Command {
	var day string
	c := a.changeCommand("pause ADDRESS|TOKEN", "Send nothing to a subscriber for a while",
		"Send nothing to a subscriber until a day, or until subscriber resume.",
		func(ctx context.Context, c *Config, db *store.DB, id int64) (string, error) {
			if day == "" {
				return "paused", audience.Pause(ctx, db, id, time.Time{}, a.act())
			}
			until, err := time.ParseInLocation(time.DateOnly, day, c.zone)
			if err != nil {
				return "", usage("--until %q is not a day (want 2021-12-01)", day)
			}
			if !until.After(a.clock()) {
				return "", usage("--until %s is over (want the day from which mail is sent again)", day)
			}
			return "paused until " + day, audience.Pause(ctx, db, id, until, a.act())
		})
	c.Flags().StringVar(&day, "until", "", "`DAY` from which mail is sent again, such as 2021-12-01")
	return c
}

func (a *app) resumeCommand() *cobra.Command {
	return a.changeCommand("resume ADDRESS|TOKEN", "End a subscriber's pause", "End a subscriber's pause.",
		func(ctx context.Context, _ *Config, db *store.DB, id int64) (string, error) {
			return "active", audience.Resume(ctx, db, id, a.act())
		})
}

func (a *app) eraseCommand() *cobra.Command {
	return a.changeCommand("erase ADDRESS|TOKEN", "Forget a person, as the GDPR demands",
		`Forget a person: address, name, choices and consent, also in the ledger of what was
sent. A keyed hash stays, so that no later list brings the address back. Backups
made before still have the person.`,
		func(ctx context.Context, _ *Config, db *store.DB, id int64) (string, error) {
			hashes, err := audience.OpenSuppressor(ctx, db, a.random)
			if err != nil {
				return "", err
			}
			return "erased", audience.Erase(ctx, db, hashes, id, a.act(), delivery.Forget, signup.Forget)
		})
}

// changeCommand makes a command that does f to one subscriber, and tells what
// became of her.
func (a *app) changeCommand(use, short, long string, f func(ctx context.Context, c *Config, db *store.DB, id int64) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			config, err := a.config()
			if err != nil {
				return err
			}
			return needDatabase(ctx, config, func(db *store.DB) error {
				s, err := a.findSubscriber(ctx, db, args[0])
				if err != nil {
					return err
				}
				text, err := f(ctx, config, db, s.ID)
				if err != nil {
					return err
				}
				return a.tellSubscriber(cmp.Or(s.Address, args[0]), text)
			})
		},
	}
}

// findSubscriber finds somebody by address, or by the token of a link.
func (a *app) findSubscriber(ctx context.Context, db *store.DB, who string) (audience.Subscriber, error) {
	if strings.Contains(who, "@") {
		s, err := audience.Find(ctx, db, who)
		if errors.Is(err, audience.ErrUnknown) {
			err = fmt.Errorf("%w (newsdesk subscriber find TEXT looks for parts of one)", err)
		}
		return s, err
	}
	tokens, err := audience.OpenTokens(ctx, db, a.random)
	if err != nil {
		return audience.Subscriber{}, err
	}
	id, err := tokens.Verify(who, audience.Unsubscribe)
	if err != nil {
		return audience.Subscriber{}, fmt.Errorf("%q is neither an address nor the token of an unsubscribe link", who)
	}
	return audience.Get(ctx, db, id)
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
