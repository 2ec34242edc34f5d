package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/watch"
)

// Run loads the desk, and loads it anew whenever something in PreviewOptions.Watch or
// Desk.Watch changes and at Desk.Due, until ctx is done; then it ends all streams of
// events, so that http.Server.Shutdown need not wait for open pages, and returns nil.
// Folders that cannot be watched are told on the page and in the log; only a system
// without any watching is an error.
func (p *Preview) Run(ctx context.Context) error {
	defer p.pages.close()
	defer p.progress.close()
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { p.watchSending(ctx) })
	defer watching.Wait()
	defer stop()
	return watch.Run(ctx, watch.Options{Names: p.watched, Changed: p.load, Problem: p.watchProblem, Due: p.due, Clock: p.options.Clock})
}

// due is when the newest desk is to be loaded anew. After a load that failed it
// is the next change.
func (p *Preview) due() time.Time {
	now := p.state.now()
	if now.desk == nil || now.loadErr != nil {
		return time.Time{}
	}
	return now.desk.Due
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
