package web

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium finds a browser. Without one the test is skipped, but for a run that
// is to leave nothing out (make test): there it fails.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const how = "this test needs Chromium: apt-get install chromium"
	if os.Getenv("NEWSDESK_TEST_ALL") == "1" {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}

// browser is one for all tests, begun by the first that needs it and ended by
// TestMain.
var browser struct {
	sync.Mutex
	ctx  context.Context
	stop context.CancelFunc
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	os.Exit(code)
}

func openBrowser(t testing.TB) context.Context {
	t.Helper()
	browser.Lock()
	defer browser.Unlock()
	if browser.ctx != nil {
		return browser.ctx
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(chromium(t)),
		// The sandbox can't be had in containers and for root. What is opened
		// is our own.
		chromedp.NoSandbox,
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	browser.ctx, browser.stop = ctx, func() { closeBrowser(); stop() }
	return ctx
}

// tab is a page in the browser, which knows nothing of other pages: it has storage
// and cookies of its own.
type tab struct {
	t       testing.TB
	ctx     context.Context
	console chan chromedp.ConsoleMessage
}

func newTab(t testing.TB) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(openBrowser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	b := &tab{t, ctx, make(chan chromedp.ConsoleMessage, 1000)}
	b.do(chromedp.Navigate("about:blank"))
	go func() {
		for message, err := range chromedp.Console(ctx) {
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

// await waits until an expression is true. An error, such as that of a page
// which is being left, is not yet true.
func (b *tab) await(expression string) {
	b.t.Helper()
	late := time.After(patience)
	for {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => {`+helpers+`return Boolean(`+expression+`)})()`))
		if err == nil && ok {
			return
		}
		select {
		case <-late:
			b.t.Fatalf("this never came true: %s (%v)\nthe page says: %.2000s", expression, err, ask[string](b, "document.body.innerText"))
		case <-time.After(20 * time.Millisecond):
		}
	}
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
