package web

import (
	"context"
	"slices"

	"github.com/medigy/newsdesk/internal/watch"
)

// Run loads the desk, and loads it anew whenever something in Options.Watch or
// Desk.Watch changes, until ctx is done; then it ends all streams of events, so
// that http.Server.Shutdown need not wait for open pages, and returns nil. Folders
// that cannot be watched are told on the page and in the log; only a system
// without any watching is an error.
func (p *Preview) Run(ctx context.Context) error {
	defer p.pages.close()
	return watch.Run(ctx, watch.Options{Names: p.watched, Changed: p.load, Problem: p.watchProblem})
}

// watched are the names of the options and those of the newest desk.
func (p *Preview) watched() []string {
	if desk := p.state.now().desk; desk != nil {
		return slices.Concat(p.options.Watch, desk.Watch)
	}
	return p.options.Watch
}

// watchProblem keeps for the page why some changes will go unseen.
func (p *Preview) watchProblem(err error) {
	if err != nil {
		p.log.Warn("some changes will go unseen", "error", err)
	}
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.snapshot.watchErr = err
}
