package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/bounce"
	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) bounceCommand() *cobra.Command {
	return group("bounce", "What comes back: bounces, complaints, mails to unsubscribe",
		`The mails that come to bounces.address and digest.unsubscribe_mail: reports that an
address is dead, complaints, requests to unsubscribe, and answers of machines.`,
		a.bounceReadCommand(), a.bounceAddressCommand(), a.bounceKeyCommand())
}

// bounceSource says where mails are read from.
type bounceSource struct {
	stdin, imap bool
	maildir     string
	dryRun      bool
}

func (a *app) bounceReadCommand() *cobra.Command {
	var s bounceSource
	c := &cobra.Command{
		Use:   "read [--from-stdin | --maildir DIR | --imap]",
		Short: "Read mails that came back, and act on them",
		Long: `Read mails that came back and do what they ask for. A line for each address that
one is about tells what it means, what that changed, the address, the status code
and what the server said. With --json a line is an object.

  hard         the address does not exist: bounced, and kept out for good
  soft         this mail was not taken: counted, one an edition; the count halves every
               30 days, and at 5 the address is bounced. Where the server took it for
               spam, nothing is counted
  complaint    its owner called the mail spam: complained, and kept out for good
  unsubscribe  a mail that asks to unsubscribe: unsubscribed
  auto-reply, delayed, delivered, refused (a forged address), unknown: nothing to do

Anybody can write a mail that looks like a report. So only those act that prove whom
they are about: by the signed address that they came to (bounces.address, see
"bounce address") or by the token of the mail's link to unsubscribe. Others are
"unproved" and change nothing: see whether one asks to leave, and use "subscriber
remove" for it. A mail that is read twice acts once.

Mails come from standard input (one, or an mbox), a Maildir, or a mailbox on an IMAP
server (bounces.imap_host, with TLS); without a flag from what bounces.maildir and
bounces.imap_host name. A mail of a Maildir is moved from new to cur when it was read,
one on a server is flagged as seen or moved to bounces.imap_move_to. With --dry-run
all stay as they are, subscribers too. "newsdesk serve" reads by itself with
bounces.every, and takes a provider's webhooks with bounces.webhook_secret.
The exit code is 3 if a mail could not be read.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.readBounces(c.Context(), s) },
	}
	c.Flags().BoolVar(&s.stdin, "from-stdin", false, "read standard input: one mail, or an mbox")
	c.Flags().StringVar(&s.maildir, "maildir", "", "read the Maildir `DIR` (default bounces.maildir)")
	c.Flags().BoolVar(&s.imap, "imap", false, "read the mailbox on bounces.imap_host")
	c.Flags().BoolVar(&s.dryRun, "dry-run", false, "change nothing: neither subscribers nor mails, which can be read again")
	return c
}

func (a *app) readBounces(ctx context.Context, s bounceSource) error {
	if s.stdin && s.imap || s.maildir != "" && (s.stdin || s.imap) {
		return usage("--from-stdin, --maildir and --imap are each for itself; without them all that is configured is read")
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	if !s.stdin && !s.imap && s.maildir == "" { // what is configured, one or both
		s.maildir, s.imap = c.Bounces.Maildir, c.Bounces.IMAPHost != ""
	}
	if !s.stdin && !s.imap && s.maildir == "" {
		return usage("there is nothing to read (set bounces.maildir or bounces.imap_host, or give --from-stdin)")
	}
	if s.imap && c.Bounces.IMAPHost == "" {
		return usage("there is no IMAP server (set bounces.imap_host)")
	}
	return useDatabase(ctx, c, func(db *store.DB) error { return a.takeReturns(ctx, c, db, s) })
}

// takeReturns reads the sources, acts on what is in them and tells what that changed.
func (a *app) takeReturns(ctx context.Context, c *Config, db *store.DB, s bounceSource) error {
	r, err := a.newReturns(ctx, db)
	if err != nil {
		return err
	}
	sink := &returnSink{returns: r, act: a.act, dryRun: s.dryRun, told: func(v bounce.Verdict, effect audience.Effect) error {
		return tellVerdict(a.stdout, a.flags.json, v, effect)
	}}
	tallies, err := a.readSources(ctx, c, s, c.bounceOptions(r.keys, s.dryRun), sink)
	if !a.flags.json && !a.flags.quiet {
		rows := sink.rows()
		if s.dryRun && len(rows) > 0 {
			rows = append(rows, row{"dry run", "", "nothing was changed"})
		}
		printRows(a.stdout, rows)
	}
	skipped := 0
	for _, t := range tallies {
		for _, problem := range t.Skipped {
			skipped++
			printLine(a.stderr, a.style.red("error: ")+oneLine(problem.Error()), 2)
		}
		if t.Cut > 0 {
			a.warn("%s too long to be read whole; the rest was not looked at", plural(t.Cut, "mail"))
		}
	}
	if err == nil && skipped > 0 {
		return incomplete()
	}
	return err
}

func (c *Config) bounceOptions(keys *bounce.Keys, keep bool) bounce.Options {
	return bounce.Options{Address: c.Bounces.Address, Unsubscribe: c.Digest.UnsubscribeMail, Keys: keys, Keep: keep}
}

// readSources reads each source in turn. One that fails does not keep the others from
// being read.
func (a *app) readSources(ctx context.Context, c *Config, s bounceSource, o bounce.Options, sink bounce.Sink) (tallies []bounce.Tally, err error) {
	add := func(t bounce.Tally, failed error) {
		tallies, err = append(tallies, t), errors.Join(err, failed)
	}
	if s.stdin {
		add(bounce.ReadStream(ctx, a.stdin, o, sink))
	}
	if s.maildir != "" {
		add(bounce.ReadMaildir(ctx, s.maildir, o, sink))
	}
	if s.imap {
		mailbox, failed := a.bounceMailbox(c)
		if failed != nil {
			return tallies, errors.Join(err, failed)
		}
		add(mailbox.Read(ctx, o, sink))
	}
	return tallies, err
}

// bounceMailbox is that of bounces.imap_host.
func (a *app) bounceMailbox(c *Config) (bounce.IMAP, error) {
	b := &c.Bounces
	password, err := secret("bounces.imap_password_file", b.IMAPPassword, b.IMAPPasswordFile)
	return bounce.IMAP{
		Host: b.IMAPHost, Username: b.IMAPUsername, Password: password, Folder: b.IMAPFolder, MoveTo: b.IMAPMoveTo, Sleep: a.sleep,
	}, err
}

// sleep waits, or gives the context's error.
func (a *app) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.after(d):
		return nil
	}
}
