package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/templates"
)

const shows = `mail?.readyState === 'complete' && mail.body.innerText.includes`

func TestPreviewInABrowser(t *testing.T) {
	b := newTab(t)
	s := newSite(t)
	server := httptest.NewServer(s.run())
	t.Cleanup(server.Close)

	b.size(1440, 600)
	b.do(chromedp.Navigate(server.URL))
	b.await(shows + `('Interpreters Join the Queue')`)
	if got := ask[string](b, `location.pathname`); got != "/edition/weekly/2021-W40" {
		t.Errorf("the page opens on %s", got)
	}
	b.await(`mail.images.length > 0 && [...mail.images].every(i => i.complete && i.naturalWidth > 0)`)
	if got := ask[int](b, `frame.clientWidth`); got < 640 {
		t.Errorf("on a desktop the mail is %d px wide, want 640 or more", got)
	}

	b.click(`[data-set="width=phone"]`)
	b.await(`frame.clientWidth === 375`)
	b.click(`[data-toggle^=scheme]`)
	b.await(`frame.contentWindow.matchMedia('(prefers-color-scheme: dark)').matches`)

	// A change comes in by itself, where the reader is, without a new page.
	ask[bool](b, `(canvas.scrollTop = 120, window.still = true)`)
	s.article("c.md", "Payers Publish New Prices", "2021-10-07")
	b.await(shows + `('Payers Publish New Prices')`)
	b.await(`document.querySelector('.edition').innerText.includes('Payers Publish New Prices')`)
	if got, want := ask[string](b, `[window.still, canvas.scrollTop, frame.clientWidth].join()`), "true,120,375"; got != want {
		t.Errorf("after the change the same page, place and width are %s, want %s", got, want)
	}

	// So does an error, and it goes by itself.
	s.write("broken", "config.yaml:3: no such key")
	b.await(`document.querySelector('[role=alert]')?.innerText.includes('config.yaml:3: no such key')`)
	if err := os.Remove(s.path("broken")); err != nil {
		t.Fatal(err)
	}
	b.await(`!document.querySelector('[role=alert]') && ` + shows + `('Payers Publish New Prices')`)

	// Another edition opens in the same view.
	b.press("[", `location.pathname === '/edition/weekly/2021-W39'`)
	b.await(`location.pathname === '/edition/weekly/2021-W39' && ` + shows + `('Gateways Fail Quietly') && frame.clientWidth === 375`)
	for key, view := range map[string]string{"2": "text", "3": "inbox", "4": "source", "1": "mail"} {
		b.press(key, `choice.view === '`+view+`'`)
		b.await(`choice.view === '` + view + `' && document.querySelector('.view-` + view + `').offsetHeight > 0`)
	}
	b.press("?", `document.querySelector('dialog').open`)

	for _, complaint := range b.complaints() {
		t.Error(complaint)
	}
}

func TestPreviewWithoutImagesInABrowser(t *testing.T) {
	b := newTab(t)
	server := httptest.NewServer(newSite(t).run())
	t.Cleanup(server.Close)
	b.do(chromedp.Navigate(server.URL))
	b.await(shows + `('Interpreters Join the Queue') && mail.images[0].naturalWidth > 0`)
	b.press("i", `choice.images === 'off'`)
	b.await(`mail?.images.length > 0 && [...mail.images].every(i => i.complete && i.naturalWidth === 0)`)
	b.press("i", `choice.images === 'on'`)
	b.await(`mail?.images[0].naturalWidth > 0`)
}

// Three panes on a wide window, two on a middling one, tabs on a phone, and
// never a page wider than its window.
func TestPreviewPanesInABrowser(t *testing.T) {
	b := newTab(t)
	server := httptest.NewServer(newSite(t).run())
	t.Cleanup(server.Close)
	const visible = `[...document.querySelectorAll('.pane')].filter(p => p.checkVisibility({visibilityProperty: true})).length`
	for _, test := range []struct{ width, panes int }{{1440, 3}, {1280, 3}, {1024, 2}, {390, 1}} {
		b.size(int64(test.width), 800)
		b.do(chromedp.Navigate(server.URL))
		b.await(`mail?.body`)
		b.await(fmt.Sprintf("innerWidth === %d && %s === %d", test.width, visible, test.panes)) // a busy browser takes its time to be so wide
		if got := ask[int](b, `document.documentElement.scrollWidth`); got > test.width {
			t.Errorf("the page is %d px wide in a window of %d", got, test.width)
		}
	}
	for _, pane := range []string{"edition", "checks"} {
		b.click(`[data-set="pane=` + pane + `"]`)
		b.await(visible + ` === 1 && document.querySelector('.` + pane + `').offsetHeight > 0`)
	}
}

func TestFeedIndexInABrowser(t *testing.T) {
	b := newTab(t)
	out := t.TempDir()
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(os.DirFS(out)))
	mux.HandleFunc("/favicon.ico", func(http.ResponseWriter, *http.Request) {}) // browsers ask for it unasked
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	writeFeeds(t, out, server.URL+"/")

	for _, width := range []int64{390, 1280} {
		b.size(width, 800)
		b.do(chromedp.Navigate(server.URL))
		b.await(fmt.Sprintf("document.readyState === 'complete' && innerWidth === %d", width))
		if got := ask[int64](b, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("the page is %d px wide in a window of %d", got, width)
		}
	}

	const rows = `[...document.querySelectorAll('.topic')].filter(r => r.checkVisibility()).map(r => r.querySelector('h3').innerText).join()`
	if got, want := ask[string](b, rows), "Cybersecurity,Telehealth"; got != want {
		t.Errorf("the topics are %s, want %s", got, want)
	}
	b.do(chromedp.SendKeys(`input[type=search]`, "tele"))
	b.await(rows + ` === 'Telehealth'`)

	links := ask[[]string](b, `[...document.querySelectorAll('link[rel=alternate]')].map(l => l.href)`)
	if len(links) != 4 {
		t.Errorf("the page names %d alternates, want three feeds and the list of all: %s", len(links), links)
	}
	for _, link := range links {
		response, err := server.Client().Get(link)
		if err != nil {
			t.Error(err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK || response.ContentLength == 0 {
			t.Errorf("%s answers %s with %d bytes", path.Base(link), response.Status, response.ContentLength)
		}
	}
	// What is shown can be had as OPML, and each topic has a page.
	ask[bool](b, `URL.createObjectURL = blob => { blob.text().then(t => { window.opml = t; }); return "#"; }, true`)
	b.click(`#choose`)
	b.await(`window.opml?.includes("Telehealth")`)
	if got := ask[int](b, `[...new DOMParser().parseFromString(window.opml, "text/xml").querySelectorAll("outline[xmlUrl]")].length`); got != 1 {
		t.Errorf("the OPML list has %d feeds, want the one that is shown", got)
	}
	ask[bool](b, `document.querySelector('.topic:not([hidden]) h3 a').click(), true`)
	b.await(`document.querySelector('h1').innerText === 'Telehealth' && document.readyState === 'complete'`)
	if got := ask[string](b, `document.querySelector('.story h3').innerText`); got != "Wards at Home" {
		t.Errorf("the topic's page shows %q first", got)
	}
	ask[bool](b, `document.querySelector('.subscribe summary').click(), true`)
	b.await(`document.querySelector('.subscribe code').checkVisibility()`)
	for _, complaint := range b.complaints() {
		t.Error(complaint)
	}
}

// writeFeeds writes the feeds of a site without images, which are not to be had
// in a test, to be served at url.
func writeFeeds(t *testing.T, out, url string) {
	t.Helper()
	s := newSite(t)
	s.article("b.md", "Interpreters Join the Queue", "2021-10-05")
	s.write("content/e.md", "---\ntitle: Wards at Home\ndate: 2021-10-06\ncategories: ['Healthcare IT News: Telehealth']\n---\nA body.\n")
	writeFeedsOf(t, s, out, feed.Options{
		Site: feed.Site{Title: "Medigy News", URL: "https://www.medigy.com", Language: "en-US"}, URL: url, Pages: true,
	})
}

// writeFeedsOf writes the feeds of s as o has them.
func writeFeedsOf(t *testing.T, s *site, out string, o feed.Options) {
	t.Helper()
	c, report := corpus.Load(t.Context(), os.DirFS(s.path("content")), corpus.Options{
		Site: "https://www.medigy.com", Zone: time.UTC, Language: o.Site.Language, Now: s.now, Permalink: "/news/:slug/",
	})
	for _, finding := range report.Findings {
		t.Log(finding)
	}
	dir, err := atomicfile.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, err := feed.Write(dir, feed.Build(c, o), templates.FS(nil), nil); err != nil {
		t.Fatal(err)
	}
}
