package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/mail"
)

func (a *app) testCommand() *cobra.Command {
	var w asked
	var to, topics []string
	var language string
	c := &cobra.Command{
		Use:   "test --to ADDRESS",
		Short: "Send an edition to yourself, for a look at it",
		Long: `Send an edition to a few addresses, which need not be subscribers', just as send
would: the same bytes, relay and signature, but marked [Test]. It counts nowhere, and
its links to unsubscribe act for nobody. Nothing is frozen, and nobody is kept from
getting the edition later. With --topics and --language it is what a subscriber gets
who chose those.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(to) == 0 {
				return usage("want --to ADDRESS")
			}
			return a.digestTest(c.Context(), w, digest.Selection{Topics: topics, Language: language}, to)
		},
	}
	w.flags(c)
	c.Flags().StringSliceVar(&to, "to", nil, "`ADDRESS` that gets it, or several with commas between")
	c.Flags().StringSliceVar(&topics, "topics", nil, "`SLUGS` of the topics of the articles in it (default all)")
	c.Flags().StringVar(&language, "language", "", "`LANGUAGE` of the articles in it, such as en-US (default every one)")
	return c
}

func (a *app) digestTest(ctx context.Context, w asked, s digest.Selection, to []string) error {
	series, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	p, e, issue, _, err := a.makeIssue(ctx, series)
	if err != nil {
		return err
	}
	pictures := p.pictures.of(e)
	if len(s.Topics) > 0 || s.Language != "" {
		if issue, err = a.part(ctx, p, e, false)(s); err != nil {
			return err
		}
	}
	if err := a.sendTest(ctx, p, issue, pictures, to); err != nil {
		return err
	}
	result := testJSON{series.edition(e.Period), testMark + issue.Subject, to}
	return a.tell(result, row{"sent", number(len(to)), result.Subject}, a.timeRow())
}

// testJSON is the answer of digest test.
type testJSON struct {
	Edition string   `json:"edition"`
	Subject string   `json:"subject"`
	To      []string `json:"to"`
}

// testMark is before a test's subject.
const testMark = "[Test] "

// sendTest sends an issue to addresses as send would. Its digest is named after the
// moment, so that no Message-ID is that of the true mail or of another test:
// mailboxes drop what they have seen. Its links act for nobody.
func (a *app) sendTest(ctx context.Context, p *press, made *digest.Issue, pictures []digest.Picture, to []string) error {
	if p.from == nil {
		return errNoSender
	}
	recipients, err := testRecipients(to)
	if err != nil {
		return err
	}
	config, err := smtpConfig(p.config)
	if err != nil {
		return err
	}
	keys, err := signers(p.config)
	if err != nil {
		return err
	}
	if err := a.publishPictures(ctx, p, pictures, false); err != nil {
		return err
	}
	now := a.clock().In(p.config.zone)
	issue := *made
	issue.Subject = testMark + issue.Subject
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
