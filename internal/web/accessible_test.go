package web

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// axe is axe-core, which finds what keeps people out of a page.
//
//go:embed testdata/axe/axe.min.js
var axe string

// scheme sets light or dark, for the page and its frames.
func (b *tab) scheme(name string) {
	b.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	}))
}

// accessible runs axe over what a selector names, where it is to be seen: in dark
// colours the contrast, else the rules of WCAG 2.2 AA and the best practices. What
// the mail in the frame is like, package digest tests.
func (b *tab) accessible(what, selector string) {
	b.t.Helper()
	if !ask[bool](b, `typeof axe !== 'undefined'`) {
		b.do(chromedp.Evaluate[chromedp.Void](axe))
	}
	const run = `axe.run(document.querySelector(%q), {iframes: false, resultTypes: ['violations'],
		...(matchMedia('(prefers-color-scheme: dark)').matches && {runOnly: ['color-contrast']})}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160) + ' ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 240))))`
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](fmt.Sprintf(run, selector), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	for _, violation := range found {
		b.t.Errorf("%s: %s", what, violation)
	}
}

// Every view and pane of the desk: all rules in a middling window, contrast in dark
// colours, and on a phone what is laid out otherwise there.
func TestDeskIsAccessibleInABrowser(t *testing.T) {
	b, s := openDesk(t)
	s.article("g.md", "No such picture", "2021-10-06", "featuredImage: { href: none.png }")
	s.write("content/editions/weekly/2021-W40.yaml", "subject: Own\nintro: Hello.\npins: [f.md]\nexclude: [c.md]\nlead: e.md\nsponsor: {name: Elisity}\n")
	b.await(shows + `('No such picture') && document.querySelector('.finding') && document.querySelector('.pinned')`)
	b.size(1024, 900)
	b.scheme("light")
	b.deskIsAccessible("1024 px, light", true)
	b.scheme("dark")
	b.deskIsAccessible("1024 px, dark", true)
	b.size(390, 900)
	b.scheme("light")
	b.deskIsAccessible("390 px, light", false)
}

// deskIsAccessible looks at the desk in a window; at all of its views or, where only
// the panes differ, at how wide those are.
func (b *tab) deskIsAccessible(window string, views bool) {
	b.t.Helper()
	const only = `document.querySelectorAll('details').forEach(d => d.open = true), document.querySelectorAll('[data-lazy]').forEach(v => { v.replaceChildren(); v.dataset.lazy = ''; })`
	for _, view := range []string{"mail", "text", "inbox", "source", "clients", "changes"} {
		ask[bool](b, `(`+only+`, choose('pane', 'mail'), choose('drawer', 'closed'), choose('view', '`+view+`'), true)`)
		switch view {
		case "changes":
			b.await(`document.querySelector('#changes').hasChildNodes()`)
		case "text", "source", "clients":
			b.await(`document.querySelector('.view-` + view + `').hasChildNodes() || (showPanel(), false)`)
		}
		at := view + " at " + window
		if view == "mail" {
			b.accessible(at, "html")
		} else if views {
			b.accessible(at, ".middle")
		}
		b.fits(at, "html")
	}
	for _, pane := range []string{"edition", "checks", "send"} {
		selector := "." + map[string]string{"edition": "edition", "checks": "checks", "send": "checks"}[pane]
		ask[bool](b, `(`+only+`, choose('view', 'mail'), choose('pane', '`+selector[1:]+`'), choose('side', '`+pane+`'), choose('drawer', 'open'), true)`)
		ask[bool](b, `(document.querySelectorAll('.editor').forEach(e => e.hidden = false), true)`)
		b.accessible(pane+" at "+window, selector)
		b.fits(pane+" at "+window, selector+" .scroll")
	}
	ask[bool](b, `(document.querySelector('.keys').showModal(), true)`)
	b.accessible("keys at "+window, ".keys")
	ask[bool](b, `(document.querySelector('.keys').close(), true)`)
}

// fits checks that nothing is cut off at the side of what a selector names, or makes
// it scroll sideways.
func (b *tab) fits(what, selector string) {
	b.t.Helper()
	if got := ask[int64](b, `Math.max(...[...document.querySelectorAll('`+selector+`')].map(e => e.scrollWidth - e.clientWidth))`); got > 0 {
		b.t.Errorf("%s: %d px are cut off or scroll sideways", what, got)
	}
}

// The public pages: the index of the feeds, a topic's page, one that is not there, an issue of the digest
// and the forms of the newsletter.
func TestPublicPagesAreAccessibleInABrowser(t *testing.T) {
	b := newTab(t)
	v := serveOutput(t, ServerOptions{})
	writeFeeds(t, v.dir, "http://"+v.address+"/")
	writeIssue(t, v.dir)
	v.loaded(t)
	o := open(t, storetest.SQLite(t), nil)
	jane := o.add("jane@example.org")
	for _, url := range []string{
		"http://" + v.address + "/",
		"http://" + v.address + "/topic/healthcare-it-news-telehealth/",
		"http://" + v.address + "/none",
		"http://" + v.address + "/digest/2021-W40/index.html",
		o.site.URL + "/newsletter/subscribe",
		o.site.URL + "/newsletter/preferences/" + o.token(jane, audience.Preferences),
		o.site.URL + "/newsletter/unsubscribe/" + o.token(jane, audience.Unsubscribe),
	} {
		b.size(1024, 900)
		b.do(chromedp.Navigate(url))
		b.await(`document.readyState === 'complete' && document.querySelector('h1')`)
		for _, window := range []struct {
			width  int64
			scheme string
		}{{1024, "light"}, {390, "light"}, {390, "dark"}} {
			b.size(window.width, 900)
			b.scheme(window.scheme)
			what := fmt.Sprintf("%s at %d px, %s", url, window.width, window.scheme)
			b.accessible(what, "html")
			b.fits(what, "html")
		}
	}
}

// A word that no line can hold is broken, not the page: neither a title's nor a
// topic's, and not that of the site. Words of the page are English, those of the
// site say their own language and stand as it wants.
func TestFeedPagesHoldLongWordsInABrowser(t *testing.T) {
	b := newTab(t)
	v := serveOutput(t, ServerOptions{})
	long := strings.Repeat("Pneumonoultramicroscopic", 6)
	s := newSite(t)
	s.write("content/l.md", "---\ntitle: A "+long+" at https://www.example.org/"+long+"\ndate: 2021-10-06\ncategories: ['"+long+": "+long+"']\n---\nSee "+long+".\n")
	s.write("content/r.md", "---\ntitle: מרפאות בצפון\nlang: he\ndate: 2021-10-07\ncategories: ['"+long+": "+long+"']\n---\nשלום.\n")
	writeFeedsOf(t, s, v.dir, feed.Options{
		Site: feed.Site{Title: "חדשות " + long, Description: long, URL: "https://www.medigy.com", Language: "he"}, URL: "http://" + v.address + "/", Pages: true,
	})
	v.loaded(t)
	topic := ""
	for _, width := range []int64{320, 640, 1024} {
		b.size(width, 900)
		for _, url := range []string{"http://" + v.address + "/", topic} {
			if url == "" {
				continue
			}
			b.do(chromedp.Navigate(url))
			b.await(fmt.Sprintf("document.readyState === 'complete' && innerWidth === %d && document.querySelector('.story')", width))
			b.fits(fmt.Sprintf("%s at %d px", url, width), "html")
			if got, want := ask[string](b, `[document.documentElement.lang, document.querySelector('h1').lang, ...[...document.querySelectorAll('.story')].filter(s => s.innerText.includes('בצפון')).map(s => getComputedStyle(s.querySelector('.meta')).direction)].join()`), "he,he,rtl"; got != want {
				t.Errorf("%s: the languages of the page and its title, the direction of a Hebrew story are %s, want %s", url, got, want)
			}
			if got := ask[float64](b, `Math.min(...[...document.querySelectorAll('.story h3 a, .topic h3 a, footer a, .masthead a')].map(a => a.getBoundingClientRect().height))`); got < 44 {
				t.Errorf("%s at %d px: a link is %.0f px high, want 44 or more", url, width, got)
			}
		}
		if topic == "" {
			topic = ask[string](b, `[...document.querySelectorAll('.topic h3 a')].find(a => a.innerText.startsWith('Pneumono')).href`)
		}
	}
}

// writeIssue writes the public page of an edition.
func writeIssue(t *testing.T, out string) {
	t.Helper()
	s := newSite(t)
	desk, err := s.load(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := desk.Render(Wanted{Digest: "weekly", Period: desk.Digests[0].Periods[1], Choices: digest.Choices{Intro: "Good *morning*."}})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(out, "digest", "2021-W40")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "index.html"), proof.Issue.Archive, 0o666); err != nil {
		t.Fatal(err)
	}
}
