package mailcheck

import (
	"bytes"
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"
)

// headers checks the fields that mailbox providers want of mail to many.
func (c *checker) headers() {
	if c.Header == nil {
		return
	}
	for i, line := range bytes.Split(c.Header, []byte("\r\n")) {
		if len(line) > 998 {
			c.add(Finding{Severity: Error, Kind: "header-long-line", Part: Header, Line: i + 1, Text: fmt.Sprintf("a line of %d octets (RFC 5322 allows 998)", len(line))})
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.TrimRight(c.Header, "\r\n"), "\r\n\r\n"...)))
	if err != nil {
		c.header(Error, "header-broken", "the header can't be read: %v", err)
		return
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} {
		switch n := len(m.Header[textproto.CanonicalMIMEHeaderKey(name)]); {
		case n == 0:
			c.header(Error, "header-missing", "there is no %s", name)
		case n > 1:
			c.header(Error, "header-twice", "%s is there %d times (RFC 5322, 3.6 allows one)", name, n)
		}
	}
	for _, name := range []string{"From", "To"} {
		if _, err := m.Header.AddressList(name); err != nil && m.Header.Get(name) != "" {
			c.header(Error, "header-address", "%s can't be read: %v", name, err)
		}
	}
	if _, err := m.Header.Date(); err != nil && m.Header.Get("Date") != "" {
		c.header(Error, "header-date", "Date can't be read: %v", err)
	}
	c.listFields(m.Header)
}

// listFields checks by which fields a reader leaves and filters.
func (c *checker) listFields(h mail.Header) {
	leave := h.Get("List-Unsubscribe")
	switch {
	case leave == "":
		c.header(Error, "header-unsubscribe", "there is no List-Unsubscribe: Gmail, Yahoo and Outlook want it of mail to many")
	case !strings.Contains(leave, "<https://"):
		c.header(Warning, "header-unsubscribe", "List-Unsubscribe has no https address, so no mailbox shows its button")
	case h.Get("List-Unsubscribe-Post") == "":
		c.header(Warning, "header-one-click", "there is no List-Unsubscribe-Post: mailbox providers want one click (RFC 8058)")
	}
	if h.Get("List-Id") == "" {
		c.header(Note, "header-list-id", "there is no List-Id (RFC 2919), by which readers filter")
	}
}

// header adds a finding about the header as a whole.
func (c *checker) header(severity Severity, kind, format string, args ...any) {
	c.add(Finding{Severity: severity, Kind: kind, Part: Header, Text: fmt.Sprintf(format, args...)})
}
