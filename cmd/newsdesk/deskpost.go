package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
)

// read gives the database to look, if there is one.
func (d *desk) read(ctx context.Context, look func(*store.DB) error) error {
	db, err := store.OpenRead(ctx, d.config.Database.URL)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(look(db), db.Close())
}

// Sent gives the newest issue that went out before a period.
func (d *desk) Sent(ctx context.Context, name string, before digest.Period) (issue *digest.Issue, err error) {
	err = d.read(ctx, func(db *store.DB) (err error) {
		issue, err = delivery.Sent(ctx, db, name, before)
		return err
	})
	return issue, err
}

// Test sends an issue to addresses as send would. Its digest is named after the
// moment, so that no Message-ID is that of the true mail or of another test:
// mailboxes drop what they have seen. Its links act for nobody.
func (d *desk) Test(ctx context.Context, name string, proof *web.Proof, to []string) error {
	p := d.presses[name]
	if p.from == nil {
		return errors.New("digest.from is missing (want Name <name@example.org>)")
	}
	recipients, err := testRecipients(to)
	if err != nil {
		return err
	}
	config, err := smtpConfig(d.config)
	if err != nil {
		return err
	}
	keys, err := signers(d.config)
	if err != nil {
		return err
	}
	if err := d.app.publishPictures(ctx, p, proof.Pictures, false); err != nil {
		return err
	}
	now := d.app.clock().In(d.config.zone)
	issue := *proof.Issue
	issue.Subject = "[Test] " + issue.Subject
	issue.Digest = "test-" + now.Format("20060102-150405")
	composer, err := delivery.NewComposer(&issue, p.sender(), now.Truncate(time.Second), keys)
	if err != nil {
		return err
	}
	return submit(ctx, config, p.from.Address, composer, recipients)
}

func testRecipients(to []string) ([]delivery.Recipient, error) {
	var all []delivery.Recipient
	for _, text := range to {
		address, name, err := audience.ParseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		all = append(all, delivery.Recipient{Name: name, Address: address, Unsubscribe: "test", Preferences: "test"})
	}
	return all, nil
}

// submit sends a message to each. What went wrong with one does not keep the
// others from theirs.
func submit(ctx context.Context, config mail.Config, from string, c *delivery.Composer, recipients []delivery.Recipient) error {
	session, err := mail.Dial(ctx, config)
	if err != nil {
		return err
	}
	defer session.Close()
	var failed []string
	for _, r := range recipients {
		message, err := c.Append(nil, r)
		if err == nil {
			err = session.Send(ctx, from, r.Address, message, nil)
		}
		if err != nil {
			failed = append(failed, r.Address+": "+err.Error())
		}
	}
	if len(failed) > 0 {
		return errors.New(strings.Join(failed, "\n"))
	}
	return nil
}
