package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/numbers"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/web"
)

// totals makes what counts for /metrics. It has a handle of its own for each time:
// while a million subscribers are counted, others work on.
func totals(c *Config) func(context.Context) (*numbers.Totals, error) {
	return func(ctx context.Context) (t *numbers.Totals, err error) {
		err = useDatabase(ctx, c, func(db *store.DB) (err error) {
			now := time.Now().In(c.zone)
			if err = numbers.KeepDays(ctx, db, now); err == nil {
				t, err = numbers.NewTotals(ctx, db, now)
			}
			if err == nil {
				t.Limits, err = limitTimes(ctx, c, db, now)
			}
			return err
		})
		return t, err
	}
}

// limitTimes gives until when what limits the sending does, the longest of each name.
func limitTimes(ctx context.Context, c *Config, db *store.DB, now time.Time) (map[string]time.Time, error) {
	relays, err := relaysAlone(c)
	if err != nil {
		return nil, err
	}
	limits, err := delivery.Limits(ctx, db, relays, c.window, now)
	times := map[string]time.Time{}
	for _, l := range limits {
		if l.Until.After(times[l.Name]) {
			times[l.Name] = l.Until
		}
	}
	return times, err
}

// totalsIfAny is totals, or fs.ErrNotExist where there is no database yet: a server of
// feeds makes none.
func totalsIfAny(c *Config) func(context.Context) (*numbers.Totals, error) {
	return func(ctx context.Context) (*numbers.Totals, error) {
		db, err := numbersDatabase(c)(ctx)
		if err != nil {
			return nil, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
		return totals(c)(ctx)
	}
}

// serveMetrics serves /metrics on numbers.listen until stop is called. Without the
// setting it does nothing.
func (a *app) serveMetrics(c *Config) (stop func() error, err error) {
	if c.Numbers.Listen == "" {
		return func() error { return nil }, nil
	}
	l, err := net.Listen("tcp", c.Numbers.Listen)
	if err != nil {
		return nil, fmt.Errorf("numbers.listen: %w", err)
	}
	log := a.logger(slog.LevelInfo)
	server := &http.Server{
		Handler:           web.NewNumbersMetrics(totals(c), time.Now, log).Handler(c.metrics),
		ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	a.note("http://%s/metrics", l.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	return func() error {
		err := errors.Join(server.Close(), <-ended)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		return err
	}, nil
}
