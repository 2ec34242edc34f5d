package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// openDesk opens the desk of a site with a section of three stories.
func openDesk(t testing.TB) (*tab, *site) {
	t.Helper()
	b := newTab(t)
	s := newSite(t)
	s.article("e.md", "Wards at Home", "2021-10-08")
	s.article("f.md", "Nurses Return", "2021-10-06")
	server := httptest.NewServer(s.run())
	t.Cleanup(server.Close)
	b.size(1440, 1000)
	b.do(chromedp.Navigate(server.URL))
	b.await(shows + `('Interpreters Join the Queue') && choice.version > 0`)
	b.await(`document.querySelector('.status').dataset.status === 'live'`)
	return b, s
}

// stories are the paths of the rows of the section.
const stories = `[...document.querySelectorAll('.stories:not([data-lead]) .row')].map(r => r.dataset.article).join()`

func row(path string) string { return `.row[data-article="` + path + `"]` }

// says waits until the edition's file has a text, or has it no more.
func (s *site) says(text string, has bool) {
	s.t.Helper()
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		if strings.Contains(s.edition(), text) == has {
			return
		}
	}
	s.t.Fatalf("the file never came to say %q (%t):\n%s", text, has, s.edition())
}

// tap presses a button that may be replaced by its like at any moment, as one that
// is found by the mouse's coordinates may not.
func (b *tab) tap(selector string) {
	b.t.Helper()
	b.await(`(button => button && (button.click(), true))(document.querySelector('` + selector + `'))`)
}

// write types into a field. Once it has the focus the page keeps it.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	b.await(`(field => field && (field.focus(), document.activeElement === field))(document.querySelector('` + selector + `'))`)
	b.do(chromedp.KeyEvent(text))
}

func TestShapingInABrowser(t *testing.T) {
	b, s := openDesk(t)
	b.await(stories + ` === 'e.md,c.md,f.md'`)

	// A subject is saved while it is typed, and seen in the inbox.
	b.write(`#f-subject`, "Queues get interpreters")
	s.says("subject: Queues get interpreters\n", true)
	b.await(`document.querySelector('.view-inbox').textContent.includes('Queues get interpreters')`)
	b.await(`document.querySelector('#g-subject').textContent.startsWith('23 characters')`)

	// A text editor's change comes into the field that nobody is in.
	s.write("content/editions/weekly/2021-W40.yaml", s.edition()+"preheader: From elsewhere # by hand\n")
	b.await(`document.querySelector('#f-preheader').value === 'From elsewhere'`)

	// Keys move a story, and undo takes it back.
	b.await(`(story => (story.focus(), document.activeElement === story))(document.querySelector('` + row("c.md") + ` .story'))`)
	ask[bool](b, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowUp', altKey: true, bubbles: true}))`)
	s.says("order:\n  - c.md\n  - e.md\n", true)
	b.await(stories + ` === 'c.md,e.md,f.md' && document.activeElement.closest('.row')?.dataset.article === 'c.md'`)
	b.await(`mail?.body && mail.body.innerText.indexOf('Payers') < mail.body.innerText.indexOf('Wards')`)
	b.tap(`[data-do=undo]:not(:disabled)`)
	s.says("order:", false)
	b.await(stories + ` === 'e.md,c.md,f.md'`)
	if !strings.Contains(s.edition(), "# by hand") {
		t.Errorf("the comment is gone:\n%s", s.edition())
	}

	// Pin, lead, leave out, bring back.
	b.tap(row("f.md") + ` [data-do=pin]`)
	b.await(stories + ` === 'f.md,e.md,c.md'`)
	b.tap(row("e.md") + ` [data-do=lead]`)
	b.await(`document.querySelector('[data-lead] .row').dataset.article === 'e.md'`)
	b.tap(row("c.md") + ` [data-do=exclude]`)
	b.await(stories + ` === 'f.md,b.md'`)
	b.tap(`[data-id=out] summary`)
	b.tap(`[data-id=out] [data-article="c.md"] [data-do=include]`)
	b.await(stories + `.includes('c.md')`)
	s.says("exclude", false)

	// An article's own words.
	b.tap(row("c.md") + ` [data-open]`)
	b.write(row("c.md")+` [data-field=title]`, "Prices, at last")
	b.await(shows + `('Prices, at last')`)
	b.await(`!document.querySelector('` + row("c.md") + ` .editor').hidden`)

	// One from the rest of the corpus.
	b.write(`#search`, "gateways")
	b.await(`document.querySelector('#found [data-do=include]')`)
	b.tap(`#found [data-do=include]`)
	b.await(shows + `('Gateways Fail Quietly')`)
	b.await(`document.querySelector('#found').textContent.includes('in:')`)

	for _, complaint := range b.complaints() {
		t.Error(complaint)
	}
}

// A page that was fetched before a text was saved and comes after it takes nothing back
// of what was typed meanwhile.
func TestTypingBesideALatePageInABrowser(t *testing.T) {
	b, s := openDesk(t)
	ask[bool](b, `(() => {
		const real = fetch;
		window.held = [];
		window.fetch = async (...request) => {
			const response = await real(...request);
			if (request[1]?.cache !== 'no-store') return response;
			const text = await response.text();
			await new Promise((letGo) => held.push(letGo));
			return new Response(text);
		};
		return true;
	})()`)
	b.write(`#f-subject`, "Queue")
	s.says("subject: Queue\n", true)
	b.await(`held.length === 1`)
	b.write(`#f-subject`, "s get")
	s.says("subject: Queues get\n", true)
	b.await(`!document.querySelector('#f-subject').dataset.dirty`)
	ask[bool](b, `(held.shift()(), true)`)
	b.await(`held.length === 1`) // the next, so the late one was dealt with
	if got := ask[string](b, `document.querySelector('#f-subject').value`); got != "Queues get" {
		t.Errorf("the subject is %q", got)
	}
}

func TestDraggingInABrowser(t *testing.T) {
	b, s := openDesk(t)
	at := func(selector string) (x, y float64) {
		box := ask[[]float64](b, `(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector('`+selector+`').getBoundingClientRect())`)
		return box[0], box[1]
	}
	drag := func(x, y, toX, toY float64) { b.do(chromedp.DragAndDropXY(x, y, toX, toY)) }
	ask[bool](b, `(document.querySelector('`+row("e.md")+`').scrollIntoView({block: 'center'}), true)`)
	x, y := at(row("f.md") + " [data-grip]")
	_, top := at(row("e.md") + " [data-grip]")
	drag(x, y, x, top-30)
	s.says("order:\n  - f.md\n  - e.md\n  - c.md\n", true)
	b.await(stories + ` === 'f.md,e.md,c.md' && !document.querySelector('.drop')`)

	// The width of the mail, by its handle and by keys.
	x, _ = at(".handle")
	drag(x, 400, x-60, 400)
	b.await(`frame.offsetWidth < 700 && frame.offsetWidth > 400 && choice.width === String(frame.offsetWidth)`)
	width := ask[int](b, `frame.offsetWidth`)
	ask[bool](b, `(document.activeElement.blur(), true)`)
	b.press(",", fmt.Sprintf("frame.offsetWidth === %d", width-20))
}

// Every key does what the list of keys says, and the list has every key.
func TestKeysInABrowser(t *testing.T) {
	b, s := openDesk(t)
	if missing := ask[string](b, `Object.keys(keys).filter(k => !/^[1-6]$|Escape/.test(k) && ![...document.querySelectorAll('.keys kbd')].some(e => e.textContent === k)).join(' ')`); missing != "" {
		t.Errorf("the list of keys lacks %s", missing)
	}
	const at = `document.activeElement.closest('.row')?.dataset.article`
	b.press("j", at+` === 'b.md'`)
	b.press("j", at+` === 'e.md'`)
	b.press("k", at+` === 'b.md'`)
	ask[bool](b, `(document.querySelector('`+row("f.md")+` .story').focus(), true)`)
	b.press("p", `document.querySelector('`+row("f.md")+`').classList.contains('pinned')`)
	s.says("pins:", true)
	b.press("u", `!document.querySelector('.pinned')`)
	s.says("pins:", false)
	b.press("U", `document.querySelector('.pinned')`)
	ask[bool](b, `(document.querySelector('`+row("f.md")+` .story').focus(), true)`)
	b.press("l", `document.querySelector('[data-lead] .row').dataset.article === 'f.md'`)
	ask[bool](b, `(document.querySelector('`+row("c.md")+` .story').focus(), true)`)
	b.press("e", `document.activeElement.matches('`+row("c.md")+` .editor input')`)
	b.press("\x1b", `document.activeElement === document.body`)
	ask[bool](b, `(document.querySelector('`+row("c.md")+` .story').focus(), true)`)
	b.press("x", `!document.querySelector('`+row("c.md")+`')`)
	s.says("exclude:\n  - c.md\n", true)
	for key, field := range map[string]string{"s": "f-subject", "/": "search", "r": "reader", "a": "by"} {
		b.press(key, `document.activeElement.id === '`+field+`'`)
		ask[bool](b, `(document.activeElement.value = '', document.activeElement.blur(), true)`)
	}
	b.press("n", `document.querySelector('.spot.stay, .lit')`)
	b.press("\x1b", `!document.querySelector('.spot, .lit')`)
	for view, at := range map[string]string{"text": "pre", "inbox": ".outlook", "source": ".fields-of-header dt", "clients": ".matrix td", "changes": "#changes > *"} {
		n := map[string]string{"text": "2", "inbox": "3", "source": "4", "clients": "5", "changes": "6"}[view]
		b.press(n, `document.querySelector('.view-`+view+` `+at+`')?.checkVisibility()`)
	}
	b.press("?", `document.querySelector('.keys').open`)
}

// A new version of the mail comes into the view that is looked at, where it is
// looked at.
func TestPanelsStayFreshInABrowser(t *testing.T) {
	b, s := openDesk(t)
	b.size(1440, 500)
	b.press("4", `document.querySelectorAll('.view-source ol li').length > 100`)
	ask[bool](b, `(canvas.scrollTop = 700, true)`)
	s.article("c.md", "Payers Publish New Prices", "2021-10-07")
	b.await(`document.querySelector('.view-source').textContent.includes('Payers Publish New Prices')`)
	if got := ask[int](b, `canvas.scrollTop`); got != 700 {
		t.Errorf("the source scrolled to %d", got)
	}
	b.press("2", `document.querySelector('.view-text').textContent.includes('Payers Publish New Prices')`)
}

// The mail is seen as a subscriber gets it, who is found by name.
func TestSeenByInABrowser(t *testing.T) {
	b, s := openDesk(t)
	s.article("h.md", "مستشفى جديد (2021)", "2021-10-08", "language: ar")
	s.article("g.md", "Hogar", "2021-10-08", "language: es", "categories: ['Healthcare IT News: Cybersecurity', 'Healthcare IT News: Telehealth']")
	b.await(shows + `('Hogar')`)
	// What is written from right to left is shown so, beside the rest.
	if got := ask[string](b, `[...document.querySelectorAll('.story')].map(s => getComputedStyle(s).direction).toSorted().join()`); got != "ltr,ltr,ltr,ltr,ltr,rtl" {
		t.Errorf("the stories run %s", got)
	}
	ask[bool](b, `(document.querySelector('#reader').focus(), true)`)
	b.await(`document.querySelector('#readers').textContent.includes('everything')`) // the segments
	b.write("#reader", "berg")
	b.await(`document.querySelector('#readers').textContent.includes('bo@example.org · all topics, in es')`)
	b.tap(`#readers a`)
	b.await(`location.search === '?language=es' && document.querySelector('.as')?.textContent.includes('es') && ` + shows + `('Hogar')`)
	if ask[bool](b, `mail.body.innerText.includes('Payers')`) {
		t.Error("the mail has what Bo does not get")
	}
	if got := ask[string](b, `document.querySelector('[data-key=message]').href`); !strings.HasSuffix(got, "/digest.eml?language=es") {
		t.Errorf("the message is %s", got)
	}
	// Several topics, one after the other, on the page that stays.
	ask[bool](b, `(window.stays = true, document.querySelector('[data-id=topics]').open = true)`)
	b.tap(`.topics input[value="healthcare-it-news-cybersecurity"]`)
	b.await(`location.search.includes('topics=') && document.querySelector('.topics summary').innerText === 'Cybersecurity' && document.querySelector('.as').innerText.includes('Cybersecurity, es')`)
	b.tap(`.topics input[value="healthcare-it-news-telehealth"]`)
	b.await(`location.search === '?topics=healthcare-it-news-cybersecurity%2Chealthcare-it-news-telehealth&language=es' && document.querySelector('.topics summary').innerText === '2 topics' && document.querySelector('[data-id=topics]').open`)
	b.await(`document.activeElement.value !== 'healthcare-it-news-cybersecurity'`)
	ask[bool](b, `(history.back(), true)`)
	b.await(`document.querySelector('.topics summary').innerText === 'Cybersecurity' && window.stays`)
	b.write("#reader", "ann")
	b.await(`document.querySelector('#readers').textContent.includes('gets nothing: paused') && !document.querySelector('#readers a')`)
}

// Two editors write one subject: the second is asked, with both texts.
func TestConflictInABrowser(t *testing.T) {
	b, s := openDesk(t)
	ask[bool](b, `(document.querySelector('#f-subject').focus(), document.querySelector('#f-subject').value = 'Mi', document.querySelector('#f-subject').dispatchEvent(new Event('input', {bubbles: true})), true)`)
	s.write("content/editions/weekly/2021-W40.yaml", "subject: Theirs\n")
	b.await(`document.querySelector('.clash').open`)
	if got := ask[string](b, `[...document.querySelectorAll('.sides pre')].map(p => p.textContent).join('|')`); got != "Mi|Theirs" {
		t.Errorf("the page shows %s", got)
	}
	b.tap(`.clash [value=mine]`)
	s.says("subject: Mi\n", true)
}

// Where the pane at the right is folded away, both its sides have a button, which
// opens it, turns it over and closes it.
func TestFoldedPaneInABrowser(t *testing.T) {
	b, _ := openDesk(t)
	b.size(1024, 800)
	const open = `getComputedStyle(document.querySelector('.checks')).visibility === 'visible'`
	state := func(side string) string {
		return fmt.Sprintf(`choice.side === %q && [...document.querySelectorAll('[data-fold]')].every(f => f.getAttribute('aria-expanded') === String(f.dataset.fold === %[1]q))`, side)
	}
	b.tap(`[data-fold=send]`)
	b.await(open + ` && ` + state("send"))
	b.tap(`[data-fold=checks]`)
	b.await(open + ` && ` + state("checks"))
	b.tap(`[data-fold=checks]`)
	b.await(`!(` + open + `) && document.querySelectorAll('[data-fold][aria-expanded=false]').length === 2`)
	for _, width := range []int64{800, 899, 900, 1024, 1151, 1152, 1279} {
		b.size(width, 800)
		b.fits(fmt.Sprintf("the view's bar at %d px", width), ".devices")
	}
}

// A finding leads to its element in the picture and its line in the source.
func TestFindingsInABrowser(t *testing.T) {
	b, _ := openDesk(t)
	ask[bool](b, `(document.querySelector('[data-id=mail-quiet]')?.setAttribute('open', ''), true)`)
	ask[bool](b, `([...document.querySelectorAll('.point')].find(p => p.dataset.tag === 'img' || p.dataset.tag === 'a' || p.dataset.tag === 'td').click(), true)`)
	b.await(`document.querySelector('.spot.stay')?.offsetHeight > 0 && document.querySelector('.lens code').textContent.startsWith('<')`)
	b.tap(`[data-lens-source]`)
	b.await(`choice.view === 'source' && document.querySelector('.lit')`)
	b.press("5", `choice.view === 'clients'`)
	b.await(`document.querySelectorAll('.matrix tbody tr').length > 10`)
	b.press("1", `choice.view === 'mail'`)
	b.press("v", `choice.scheme === 'inverted'`)
	b.await(`mail?.URL.includes('scheme=inverted') && getComputedStyle(mail.documentElement).filter.includes('invert')`)
}

// An approval is of what its editor saw: the next change asks again, and shows
// what it was.
func TestApprovalInABrowser(t *testing.T) {
	b, s := openDesk(t)
	b.press("a", `document.activeElement.id === 'by'`)
	ask[bool](b, `(document.activeElement.value = '', true)`) // the key may have been pressed twice
	b.write("#by", "Ada\r")
	b.await(`document.querySelector('[data-approval=approved]')`)
	s.says("Ada\n", true) // the key may have been pressed again in the field
	b.write("#f-intro", "Late news.")
	b.await(`document.querySelector('[data-approval=changed]')`)
	b.tap(`[data-show-approved]`)
	b.await(`choice.view === 'changes' && document.querySelector('#changes .new')?.textContent.includes('Late news.')`)
	b.tap(`[data-withdraw]`)
	b.await(`document.querySelector('[data-approval=open]')`)
	s.says("approved", false)
}

// An editor on whatever pane learns that the desk is gone: nothing is saved then.
func TestDeskIsGoneInABrowser(t *testing.T) {
	b := newTab(t)
	server := httptest.NewServer(newSite(t).run())
	t.Cleanup(server.Close)
	b.do(chromedp.Navigate(server.URL))
	b.await(`document.querySelector('.status').dataset.status === 'live' && !document.querySelector('.lost').checkVisibility()`)
	server.CloseClientConnections()
	server.Close()
	b.await(`document.querySelector('.lost').checkVisibility() && document.querySelector('.lost').innerText.startsWith('The desk is not running.')`)
}

// An article that tries to break out of the frame runs nothing, in the mail or
// beside it.
func TestHostileArticleInABrowser(t *testing.T) {
	b, s := openDesk(t)
	s.article("x.md", hostile, "2021-10-06", `summary: "</td></table><script>parent.owned = 1</script><iframe srcdoc='<script>top.owned = 1</script>'></iframe>"`, `featuredImage: { href: "x\" onerror=\"parent.owned = 1" }`)
	b.await(`[...document.querySelectorAll('.story')].some(b => b.textContent.includes('alert(1)'))`)
	b.await(shows + `('alert(1)')`)
	if ask[bool](b, `Boolean(window.owned || frame.contentWindow.owned || mail.querySelector('script, iframe, [onerror]'))`) {
		t.Error("the article has run a script")
	}
	if sandbox := ask[string](b, `frame.getAttribute('sandbox')`); strings.Contains(sandbox, "allow-scripts") {
		t.Errorf("the frame allows %s", sandbox)
	}
	// A link that leads the frame away leads nowhere, and the mail comes back.
	ask[bool](b, `(frame.contentDocument.body.insertAdjacentHTML('beforeend', '<a href="https://evil.example/" target="_self">x</a>'), frame.contentWindow.stays = true, mail.body.lastChild.click(), true)`)
	b.await(`frame.contentDocument && !frame.contentWindow.stays && ` + shows + `('alert(1)')`)
	if got := ask[string](b, `location.pathname`); !strings.HasPrefix(got, "/edition/") {
		t.Errorf("the desk is at %s", got)
	}
	// Even a script that came into the mail would not run.
	if ask[bool](b, `(() => { const s = mail.createElement('script'); s.textContent = 'parent.owned = 1'; mail.body.append(s); return Boolean(window.owned); })()`) {
		t.Error("the frame runs scripts")
	}
}
