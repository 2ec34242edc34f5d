package websub

import (
	"context"
	"testing"
	"time"
)

// A hub that was down is asked again after a while, without another build; at the
// end what has been told to it is finished, within a few seconds.
func TestBackground(t *testing.T) {
	waits, ticks := make(chan time.Duration), make(chan time.Time)
	told, answers := make(chan context.Context), make(chan time.Duration)
	b := NewBackground(func(ctx context.Context) time.Duration {
		told <- ctx
		return <-answers
	}, func(d time.Duration) <-chan time.Time {
		waits <- d
		return ticks
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() { b.Run(ctx); close(ended) }()

	b.Wake()
	<-told
	b.Wake() // while it tells: it is to look again
	b.Wake()
	answers <- 0
	<-told
	answers <- again
	if d := <-waits; d != again {
		t.Errorf("waits %v, want %v", d, again)
	}
	ticks <- now
	work := <-told
	b.Wake()
	stop()
	if d := <-waits; d != grace {
		t.Errorf("at the end it waits %v, want %v", d, grace)
	}
	if work.Err() != nil {
		t.Error("what is being told is cut off at once")
	}
	answers <- 0
	<-told // of what was built last
	ticks <- now
	<-work.Done()
	answers <- 0
	<-ended
}
