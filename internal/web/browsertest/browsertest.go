// Package browsertest gives tests a browser, Chromium, in which they look at
// newsdesk's pages as people do.
//
// One browser is started for each test binary, by the first test that opens a page;
// Run ends it. Without Chromium a test is skipped, but in a run that is to leave
// nothing out (NEWSDESK_TEST_ALL=1, make test): there it fails.
package browsertest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience is how long a busy machine may take to show something. No test that
// passes waits for so long.
const Patience = 30 * time.Second

var browser struct {
	sync.Mutex
	ctx  context.Context
	stop context.CancelFunc
}

// Run runs the tests, and ends the browser if one of them needed it. It is for
// TestMain.
func Run(m *testing.M) int {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	return code
}

// Open gives an empty page of the browser, which is closed when the test ends. It
// knows nothing of other pages: it has storage and cookies of its own.
func Open(t testing.TB) context.Context {
	t.Helper()
	page, stop := chromedp.NewContext(start(t), chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	if err := chromedp.Do(page, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return page
}

func start(t testing.TB) context.Context {
	t.Helper()
	browser.Lock()
	defer browser.Unlock()
	if browser.ctx != nil {
		return browser.ctx
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(find(t)),
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

func find(t testing.TB) string {
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

// Await waits until an expression is true in a page. An error, such as that of a page
// which is being left, is not yet true. If it never is, the test fails with what more
// there is to say.
func Await(t testing.TB, page context.Context, expression string, more func() string) {
	t.Helper()
	late := time.Now().Add(Patience)
	for {
		ok, err := chromedp.Run(page, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("this never came true: %s (%v)\n%s", expression, err, more())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// axe is axe-core, which finds what keeps people out of a page.
//
//go:embed axe/axe.min.js
var axe string

// Accessible runs axe over what a selector names in a page, where it is to be seen: in
// dark colours the contrast, else the rules of WCAG 2.2 AA and the best practices.
// Frames are left out.
func Accessible(t testing.TB, page context.Context, what, selector string) {
	t.Helper()
	there, err := chromedp.Run(page, chromedp.Evaluate[bool](`typeof axe !== 'undefined'`))
	if err == nil && !there {
		err = chromedp.Do(page, chromedp.Evaluate[chromedp.Void](axe))
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	const run = `axe.run(document.querySelector(%q), {iframes: false, resultTypes: ['violations'],
		...(matchMedia('(prefers-color-scheme: dark)').matches && {runOnly: ['color-contrast']})}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160) + ' ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 240))))`
	found, err := chromedp.Run(page, chromedp.Evaluate[[]string](fmt.Sprintf(run, selector), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, violation := range found {
		t.Errorf("%s: %s", what, violation)
	}
}
