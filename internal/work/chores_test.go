package work

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store/storetest"
)

// tray is a chore whose pieces are to be done once each.
type tray struct {
	waiting, done, atOnce atomic.Int32
	worst                 atomic.Int32
	fails                 atomic.Int32 // so many times
}

func (c *tray) due(context.Context) (bool, error) { return c.waiting.Load() > 0, nil }

func (c *tray) do(ctx context.Context) error {
	if n := c.atOnce.Add(1); n > c.worst.Load() {
		c.worst.Store(n)
	}
	defer c.atOnce.Add(-1)
	if c.fails.Add(-1) >= 0 {
		return errors.New("no server")
	}
	if err := nap(ctx, 5*time.Millisecond); err != nil {
		return err
	}
	c.done.Add(c.waiting.Swap(0))
	return nil
}

func choreOptions(wake <-chan struct{}, failed func(error), chores ...Chore) Options {
	return Options{
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Poll: 20 * time.Millisecond,
		Failed: failed, Wake: wake, Chores: chores, Machine: "one",
	}
}

// TestChores has two machines do a chore: one at a time, and soon.
func TestChores(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		var letters tray
		var read atomic.Int32
		wake := make(chan struct{}, 1)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		for range 2 {
			o := choreOptions(wake, func(err error) { t.Error(err) }, Chore{Name: "letters", Due: letters.due, Do: letters.do},
				Chore{Name: "bounces", Here: true, Every: 24 * time.Hour, Do: func(context.Context) error { read.Add(1); return nil }})
			w, err := Open(ctx, openDB(t, address), o)
			if err != nil {
				t.Fatal(err)
			}
			running.Go(func() {
				if err := errors.Join(w.Run(ctx), w.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		for i := range int32(30) {
			letters.waiting.Add(1)
			wake <- struct{}{}
			if i%10 < 9 {
				continue
			}
			for deadline := time.Now().Add(time.Minute); letters.done.Load() <= i; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d of %d were done", letters.done.Load(), i+1)
				}
			}
		}
		stop()
		running.Wait()
		if letters.worst.Load() != 1 {
			t.Errorf("%d did it at the same time", letters.worst.Load())
		}
		if read.Load() != 1 {
			t.Errorf("what is done once a day was done %d times", read.Load())
		}
	})
}

// TestChoresOnce: each run does what waits, and what failed before.
func TestChoresOnce(t *testing.T) {
	storetest.EachReady(t, func(t *testing.T, address string) {
		var letters, read tray
		letters.waiting.Store(3)
		letters.fails.Store(1)
		for i, want := range []error{ErrFailed, nil, nil} {
			read.waiting.Add(1)
			o := choreOptions(nil, func(error) {}, Chore{Name: "letters", Due: letters.due, Do: letters.do},
				Chore{Name: "bounces", Every: time.Hour, Do: read.do})
			w, err := Open(t.Context(), openDB(t, address), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Once(t.Context()); !errors.Is(err, want) {
				t.Errorf("run %d: %v, want %v", i, err, want)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
		if letters.done.Load() != 3 || read.done.Load() != 3 {
			t.Errorf("%d of 3 letters, %d of 3 mails", letters.done.Load(), read.done.Load())
		}
	})
}
