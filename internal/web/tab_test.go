package web

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/internal/web/browsertest"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// tab is a page in the browser.
type tab struct {
	t       testing.TB
	ctx     context.Context
	console chan chromedp.ConsoleMessage
}

func newTab(t testing.TB) *tab {
	t.Helper()
	b := &tab{t, browsertest.Open(t), make(chan chromedp.ConsoleMessage, 1000)}
	go func() {
		for message, err := range chromedp.Console(b.ctx) {
			if err != nil {
				return
			}
			b.console <- message
		}
	}()
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// size sets the size of the window in pixels.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(selector))
}

// press presses a key until it is taken: a busy browser loses one that comes
// while it puts a new page in the place of the old.
func (b *tab) press(key, taken string) {
	b.t.Helper()
	late := time.Now().Add(patience)
	for time.Now().Before(late) {
		b.do(chromedp.KeyEvent(key))
		for again := time.Now().Add(2 * time.Second); time.Now().Before(again); time.Sleep(20 * time.Millisecond) {
			ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => {`+helpers+`return Boolean(`+taken+`)})()`))
			if err == nil && ok {
				return
			}
		}
	}
	b.t.Fatalf("the key %s was not taken: %s", key, taken)
}

// helpers are functions for the expressions that tests ask about: the mail in
// the frame of the preview, and what it looks like.
const helpers = `
	const frame = document.querySelector('.sheet iframe:not(.coming)');
	const mail = frame?.contentDocument;
	const canvas = document.querySelector('.canvas');
	const choice = document.documentElement.dataset;
`

// ask evaluates an expression in the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](`(() => {`+helpers+`return `+expression+`})()`))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// await waits until an expression is true.
func (b *tab) await(expression string) {
	b.t.Helper()
	browsertest.Await(b.t, b.ctx, `(() => {`+helpers+`return Boolean(`+expression+`)})()`, func() string {
		return fmt.Sprintf("the page says: %.2000s", ask[string](b, "document.body.innerText"))
	})
}

// accessible runs axe over what a selector names. What the mail in the frame is like,
// package digest tests.
func (b *tab) accessible(what, selector string) {
	b.t.Helper()
	browsertest.Accessible(b.t, b.ctx, what, selector)
}

// complaints are the errors and exceptions on the console so far.
func (b *tab) complaints() []string {
	b.t.Helper()
	const mark = "the test has read the console up to here"
	b.do(chromedp.Evaluate[chromedp.Void](`console.log("` + mark + `")`))
	var all []string
	for {
		select {
		case m := <-b.console:
			if m.Text == mark {
				return all
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
				all = append(all, string(m.Type)+": "+m.Text+" "+m.URL)
			}
		case <-time.After(patience):
			b.t.Fatal("the console is silent")
		}
	}
}
