package doctor

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
)

// header tells whether a sample message has the fields that mailbox providers want
// of mail to many.
func (e *Exam) header() {
	if e.Header == nil {
		e.tell("header", Note, "header-none", "there is no sample message to look at", "")
		return
	}
	m, err := netmail.ReadMessage(bytes.NewReader(append(bytes.TrimRight(e.Header, "\r\n"), "\r\n\r\n"...)))
	if err != nil {
		e.tell("header", Error, "header-broken", fmt.Sprintf("the sample message's header can't be read: %v", err), "")
		return
	}
	e.fromField(m.Header)
	e.wayOut(m.Header)
	for _, name := range []string{"List-Id", "Feedback-ID"} {
		if m.Header.Get(name) == "" {
			e.tell("header", Warning, "header-missing", "the sample message has no "+name, "")
		} else {
			e.tell("header", OK, "header", name+": "+m.Header.Get(name), "")
		}
	}
}

// mailboxes are domains whose owners sign their users' mail; their DMARC policies
// refuse or distrust the rest.
var mailboxes = []string{"gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "aol.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "proton.me"}

// fromField tells whether readers see one sender, and the one that is
// authenticated.
func (e *Exam) fromField(h netmail.Header) {
	from, err := h.AddressList("From")
	switch {
	case err != nil || len(from) != 1:
		e.tell("header", Error, "header-from", "the sample message does not have one sender", "set digest.from: Name <name@example.org>")
	case e.From != "" && domainOf(from[0].Address) != e.domain():
		e.tell("header", Error, "header-from", fmt.Sprintf("readers see a sender of %s, the envelope has %s", domainOf(from[0].Address), e.domain()), "use one domain")
	case slices.Contains(mailboxes, domainOf(from[0].Address)):
		e.tell("header", Error, "header-mailbox", fmt.Sprintf("%s is a provider of mailboxes: nobody else may send to many from it", domainOf(from[0].Address)), "set digest.from to an address of a domain of yours")
	default:
		e.tell("header", OK, "header", "From: "+from[0].Address+", the envelope's sender", "")
	}
}

// wayOut tells of List-Unsubscribe (RFC 2369) and one click (RFC 8058).
func (e *Exam) wayOut(h netmail.Header) {
	leave := h.Get("List-Unsubscribe")
	switch {
	case !strings.Contains(leave, "<https://"):
		e.tell("unsubscribe", Error, "unsubscribe-https", "List-Unsubscribe has no https address, so no mailbox shows its button", "set digest.subscriptions_url to an https URL")
	case h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
		e.tell("unsubscribe", Error, "unsubscribe-one-click", "there is no List-Unsubscribe-Post: mailbox providers want one click (RFC 8058)", "set digest.subscriptions_url to an https URL")
	default:
		e.tell("unsubscribe", OK, "unsubscribe", "one click by https (RFC 8058)", "")
	}
	if !strings.Contains(leave, "<mailto:") {
		e.tell("unsubscribe", Note, "unsubscribe-mailto", "there is no way to unsubscribe by mail, which Apple Mail uses and Yahoo advises", "set digest.unsubscribe_mail")
	}
}
