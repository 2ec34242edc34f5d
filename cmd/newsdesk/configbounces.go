package main

import (
	"net/mail"
	"strings"
)

// checkBounces checks where mails that come back are read.
func (c *Config) checkBounces(fault func(key, format string, args ...any)) {
	b := c.Bounces
	if b.Address != "" {
		local, _, _ := strings.Cut(b.Address, "@")
		a, err := mail.ParseAddress(b.Address)
		switch {
		case err != nil || a.Address != b.Address:
			fault("bounces.address", "%q is not a mail address (want bounce@example.org)", b.Address)
		case len(local) > 18 || strings.Contains(local, "+"): // a token of up to 45 is put behind it, and 64 are allowed
			fault("bounces.address", "%q: what is before the @ is longer than 18 characters, or has a + (want bounce@example.org)", b.Address)
		}
	}
	if b.IMAPHost == "" {
		return
	}
	if strings.ContainsAny(b.IMAPHost, "/ @") {
		fault("bounces.imap_host", "%q is not a host (want imap.example.org, or imap.example.org:993)", b.IMAPHost)
	}
	if b.IMAPUsername == "" {
		fault("bounces.imap_username", "is empty, and bounces.imap_host needs it")
	}
}
