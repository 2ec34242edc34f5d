package web

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A feed that is opened in a browser is not a tree of XML, nor does it show what
// is not meant for people.
func TestFeedInABrowser(t *testing.T) {
	b := newTab(t)
	v := serveOutput(t, ServerOptions{})
	writeFeeds(t, v.dir, "http://"+v.address+"/")
	write(t, v.dir, "favicon.ico", "x") // browsers ask for it unasked
	v.loaded(t)
	b.size(390, 800)
	for _, file := range []string{"/rss.xml", "/topic/healthcare-it-news-telehealth/atom.xml"} {
		b.do(chromedp.Navigate("http://" + v.address + file))
		b.await(`document.readyState === 'complete' && location.pathname === '` + file + `'`)
		const shown = `[...document.querySelectorAll('item > *, entry > *')].filter(e => e.checkVisibility()).map(e => e.localName)`
		names := ask[[]string](b, shown)
		for _, name := range names {
			switch name {
			case "title", "link", "pubDate", "published", "description", "summary", "creator", "author":
			default:
				t.Errorf("%s shows %s", file, name)
			}
		}
		if len(names) == 0 || ask[string](b, `getComputedStyle(document.querySelector('item, entry')).display`) != "flex" {
			t.Errorf("%s is shown without its style sheet: %v", file, names)
		}
		if got := ask[int](b, `document.documentElement.scrollWidth`); got > 390 {
			t.Errorf("%s is %d px wide in a window of 390", file, got)
		}
	}
	for _, complaint := range b.complaints() {
		t.Error(complaint)
	}
}
