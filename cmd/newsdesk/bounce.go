package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/bounce"
)

func (a *app) bounceCommand() *cobra.Command {
	return group("bounce", "What comes back: bounces, complaints, mails to unsubscribe",
		`The mails that come to bounces.address and digest.unsubscribe_mail: reports that an
address is dead, complaints, requests to unsubscribe, and answers of machines.`,
		a.bounceReadCommand())
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
		Short: "Read mails that came back and tell what they mean",
		Long: `Read mails that came back, and write a line for each address that one is about:
what it means, the address, the status code and what the server said. With --json a
line is an object.

  hard         the address does not exist any more
  soft         this mail was not taken: mailbox full, blocked, gave up
  complaint    its owner called the mail spam
  unsubscribe  a mail that asks to unsubscribe
  auto-reply, delayed, delivered, refused (a forged address), unknown: nothing to do

Mails come from standard input (one, or an mbox), a Maildir, or a mailbox on an IMAP
server (bounces.imap_host, with TLS); without a flag from what bounces.maildir and
bounces.imap_host name. A mail of a Maildir is moved from new to cur when it was read,
one on a server is flagged as seen or moved to bounces.imap_move_to. With --dry-run
all stay as they are. This version changes no subscriber: use "subscriber remove".
The exit code is 3 if a mail could not be read.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.readBounces(c.Context(), s) },
	}
	c.Flags().BoolVar(&s.stdin, "from-stdin", false, "read standard input: one mail, or an mbox")
	c.Flags().StringVar(&s.maildir, "maildir", "", "read the Maildir `DIR` (default bounces.maildir)")
	c.Flags().BoolVar(&s.imap, "imap", false, "read the mailbox on bounces.imap_host")
	c.Flags().BoolVar(&s.dryRun, "dry-run", false, "leave all mails as they are, to be read again")
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
	options := bounce.Options{Address: c.Bounces.Address, Unsubscribe: c.Digest.UnsubscribeMail, Keep: s.dryRun}
	tallies, err := a.readSources(ctx, c, s, options, verdictPrinter{a.stdout, a.flags.json})
	skipped := 0
	for _, t := range tallies {
		for _, problem := range t.Skipped {
			skipped++
			fmt.Fprintln(a.stderr, a.style.red("error: ")+problem.Error())
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
		password, failed := imapPassword(c)
		if failed != nil {
			return tallies, errors.Join(err, failed)
		}
		add(bounce.IMAP{
			Host: c.Bounces.IMAPHost, Username: c.Bounces.IMAPUsername, Password: password,
			Folder: c.Bounces.IMAPFolder, MoveTo: c.Bounces.IMAPMoveTo, Sleep: a.sleep,
		}.Read(ctx, o, sink))
	}
	return tallies, err
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

// imapPassword gives the password itself or the first line of its file.
func imapPassword(c *Config) (string, error) {
	if c.Bounces.IMAPPasswordFile == "" {
		return c.Bounces.IMAPPassword, nil
	}
	text, err := os.ReadFile(c.Bounces.IMAPPasswordFile)
	if err != nil {
		return "", fmt.Errorf("bounces.imap_password_file: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line), nil
}

// verdictPrinter writes each verdict at once: the mail is marked as read after that.
type verdictPrinter struct {
	w    io.Writer
	json bool
}

func (p verdictPrinter) Take(_ context.Context, v bounce.Verdict) error {
	if p.json {
		e := json.NewEncoder(p.w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	line := fmt.Sprintf("%-11s  %s  %-6s  %s", v.Kind, cmp.Or(v.Address, "-"), cmp.Or(v.Code, "-"), v.Diagnostic)
	_, err := fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	return err
}
