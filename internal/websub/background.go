package websub

import (
	"context"
	"time"
)

// grace is how long hubs may take once the program is to end.
const grace = 3 * time.Second

// again is the pause after which a hub that failed is asked again, unless it
// wants a longer one.
const again = 10 * time.Minute

// Again gives the time after which to ask those hubs once more that may accept
// then; 0 is that there are none.
func Again(results []Result) (wait time.Duration) {
	for _, r := range results {
		if r.Later {
			wait = max(wait, again, r.Wait)
		}
	}
	return wait
}

// Background tells hubs beside what else a program does.
type Background struct {
	tell  func(ctx context.Context) time.Duration
	after func(time.Duration) <-chan time.Time
	wake  chan struct{}
}

// NewBackground makes one that calls tell when it is woken, and again after the
// time that tell gives, if that is not 0. After is time.After.
func NewBackground(tell func(ctx context.Context) time.Duration, after func(time.Duration) <-chan time.Time) *Background {
	return &Background{tell: tell, after: after, wake: make(chan struct{}, 1)}
}

// Wake says that topics may have changed. It does not wait.
func (b *Background) Wake() {
	select {
	case b.wake <- struct{}{}:
	default: // it has been told already
	}
}

// Run tells hubs until ctx is done, and then for a few seconds what is left.
func (b *Background) Run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	context.AfterFunc(ctx, func() {
		select {
		case <-b.after(grace):
			cancel()
		case <-work.Done():
		}
	})
	var later <-chan time.Time
	for {
		select {
		case <-b.wake:
		case <-later:
		case <-ctx.Done():
			select {
			case <-b.wake:
				b.tell(work)
			default:
			}
			return
		}
		later = nil
		if wait := b.tell(work); wait > 0 {
			later = b.after(wait)
		}
	}
}
