package store

import (
	"context"
	"database/sql"
	"sync"
)

// Group commits the changes of many goroutines together. A durable commit waits
// for the disk, and SQLite has one writer: a hundred commits one after the other
// wait a hundred times, in one transaction they wait once.
//
// One goroutine at a time writes: whoever finds nobody writing begins, with all
// changes that came while the one before was busy. So a lone change waits for
// nobody, and the more there are, the more share a commit.
type Group struct {
	db *DB

	mu      sync.Mutex
	waiting []*change
	writing bool
}

// maxGroup is how many changes share a commit at most, so that the first of them
// does not wait long for the last.
const maxGroup = 128

// change is a change that somebody waits for.
type change struct {
	run  func(context.Context, *sql.Tx) error
	done chan error
}

// NewGroup gives a Group for a database.
func NewGroup(db *DB) *Group { return &Group{db: db} }

// Do runs a change in a transaction that it may share with others, and returns
// when the transaction is committed, durably, or with the error because of which
// nothing of the change is in the database. After an error of one of them, each
// runs again in a transaction of its own: run must be fit for that, and set what
// it found out anew each time.
//
// When ctx ends Do returns ctx's error, and nobody knows whether the change is
// made.
func (g *Group) Do(ctx context.Context, run func(context.Context, *sql.Tx) error) error {
	c := &change{run, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	if !g.writing {
		g.writing = true
		go g.write()
	}
	g.mu.Unlock()
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write commits until nobody waits.
func (g *Group) write() {
	for {
		g.mu.Lock()
		n := min(len(g.waiting), maxGroup)
		batch := g.waiting[:n:n]
		g.waiting = g.waiting[n:]
		if n == 0 {
			g.writing, g.waiting = false, nil
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		g.commit(batch)
	}
}

// commit does not end with anybody's context: the others still wait.
func (g *Group) commit(batch []*change) {
	ctx := context.Background()
	err := g.together(ctx, batch)
	if err == nil || len(batch) == 1 {
		for _, c := range batch {
			c.done <- err
		}
		return
	}
	for _, c := range batch {
		c.done <- g.together(ctx, []*change{c})
	}
}

func (g *Group) together(ctx context.Context, batch []*change) error {
	return g.db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range batch {
			if err := c.run(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Transactor runs a change in a transaction: a DB in one of its own, a Group in
// one that others share, and In in one that is there already.
type Transactor interface {
	Do(ctx context.Context, run func(context.Context, *sql.Tx) error) error
}

// Value runs a change and gives what it found out. A change that its Group goes on
// with after ctx has ended may still be setting what it sets: so a value is given only
// with no error.
func Value[T any](ctx context.Context, t Transactor, run func(context.Context, *sql.Tx) (T, error)) (T, error) {
	var found, none T
	err := t.Do(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		found, err = run(ctx, tx)
		return err
	})
	if err != nil {
		return none, err
	}
	return found, nil
}

// Do runs a change in a transaction of its own.
func (db *DB) Do(ctx context.Context, run func(context.Context, *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := run(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// In gives a Transactor whose changes are part of tx. An error is the caller's to
// roll back.
func In(tx *sql.Tx) Transactor { return in{tx} }

type in struct{ tx *sql.Tx }

func (i in) Do(ctx context.Context, run func(context.Context, *sql.Tx) error) error {
	return run(ctx, i.tx)
}
