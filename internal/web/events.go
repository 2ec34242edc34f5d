package web

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// broadcast tells every open page something: that a new version is there, or how
// sending goes. A listener holds at most the newest value: one that is slow misses
// only what it need not see.
type broadcast[T any] struct {
	mu        sync.Mutex
	listeners map[chan T]bool
	closed    bool
}

// listen gives a channel of versions, closed when the preview stops, and the
// function that ends listening.
func (b *broadcast[T]) listen() (versions chan T, stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	versions = make(chan T, 1)
	if b.closed {
		close(versions)
		return versions, func() {}
	}
	if b.listeners == nil {
		b.listeners = make(map[chan T]bool)
	}
	b.listeners[versions] = true
	return versions, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, versions)
	}
}

func (b *broadcast[T]) send(version T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for versions := range b.listeners {
		select {
		case <-versions: // make room: an older version is of no use
		default:
		}
		versions <- version
	}
}

// heard tells whether anybody listens.
func (b *broadcast[T]) heard() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.listeners) > 0
}

func (b *broadcast[T]) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for versions := range b.listeners {
		close(versions)
	}
	clear(b.listeners)
}

// serveEvents is the stream of server-sent events (HTML, section 9.2): the
// version on view when it opens, then every new one, and how sending goes.
func (p *Preview) serveEvents(w http.ResponseWriter, r *http.Request) {
	versions, stop := p.pages.listen()
	defer stop()
	progress, stopProgress := p.progress.listen()
	defer stopProgress()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_ = flush.SetReadDeadline(time.Time{}) // a server's limits are for what ends
	_ = flush.SetWriteDeadline(time.Time{})
	// Half a second: a restarted preview is found again at once.
	event, open := fmt.Sprintf("retry: 500\nevent: desk\ndata: %d\n\n", p.state.now().version), true
	for open {
		if _, err := io.WriteString(w, event); err != nil {
			return
		}
		if err := flush.Flush(); err != nil {
			return
		}
		var version int
		var sending string
		select {
		case version, open = <-versions:
			event = fmt.Sprintf("event: desk\ndata: %d\n\n", version)
		case sending, open = <-progress:
			event = fmt.Sprintf("event: send\ndata: %s\n\n", sending)
		case <-r.Context().Done():
			return
		}
	}
}
