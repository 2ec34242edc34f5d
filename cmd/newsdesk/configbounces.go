package main

import (
	"net/mail"
	"strings"
)

// checkBounces checks where mails that come back are read.
func (c *Config) checkBounces(fault faultFunc) {
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
	if b.WebhookSecret != "" && len(b.WebhookSecret) < minSecret { // which is not told
		fault("bounces.webhook_secret", "is shorter than %d characters, and can be guessed", minSecret)
	}
	switch {
	case b.Every < 0:
		fault("bounces.every", "%d (want minutes, or 0)", b.Every)
	case b.Every > 0 && b.Maildir == "" && b.IMAPHost == "":
		fault("bounces.every", "there is nothing to read (set bounces.maildir or bounces.imap_host)")
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

// minSecret is how many characters the secret of webhooks has at least.
const minSecret = 16
