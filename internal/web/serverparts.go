package web

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// parts are what a Server does besides its files, by one configuration. They are in
// use while requests that found them are answered.
type parts struct {
	ServerOptions
	numbers *NumbersMetrics // where there is no newsletter; nil is none

	mu      sync.Mutex
	users   int
	retired bool
	unused  chan struct{} // is closed when they are retired and nobody uses them
}

func newParts(o ServerOptions) *parts {
	p := &parts{ServerOptions: o, unused: make(chan struct{})}
	if o.Newsletter == nil && o.Totals != nil {
		p.numbers = NewNumbersMetrics(o.Totals, o.Now, o.Log)
	}
	return p
}

// enter begins a use, which leave ends; false is that others are in their place.
func (p *parts) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.retired {
		p.users++
	}
	return !p.retired
}

func (p *parts) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users--; p.retired && p.users == 0 {
		close(p.unused)
	}
}

func (p *parts) retire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.retired = true; p.users == 0 {
		close(p.unused)
	}
}

// use gives the parts of now, to be left.
func (s *Server) use() *parts {
	for {
		if p := s.parts.Load(); p.enter() {
			return p
		}
	}
}

// Change puts another newsletter, other handlers and other clients of /metrics in the
// place of those that there are, with the counters as they are; Now, Log and Access
// stay. No request is lost: one that has begun is answered by what it found. When none
// is left unused is closed, and what was before can be closed, too.
func (s *Server) Change(o ServerOptions) (unused <-chan struct{}) {
	s.changing.Lock()
	defer s.changing.Unlock()
	old := s.parts.Load()
	o.Now, o.Log, o.Access = old.Now, old.Log, old.Access
	if o.Newsletter != nil && old.Newsletter != nil {
		o.Newsletter.succeed(old.Newsletter)
	}
	s.parts.Store(newParts(o))
	old.retire()
	return old.unused
}

// answerPart answers a request that is for one of the parts, if it is, as answer does,
// and leaves them.
func (s *Server) answerPart(p *parts, w http.ResponseWriter, r *http.Request) (status int, size int64, ok bool) {
	defer p.leave()
	var serve func(http.ResponseWriter)
	if n := p.Newsletter; n != nil && n.Answers(r.URL.Path) {
		client, _ := s.client(r)
		serve = func(w http.ResponseWriter) { n.serve(w, r, client) }
	} else if h := p.Handlers[r.URL.Path]; h != nil {
		closeAfterBody(w, r)
		serve = func(w http.ResponseWriter) { h.ServeHTTP(w, r) }
	} else {
		return 0, 0, false
	}
	status, size = recorded(w, serve)
	return status, size, true
}

// partsMetrics are what the parts of now tell /metrics.
type partsMetrics struct{ *Server }

// Describe implements prometheus.Collector: what there is may change.
func (partsMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m partsMetrics) Collect(to chan<- prometheus.Metric) {
	p := m.use()
	defer p.leave()
	switch {
	case p.Newsletter != nil:
		p.Newsletter.Collect(to)
	case p.numbers != nil:
		p.numbers.Collect(to)
	}
}
