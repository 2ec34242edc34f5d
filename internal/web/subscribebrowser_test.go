package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestNewsletterInABrowser goes the whole way in Chromium, with the mails read as a
// person would, on a phone.
func TestNewsletterInABrowser(t *testing.T) {
	b := newTab(t)
	o := open(t, storetest.SQLite(t), nil)
	b.size(390, 800)
	press := func(text string) {
		t.Helper()
		b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("button")].find(b => b.textContent.trim() === "` + text + `").click()`))
	}
	at := func(heading string) {
		t.Helper()
		b.await(`document.querySelector("h1")?.textContent === "` + heading + `"`)
		for what, wrong := range map[string]string{
			"scrolls sideways":     `document.documentElement.scrollWidth > innerWidth`,
			"has a cookie":         `document.cookie !== ""`,
			"has a script":         `document.scripts.length > 0`,
			"has no style":         `getComputedStyle(document.querySelector("main")).maxWidth !== "640px"`,
			"has a small target":   `[...document.querySelectorAll("button, select, main input:not([type=hidden],[type=checkbox],#website), .options label")].some(e => e.getBoundingClientRect().height < 44)`,
			"has a nameless field": `[...document.querySelectorAll("input:not([type=hidden]), select")].some(e => !e.labels.length)`,
		} {
			if ask[bool](b, wrong) {
				t.Errorf("%q %s", heading, what)
			}
		}
	}

	b.do(chromedp.Navigate(o.site.URL + "/newsletter/subscribe"))
	at("Subscribe to Medigy News")
	b.do(chromedp.SendKeys("#email", "jane@example.org"))
	b.click(`input[value=ai]`)
	press("Subscribe") // faster than a person is
	b.await(`document.querySelector("#problem")?.textContent === "Please press the button once more."`)
	if got := ask[string](b, `document.querySelector("#email").value + " " + document.querySelector("input[value=ai]").checked`); got != "jane@example.org true" {
		t.Errorf("what was filled in is lost: %s", got)
	}
	o.sleep(fastest)
	press("Subscribe")
	at("Look into your inbox")

	b.do(chromedp.Navigate(o.link(o.letters("jane@example.org")[0], "confirm")))
	at("One more step")
	press("Confirm")
	at("You are subscribed")
	b.click("a.action")
	at("Preferences")
	if !ask[bool](b, `document.querySelector("input[value=ai]").checked && !document.querySelector("input[value=security]").checked`) {
		t.Error("the topics are not those that were chosen")
	}
	b.click(`input[value=security]`)
	press("Save")
	b.await(`document.querySelector("[role=status]")?.textContent === "Saved."`)
	if s := o.find("jane@example.org"); strings.Join(s.Topics, " ") != "ai security" {
		t.Errorf("topics %q", s.Topics)
	}
	press("4 weeks")
	b.await(`document.querySelector("[role=status]")?.textContent.startsWith("There is no mail until")`)
	press("End the pause")
	b.await(`document.querySelector("[role=status]")?.textContent === "You get the mail again."`)
	b.do(chromedp.SendKeys("#email", "jane@new.example"))
	press("Change")
	b.await(`document.querySelector("[role=status]")?.textContent.startsWith("We have sent a mail to the new address")`)
	b.do(chromedp.Navigate(o.link(o.letters("jane@new.example")[0], "confirm")))
	at("One more step")
	press("Confirm")
	at("Your new address is in use")

	b.do(chromedp.Navigate(o.site.URL + "/newsletter/unsubscribe/" + o.token(o.find("jane@new.example"), audience.Unsubscribe)))
	at("Unsubscribe from Medigy News")
	press("Unsubscribe")
	at("You are unsubscribed from Medigy News")
	if s := o.find("jane@new.example"); s.State != audience.Unsubscribed {
		t.Errorf("she is %s", s.State)
	}
	for _, wrong := range b.complaints() {
		if !strings.Contains(wrong, "status of 422") { // the form that came too fast
			t.Errorf("the console says %q", wrong)
		}
	}
}
