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
	add := func(severity Severity, kind, format string, args ...any) {
		c.add(Finding{Severity: severity, Kind: kind, Part: Header, Text: fmt.Sprintf(format, args...)})
	}
	for i, line := range bytes.Split(c.Header, []byte("\r\n")) {
		if len(line) > 998 {
			c.add(Finding{Severity: Error, Kind: "header-long-line", Part: Header, Line: i + 1, Text: fmt.Sprintf("a line of %d octets (RFC 5322 allows 998)", len(line))})
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.TrimRight(c.Header, "\r\n"), "\r\n\r\n"...)))
	if err != nil {
		add(Error, "header-broken", "the header can't be read: %v", err)
		return
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} {
		switch n := len(m.Header[textproto.CanonicalMIMEHeaderKey(name)]); {
		case n == 0:
			add(Error, "header-missing", "there is no %s", name)
		case n > 1:
			add(Error, "header-twice", "%s is there %d times (RFC 5322, 3.6 allows one)", name, n)
		}
	}
	for _, name := range []string{"From", "To"} {
		if _, err := m.Header.AddressList(name); err != nil && m.Header.Get(name) != "" {
			add(Error, "header-address", "%s can't be read: %v", name, err)
		}
	}
	if _, err := m.Header.Date(); err != nil && m.Header.Get("Date") != "" {
		add(Error, "header-date", "Date can't be read: %v", err)
	}
	leave := m.Header.Get("List-Unsubscribe")
	switch {
	case leave == "":
		add(Error, "header-unsubscribe", "there is no List-Unsubscribe: Gmail, Yahoo and Outlook want it of mail to many")
	case !strings.Contains(leave, "<https://"):
		add(Warning, "header-unsubscribe", "List-Unsubscribe has no https address, so no mailbox shows its button")
	case m.Header.Get("List-Unsubscribe-Post") == "":
		add(Warning, "header-one-click", "there is no List-Unsubscribe-Post: mailbox providers want one click (RFC 8058)")
	}
	if m.Header.Get("List-Id") == "" {
		add(Note, "header-list-id", "there is no List-Id (RFC 2919), by which readers filter")
	}
}
