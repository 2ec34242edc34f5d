package mail

import (
	"context"
	"net"
	"sync"
	"time"
)

// watch makes reading and writing on a connection fail when the present step
// has taken too long, or when its patience has passed since the context ended.
type watch struct {
	conn net.Conn
	stop func() bool

	mu       sync.Mutex
	end      time.Time // of the present step
	patience time.Duration
	ended    bool // the context
	released bool
}

// grace is how long, after its context ended, a session still waits for the
// reply to a dot: giving up at once would leave a delivery uncertain that a
// moment makes certain.
const grace = 5 * time.Second

func newWatch(ctx context.Context, conn net.Conn) *watch {
	w := &watch{conn: conn}
	w.stop = context.AfterFunc(ctx, w.hurry)
	return w
}

// step begins a step that may take limit, and patience after the context's end.
// The system's clock may be put back or forth meanwhile: deadlines of
// connections go by the monotonic one.
func (w *watch) step(limit, patience time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		limit = min(limit, patience)
	}
	w.end, w.patience = time.Now().Add(limit), patience
	w.conn.SetDeadline(w.end)
}

func (w *watch) hurry() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.released { // the connection is somebody else's by now
		return
	}
	w.ended = true
	if end := time.Now().Add(w.patience); end.Before(w.end) {
		w.end = end
		w.conn.SetDeadline(end)
	}
}

func (w *watch) release() {
	w.stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.released = true
}
