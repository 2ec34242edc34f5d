package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/editionfile"
)

func (a *app) digestApproveCommand() *cobra.Command {
	var w asked
	var by, override string
	c := &cobra.Command{
		Use:   "approve --by NAME",
		Short: "Say that an edition is good as it is",
		Long: `Write into an edition's file, content/editions/<digest>/<period>.yaml, who found
it good and the hash of what subscribers would get. Any later change of the mail
needs another approval. With digest.approval: required an edition without one is
not sent. A mail in which "digest check" finds errors is not approved, unless
--override says why.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if by == "" {
				return usage("want --by NAME")
			}
			return a.approve(c.Context(), w, by, override)
		},
	}
	w.flags(c)
	c.Flags().StringVar(&by, "by", "", "`NAME` of who approves")
	c.Flags().StringVar(&override, "override", "", "`REASON` to approve a mail that has errors")
	return c
}

func (a *app) approve(ctx context.Context, w asked, by, override string) error {
	s, err := a.askedSeries(ctx, w)
	if err != nil {
		return err
	}
	press, edition, issue, _, err := a.makeIssue(ctx, s)
	if err != nil {
		return err
	}
	if err := a.checkBefore(press, issue, override); err != nil {
		return err
	}
	p, hash := edition.Period, press.hash(issue)
	file, err := changeChoices(s.config, s.digestSettings, p, func(choices *digest.Choices) {
		choices.Approved = &digest.Approval{By: by, At: a.clock().In(s.config.zone).Truncate(time.Second), Hash: hash}
	})
	if err != nil {
		return err
	}
	if err := a.noteApproval(ctx, s.config, a.entry(s.Name, p.Name, by, delivery.DidApprove, hash, inSpite(override))); err != nil {
		return err
	}
	return a.tell(map[string]string{"edition": s.edition(p), "hash": hash, "by": by, "file": file},
		row{"approved", "", s.edition(p) + ": " + issue.Subject}, row{"hash", "", hash[:12] + "… in " + file}, a.timeRow())
}

// changeChoices changes a period's edition file, or makes it, and gives its path.
func changeChoices(c *Config, d *digestSettings, p digest.Period, change func(*digest.Choices)) (string, error) {
	file := editionFile(c, d, p)
	data, err := editionfile.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	now, err := editionfile.Parse(file, data)
	if err != nil {
		return file, err
	}
	change(&now)
	if data, err = editionfile.Update(file, data, now); err != nil {
		return file, err
	}
	_, err = atomicfile.WriteFile(file, data)
	return file, err
}

// unapproved is why an edition that needs an approval must not be sent, or nil.
// One that was frozen goes on: some may have it.
func (p *press) unapproved(issue *digest.Issue) error {
	if p.Approval != approvalRequired || p.standing(issue.Period) != nil {
		return nil
	}
	const how = "newsdesk digest approve --by NAME"
	period, err := p.kind().Parse(issue.Period, p.config.zone)
	if err != nil {
		return err
	}
	o, err := p.options(period)
	switch approved := o.Choices.Approved; {
	case err != nil:
		return err
	case approved == nil:
		return fmt.Errorf("%s is not approved, and digest.approval is required (%s)", p.edition(period), how)
	case approved.Hash != p.hash(issue):
		return fmt.Errorf("%s has changed since %s approved it on %s (look at it again: %s)",
			p.edition(period), approved.By, approved.At.Format("2 January at 15:04"), how)
	}
	return nil
}

// hash is what an approval holds for: of what subscribers get, with whom it is
// from and where answers go, which are no part of the issue.
func (p *press) hash(issue *digest.Issue) string {
	sender := p.sender()
	sum := sha256.Sum256([]byte(issue.Hash() + "\n" + sender.From.String() + "\n" + sender.ReplyTo.String()))
	return hex.EncodeToString(sum[:])
}

// approvalRequired is the value of digest.approval that wants one; the other is
// approvalOptional.
const approvalRequired, approvalOptional = "required", "optional"
