package main

import (
	"context"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
)

// Sent gives the newest issue that went out before a period.
func (d *desk) Sent(ctx context.Context, name string, before digest.Period) (issue *digest.Issue, err error) {
	err = readDatabase(ctx, d.config, func(db *store.DB) (err error) {
		issue, err = delivery.Sent(ctx, db, name, before)
		return err
	})
	return issue, err
}

// Test sends an issue to addresses. It is a web.Post.
func (d *desk) Test(ctx context.Context, name string, proof *web.Proof, to []string) error {
	return d.app.sendTest(ctx, d.presses[name], proof.Issue, proof.Pictures, to)
}
