package web

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/digest"
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

// Every view and pane of the desk, on a middling window and a phone, light and dark.
func TestDeskIsAccessibleInABrowser(t *testing.T) {
	b, s := openDesk(t)
	s.article("g.md", "No such picture", "2021-10-06", "featuredImage: { href: none.png }")
	s.write("content/editions/weekly/2021-W40.yaml", "subject: Own\nintro: Hello.\npins: [f.md]\nexclude: [c.md]\nlead: e.md\nsponsor: {name: Elisity}\n")
	b.await(shows + `('No such picture') && document.querySelector('.finding') && document.querySelector('.pinned')`)
	open := func() { ask[bool](b, `(document.querySelectorAll('details').forEach(d => d.open = true), true)`) }
	for _, width := range []int64{1024, 390} {
		b.size(width, 900)
		for _, scheme := range []string{"light", "dark"} {
			b.scheme(scheme)
			at := func(what string) string { return fmt.Sprintf("%s at %d px, %s", what, width, scheme) }
			open()
			for _, view := range []string{"mail", "text", "inbox", "source", "clients", "changes"} {
				ask[bool](b, `(choose('pane', 'mail'), choose('drawer', 'closed'), choose('view', '`+view+`'), true)`)
				selector := ".middle"
				if view == "mail" {
					selector = "html"
				}
				if view == "changes" {
					b.await(`document.querySelector('#changes').hasChildNodes()`)
				}
				b.accessible(at(view), selector)
				if got := ask[int64](b, `document.documentElement.scrollWidth`); got > width {
					t.Errorf("%s: the page is %d px wide", at(view), got)
				}
			}
			for pane, selector := range map[string]string{"edition": ".edition", "checks": ".checks"} {
				ask[bool](b, `(choose('view', 'mail'), choose('pane', '`+pane+`'), choose('drawer', 'open'), true)`)
				ask[bool](b, `(document.querySelectorAll('.editor').forEach(e => e.hidden = false), true)`)
				b.accessible(at(pane), selector)
				if got := ask[int64](b, `Math.max(...[...document.querySelectorAll('`+selector+` .scroll')].map(e => e.scrollWidth - e.clientWidth))`); got > 0 {
					t.Errorf("%s: %d px are cut off or scroll sideways", at(pane), got)
				}
			}
			ask[bool](b, `(document.querySelector('.keys').showModal(), true)`)
			b.accessible(at("keys"), ".keys")
			ask[bool](b, `(document.querySelector('.keys').close(), true)`)
		}
	}
}

// The public pages: the index of the feeds, a topic's page, an issue of the digest
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
		"http://" + v.address + "/digest/2021-W40/index.html",
		o.site.URL + "/newsletter/subscribe",
		o.site.URL + "/newsletter/preferences/" + o.token(jane, audience.Preferences),
		o.site.URL + "/newsletter/unsubscribe/" + o.token(jane, audience.Unsubscribe),
	} {
		b.size(1024, 900)
		b.do(chromedp.Navigate(url))
		b.await(`document.readyState === 'complete' && document.querySelector('h1')`)
		for _, width := range []int64{1024, 390} {
			b.size(width, 900)
			for _, scheme := range []string{"light", "dark"} {
				b.scheme(scheme)
				b.accessible(fmt.Sprintf("%s at %d px, %s", url, width, scheme), "html")
			}
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
