package main

import (
	"context"
	"time"

	"github.com/medigy/newsdesk/internal/bounce"
	"github.com/medigy/newsdesk/internal/doctor"
)

// bounces tells whether what comes back is read.
func (s *site) bounces(ctx context.Context, exam *doctor.Exam) {
	b := &s.config.Bounces
	exam.Returns = b.Address
	if b.Address == "" && s.digest.from != nil {
		s.tell("bounces", doctor.Note, "bounces-address", "mail that comes back goes to "+s.digest.from.Address+", and does not say whose it was", "set bounces.address")
	}
	if b.Maildir == "" && b.IMAPHost == "" {
		s.tell("bounces", doctor.Note, "bounces-unread", "nothing says where mail that comes back can be read", "set bounces.maildir or bounces.imap_host, or let the mail server pipe it into newsdesk bounce read")
		return
	}
	if b.Maildir != "" {
		n, err := bounce.CheckMaildir(b.Maildir)
		s.mailbox("maildir", b.Maildir, n, err)
	}
	if b.IMAPHost != "" {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		var n int
		mailbox, err := s.bounceMailbox(s.config)
		if err == nil {
			n, err = mailbox.Check(ctx)
		}
		s.mailbox("imap", b.IMAPHost, n, err)
	}
}

// mailbox tells of one that can be read or not.
func (s *site) mailbox(kind, name string, waiting int, err error) {
	if err != nil {
		s.tell("bounces", doctor.Error, "bounces-"+kind, err.Error(), "see the keys of bounces: until that can be read, dead addresses get every edition")
		return
	}
	s.tell("bounces", doctor.OK, "bounces-"+kind, plural(waiting, "mail")+" to read in "+name, "")
}
