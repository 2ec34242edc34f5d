package main

import (
	"context"
	"errors"
	"sync"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
	"github.com/medigy/newsdesk/internal/work"
)

// serveParts is what serve does besides building and serving files, by one
// configuration: the newsletter's pages, webhooks, and the work behind them.
type serveParts struct {
	config  *Config
	options web.ServerOptions
	chores  []work.Chore
	wake    <-chan struct{}
	open    []*store.DB
	stop    func() // ends the chores; nil if they were not begun
}

func (a *app) openParts(ctx context.Context, c *Config) (p *serveParts, err error) {
	p = &serveParts{config: c, options: a.serverOptions(c)}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	returns, err := a.openReturns(ctx, c)
	if err != nil {
		return p, err
	}
	if returns != nil {
		p.open = append(p.open, returns.db)
		p.options.Handlers = returns.handlers()
		if c.Bounces.Every > 0 {
			p.chores = append(p.chores, returns.chore())
		}
	}
	n, err := a.openNewsletter(ctx, c)
	if n == nil || err != nil {
		return p, err
	}
	p.open, p.wake = append(p.open, n.db), n.desk.Stirred()
	p.chores = append(p.chores, n.chores()...)
	p.options.Newsletter, err = newPages(c, n.desk, n.log)
	return p, err
}

// begin does the chores until p is closed, even if ctx ends before: the last answers may
// make some. If they can't be begun, failed is called with why, and they are tried
// again if it is true.
func (p *serveParts) begin(ctx context.Context, a *app, failed func(error) (again bool)) {
	if len(p.chores) == 0 {
		return
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var doing sync.WaitGroup
	doing.Go(func() {
		o := a.workOptions(p.config, a.tellOne())
		o.Chores, o.Wake = p.chores, p.wake
		for {
			if err := a.keepWorking(ctx, p.config, o); err == nil || !failed(err) {
				return
			}
			select {
			case <-a.after(tryAgain):
			case <-ctx.Done():
				return
			}
		}
	})
	p.stop = func() {
		stop()
		doing.Wait()
	}
}

func (p *serveParts) close() (err error) {
	if p.stop != nil {
		p.stop()
	}
	for _, db := range p.open {
		err = errors.Join(err, db.Close())
	}
	return err
}
