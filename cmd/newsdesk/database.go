package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/medigy/newsdesk/internal/store"
)

// withDatabase runs f with the configuration's database open.
func (a *app) withDatabase(ctx context.Context, f func(*store.DB) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	return useDatabase(ctx, c, f)
}

// withExistingDatabase is needDatabase with the configuration's.
func (a *app) withExistingDatabase(ctx context.Context, f func(*store.DB) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	return needDatabase(ctx, c, f)
}

// needDatabase is useDatabase for a command that has nothing to do without one. In the
// wrong folder it would else make an empty database, and tell or back up that.
func needDatabase(ctx context.Context, c *Config, f func(*store.DB) error) error {
	db, err := openForReading(ctx, c)
	if err != nil {
		return err
	}
	if db == nil {
		return missing(strings.TrimPrefix(c.Database.URL, "sqlite:") + ": there is no database yet (newsdesk subscriber import or add makes it; database.url says where)")
	}
	if err := db.Close(); err != nil {
		return err
	}
	return useDatabase(ctx, c, f)
}

// useDatabase runs f with the database open, which is made or brought up to date if
// need be.
func useDatabase(ctx context.Context, c *Config, f func(*store.DB) error) error {
	db, err := store.Open(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

// readDatabase runs f with the database open for reading. If there is none, it is
// not made for that, and f does not run.
func readDatabase(ctx context.Context, c *Config, f func(*store.DB) error) error {
	db, err := openForReading(ctx, c)
	if db == nil || err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

// openForReading gives nil if there is no database.
func openForReading(ctx context.Context, c *Config) (*store.DB, error) {
	db, err := store.OpenRead(ctx, c.Database.URL)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return db, err
}
