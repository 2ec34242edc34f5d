package web

import (
	"fmt"
	"net/http"
	"sync"
)

// broadcast tells every open page that a new version is there. A listener holds
// at most the newest version: one that is slow misses only what it need not
// see.
type broadcast struct {
	mu        sync.Mutex
	listeners map[chan int]bool
	closed    bool
}

// listen gives a channel of versions, closed when the preview stops, and the
// function that ends listening.
func (b *broadcast) listen() (versions chan int, stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	versions = make(chan int, 1)
	if b.closed {
		close(versions)
		return versions, func() {}
	}
	if b.listeners == nil {
		b.listeners = make(map[chan int]bool)
	}
	b.listeners[versions] = true
	return versions, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, versions)
	}
}

func (b *broadcast) send(version int) {
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

func (b *broadcast) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for versions := range b.listeners {
		close(versions)
	}
	clear(b.listeners)
}

// serveEvents is the stream of server-sent events (HTML, section 9.2): the
// version on view when it opens, then every new one.
func (p *Preview) serveEvents(w http.ResponseWriter, r *http.Request) {
	versions, stop := p.pages.listen()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	version, open := p.state.now().version, true
	for open {
		// Half a second: a restarted preview is found again at once.
		fmt.Fprintf(w, "retry: 500\nevent: desk\ndata: %d\n\n", version)
		if err := flush.Flush(); err != nil {
			return
		}
		select {
		case version, open = <-versions:
		case <-r.Context().Done():
			return
		}
	}
}
