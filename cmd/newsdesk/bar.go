package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows how far something is that may take a while: a bar on a terminal,
// which comes after a second, or else a line now and then.
type bar struct {
	app   *app
	label string
	last  bool // without a terminal, tell the end too
	quiet bool

	mu   sync.Mutex // guards what follows
	told time.Time
	bars *mpb.Progress
	bar  *mpb.Bar
}

const (
	patience = time.Second      // before a bar appears
	between  = 10 * time.Second // lines of a log
)

// newBar makes a bar for what is done: "reading", "sending".
func (a *app) newBar(label string, last bool) *bar {
	return &bar{app: a, label: label, last: last, quiet: a.flags.quiet || a.flags.json, told: time.Now()}
}

// tell shows that done of total are done.
func (b *bar) tell(done, total int) {
	if b.quiet {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	since := time.Since(b.told)
	switch {
	case b.bar != nil:
		b.bar.SetCurrent(int64(done))
	case isTerminal(b.app.stderr) && os.Getenv("TERM") != "dumb":
		if since >= patience {
			b.appear(done, total)
		}
	case since >= between || b.last && done == total:
		b.told = time.Now()
		fmt.Fprintf(b.app.stderr, "%s: %s of %s\n", b.label, number(done), number(total))
	}
}

func (b *bar) appear(done, total int) {
	b.bars = mpb.New(mpb.WithOutput(bare(b.app.stderr)), mpb.WithWidth(40))
	b.bar = b.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(), mpb.PrependDecorators(decor.Name("  "+b.label+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "), decor.AverageSpeed(0, "%.0f/s "), decor.AverageETA(decor.ET_STYLE_GO)))
	b.bar.SetCurrent(int64(done))
}

// end takes the bar away.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		b.bar.Abort(true)
		b.bars.Wait()
	}
}
