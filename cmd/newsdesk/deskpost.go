package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/delivery"
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

// Audience counts who would get a digest's edition now. It is a web.Post.
func (d *desk) Audience(ctx context.Context, name string) (web.Audience, error) {
	var a web.Audience
	err := d.read(ctx, func(db *store.DB) error {
		segments, err := audience.Segments(ctx, db, name, d.app.clock())
		if err != nil {
			return err
		}
		for _, s := range segments {
			a.Subscribed += s.Size
		}
		stats, err := audience.Count(ctx, db)
		a.Others = stats.Total - a.Subscribed
		return err
	})
	return a, err
}

// Standing tells how a frozen edition stands.
func (d *desk) Standing(ctx context.Context, name, period string) (standing *delivery.Standing, err error) {
	err = d.read(ctx, func(db *store.DB) error {
		all, err := delivery.Standings(ctx, db, name)
		for i := range all {
			if all[i].Period == period {
				standing = &all[i]
			}
		}
		return err
	})
	return standing, err
}

// Sent gives the newest issue that went out before a period.
func (d *desk) Sent(ctx context.Context, name string, before digest.Period) (issue *digest.Issue, err error) {
	err = d.read(ctx, func(db *store.DB) (err error) {
		issue, err = delivery.Sent(ctx, db, name, before)
		return err
	})
	return issue, err
}

// Test sends an issue to addresses. It is a web.Post.
func (d *desk) Test(ctx context.Context, name string, proof *web.Proof, to []string) error {
	return d.app.sendTest(ctx, d.presses[name], proof.Issue, proof.Pictures, to)
}
