package delivery

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

func TestSendOnce(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 25, server)
	for i, want := range []string{"25: 25 accepted", "25: 25 already"} {
		s, err := d.send()
		if err != nil || counted(s) != want || !s.Done() || s.Edition != "weekly/2021-W39" {
			t.Errorf("run %d: %s, error %v; want %s", i+1, counted(s), err, want)
		}
	}
	got := server.Messages()
	if len(got) != 25 || server.Connections() != 1 {
		t.Fatalf("%d messages over %d connections", len(got), server.Connections())
	}
	for i, m := range got {
		id := int64(i + 1) // rows are in the audience's order
		r := newRecipient(id, 1, "Reader "+strings.TrimSuffix(strings.TrimPrefix(reader(i), "reader"), "@example.org"), reader(i), d.options.Tokens)
		want := compose(t, d.issue, r, d.options.Sender)
		if m.To != reader(i) || m.From != "news@medigy.example" || !bytes.Equal(m.Data, want) {
			t.Fatalf("message %d, to %s, is not what the preview shows:\n%s\nwant:\n%s", i, m.To, m.Data, want)
		}
	}
}

// replies makes a hook that gives the replies of a recipient one after the
// other, then nil.
func replies(table map[string][]error) func(string, int) error {
	return func(to string, try int) error {
		if r := table[to]; try <= len(r) {
			return r[try-1]
		}
		return nil
	}
}

var (
	no    = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	later = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	bye   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closing"}
)

// TestSendFaults sends to five readers through a server with faults, twice.
func TestSendFaults(t *testing.T) {
	one, three := reader(1), reader(3)
	type table = map[string][]error
	tests := []struct {
		name          string
		server        mailtest.Options
		policy        AfterCrash
		first, second string // summaries
		problem       string // of reader 1 after the first run
		copies        int    // that reader 1 has in the end
	}{
		{"unknown mailbox", mailtest.Options{Rcpt: replies(table{one: {no}})}, Resend,
			"5: 4 accepted 1 failed", "5: 4 already 1 failed", "failed after 1: 550 5.1.1 no such mailbox", 0},
		{"greylisting", mailtest.Options{Rcpt: replies(table{one: {later, later}, three: {later}})}, Resend,
			"5: 5 accepted", "5: 5 already", "", 1},
		{"long greylisting", mailtest.Options{Rcpt: replies(table{one: {later, later, later}})}, Resend,
			"5: 4 accepted 1 pending 1 deferred", "5: 4 already 1 accepted", "deferred after 3: 451 4.7.1 greylisted", 1},
		{"content refused", mailtest.Options{Dot: replies(table{one: {no}})}, Resend,
			"5: 4 accepted 1 failed", "5: 4 already 1 failed", "failed after 1: 550 5.1.1 no such mailbox", 0},
		{"content refused for now", mailtest.Options{Dot: replies(table{one: {later}})}, Resend,
			"5: 5 accepted", "5: 5 already", "", 1},
		{"server closes between messages", mailtest.Options{Rcpt: replies(table{one: {bye}, three: {bye}})}, Resend,
			"5: 5 accepted", "5: 5 already", "", 1},
		{"broken before the dot", mailtest.Options{Rcpt: replies(table{one: {mailtest.ErrDrop}, three: {mailtest.ErrDrop}})}, Resend,
			"5: 5 accepted", "5: 5 already", "", 1},
		{"broken after the dot, not accepted", mailtest.Options{Dot: replies(table{one: {mailtest.ErrDrop}})}, Resend,
			"5: 4 accepted 1 uncertain", "5: 4 already 1 accepted", "uncertain after 1: the server closed the connection", 1},
		{"broken after the dot, accepted", mailtest.Options{Dot: replies(table{one: {mailtest.ErrSwallow}})}, Resend,
			"5: 4 accepted 1 uncertain", "5: 4 already 1 accepted", "uncertain after 1: the server closed the connection", 2},
		{"broken after the dot, accepted, hold", mailtest.Options{Dot: replies(table{one: {mailtest.ErrSwallow}})}, Hold,
			"5: 4 accepted 1 uncertain", "5: 4 already 1 uncertain", "uncertain after 1: the server closed the connection", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, tt.server)
			d := newDesk(t, 5, server)
			d.options.AfterCrash = tt.policy
			s, err := d.send()
			if err != nil || counted(s) != tt.first {
				t.Errorf("first run: %s, error %v; want %s", counted(s), err, tt.first)
			}
			if got := problem(s, one); got != tt.problem {
				t.Errorf("problem %q, want %q", got, tt.problem)
			}
			d.later()
			if s, err := d.send(); err != nil || counted(s) != tt.second {
				t.Errorf("second run: %s, error %v; want %s", counted(s), err, tt.second)
			}
			count := server.Count()
			for i := range 5 {
				want := 1
				if reader(i) == one {
					want = tt.copies
				}
				if got := count[reader(i)]; got != want {
					t.Errorf("%s has %d copies, want %d", reader(i), got, want)
				}
			}
		})
	}
}

func problem(s Summary, address string) string {
	for _, d := range s.Problems {
		if d.Address == address {
			return string(d.State) + " after " + string(rune('0'+d.Tries)) + ": " + d.Reason
		}
	}
	return ""
}

func TestSendPatience(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error { return later }})
	d := newDesk(t, 2, server)
	d.options.Tries, d.options.Backoff = 4, time.Second
	if s, err := d.send(); err != nil || counted(s) != "2: 2 failed" || problem(s, reader(0)) != "failed after 4: gave up after 4 tries: 451 4.7.1 greylisted" {
		t.Errorf("%s, error %v, problems %v", counted(s), err, s.Problems)
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(d.slept, want) {
		t.Errorf("slept %v, want %v", d.slept, want)
	}
}

// TestSendStops: what concerns every recipient ends the run with one error and
// uses up no recipient.
func TestSendStops(t *testing.T) {
	gone := mailtest.Start(t, mailtest.Options{})
	gone.Port = 1 // nobody listens there
	tests := []struct {
		name   string
		server *mailtest.Server
		user   string
		want   string
		counts string
	}{
		{"no server", gone, "", "connect: connection refused (is the server running?", "5: 5 pending"},
		{"wrong password", mailtest.Start(t, mailtest.Options{Username: "news", Password: "right"}), "news",
			"auth: 535 5.7.8 Authentication failed (check smtp.username and the password file)", "5: 5 pending"},
		{"login forgotten", mailtest.Start(t, mailtest.Options{Username: "news", Password: "right"}), "",
			"the server refuses the sender", "5: 5 pending 1 deferred"},
		{"wrong sender", mailtest.Start(t, mailtest.Options{Mail: func(string, int) error { return no }}), "",
			"mail: 550 5.1.1 no such mailbox (the server refuses the sender: see digest.from", "5: 5 pending 1 deferred"},
		{"breaks all the time", mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error { return mailtest.ErrDrop }}), "",
			"3 connections in a row broke: ", "5: 5 pending 3 deferred"},
		{"swallows all the time", mailtest.Start(t, mailtest.Options{Dot: func(string, int) error { return mailtest.ErrSwallow }}), "",
			"3 connections in a row broke: ", "5: 3 uncertain 2 pending"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 5, tt.server)
			d.options.SMTP.Username, d.options.SMTP.Password = tt.user, "wrong"
			d.options.AfterCrash = Resend
			s, err := d.send()
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if counted(s) != tt.counts {
				t.Errorf("%s, want %s", counted(s), tt.counts)
			}
			d.later()
			good := mailtest.Start(t, mailtest.Options{})
			d.options.SMTP = mail.Config{Host: good.Host, Port: good.Port}
			if s, err := d.send(); err != nil || counted(s) != "5: 5 accepted" {
				t.Errorf("after the repair: %s, error %v", counted(s), err)
			}
		})
	}
}

func TestSendInterrupted(t *testing.T) {
	const readers = 200
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, readers, server)
	ctx, cancel := context.WithCancel(t.Context())
	d.options.Progress = func(o Outcome) {
		if o.Done == 4 {
			cancel()
		}
	}
	s, err := Send(ctx, d.db, d.issue, d.options)
	// What the server has when the signal comes is finished.
	if !errors.Is(err, context.Canceled) || s.Accepted < 4 || s.Pending == 0 || s.Pending != readers-s.Accepted {
		t.Errorf("%s, error %v", counted(s), err)
	}
	first := s.Accepted
	if s, err := d.send(); err != nil || s.Already != first || s.Accepted != readers-first {
		t.Errorf("continued: %s, error %v", counted(s), err)
	}
	if got := len(server.Messages()); got != readers {
		t.Errorf("%d messages", got)
	}
}

// TestSendUnsubscribed: who leaves while an edition is being sent gets it no
// more; who comes is not of its audience.
func TestSendUnsubscribed(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Rcpt: replies(map[string][]error{reader(0): {later}})})
	d := newDesk(t, 4, server)
	var once bool
	d.options.Progress = func(o Outcome) {
		if once {
			return
		}
		once = true
		for _, i := range []int{0, 3} {
			if err := leave(t.Context(), d.db, reader(i)); err != nil {
				t.Error(err)
			}
		}
		if err := add(t.Context(), d.db, "new@example.org"); err != nil {
			t.Error(err)
		}
	}
	s, err := Send(t.Context(), d.db, d.issue, d.options)
	if err != nil || counted(s) != "4: 2 accepted 2 skipped" || !s.Done() {
		t.Errorf("%s, error %v", counted(s), err)
	}
	if c := server.Count(); len(c) != 2 || c[reader(1)] != 1 || c[reader(2)] != 1 {
		t.Errorf("sent to %v", c)
	}
}

// TestSendTogether: two processes that send the same edition share the work.
func TestSendTogether(t *testing.T) {
	const readers = 3 * maxShard
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, readers, server)
	d.options.Now, d.options.Sleep = time.Now, nil
	var all [2]Summary
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			var err error
			if all[i], err = Send(t.Context(), d.db, d.issue, d.options); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := len(server.Messages()); got != readers || len(server.Count()) != readers {
		t.Errorf("%d messages for %d readers", got, len(server.Count()))
	}
	if all[0].Accepted+all[1].Accepted != readers || all[0].Pending+all[1].Pending != 0 {
		t.Errorf("%s and %s", counted(all[0]), counted(all[1]))
	}
}

// BenchmarkSend sends one message after the other over one connection, with two
// commits for each.
func BenchmarkSend(b *testing.B) {
	const readers = 200
	server := mailtest.Start(b, mailtest.Options{})
	issue := testIssue()
	issue.HTML = bytes.Repeat(issue.HTML, 200) // about 40 KB, as a digest has
	for b.Loop() {
		b.StopTimer()
		db, tokens, err := openDB(b.Context(), address(b), readers)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s, err := Send(b.Context(), db, issue, Options{
			Sender: testSender(), SMTP: mail.Config{Host: server.Host, Port: server.Port}, Tokens: tokens, Now: time.Now})
		if err != nil || s.Accepted != readers {
			b.Fatal(counted(s), err)
		}
		db.Close()
	}
	b.ReportMetric(readers*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
