package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

const from, to = "news@medigy.example", "zoe@example.org"

func config(s *mailtest.Server) Config { return Config{Host: s.Host, Port: s.Port} }

func dial(t *testing.T, c Config) *Session {
	t.Helper()
	s, err := Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSend(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := dial(t, config(server))
	message := compose(t, sample(), reader())
	for range 3 { // one connection, several messages
		var calls int
		err := s.Send(t.Context(), from, to, message, func() error {
			calls++
			return nil
		})
		if err != nil || calls != 1 {
			t.Fatalf("Send: %v, beforeDot called %d times", err, calls)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	got := server.Messages()
	if len(got) != 3 || server.Connections() != 1 {
		t.Fatalf("%d messages over %d connections", len(got), server.Connections())
	}
	for _, m := range got {
		if m.From != from || m.To != to || !bytes.Equal(m.Data, message) {
			t.Errorf("from %s to %s:\n%s", m.From, m.To, m.Data)
		}
	}
}

// TestSendRefused: a reply is about one message, and the next one goes through.
func TestSendRefused(t *testing.T) {
	no := func(code int, message string) func(string, int) error {
		return func(_ string, try int) error {
			if try > 1 {
				return nil
			}
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: message}
		}
	}
	tests := []struct {
		name      string
		options   mailtest.Options
		phase     Phase
		temporary bool
		lost      bool
		want      string
	}{
		{"sender", mailtest.Options{Mail: no(550, "who are you")}, PhaseMail, false, false,
			": mail: 550 5.1.1 who are you (the server refuses the sender: see digest.from and smtp.username)"},
		{"sequence", mailtest.Options{Mail: no(503, "nested MAIL")}, PhaseMail, true, false, ": mail: 503 5.1.1 nested MAIL"},
		{"recipient", mailtest.Options{Rcpt: no(550, "no such mailbox")}, PhaseRcpt, false, false, ": rcpt: 550 5.1.1 no such mailbox"},
		{"greylisting", mailtest.Options{Rcpt: no(451, "come back later")}, PhaseRcpt, true, false, ": rcpt: 451 4.1.1 come back later"},
		{"content", mailtest.Options{Dot: no(554, "smells\nof spam")}, PhaseDot, false, false, ": dot: 554 5.1.1 smells of spam"},
		{"full disk", mailtest.Options{Dot: no(452, "disk full")}, PhaseDot, true, false, ": dot: 452 4.1.1 disk full"},
		{"shutdown", mailtest.Options{Dot: no(421, "closing")}, PhaseDot, true, true, ": dot: 421 4.1.1 closing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := mailtest.Start(t, tt.options)
			s := dial(t, config(server))
			err := s.Send(t.Context(), from, to, []byte("Subject: 1\r\n\r\n1\r\n"), nil)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if e.Phase != tt.phase || e.Temporary != tt.temporary || e.Lost != tt.lost || e.Uncertain {
				t.Errorf("%+v", *e)
			}
			if want := fmt.Sprintf("smtp %s:%d%s", server.Host, server.Port, tt.want); err.Error() != want {
				t.Errorf("error %q\nwant  %q", err, want)
			}
			if e.Lost {
				s = dial(t, config(server))
			}
			if err := s.Send(t.Context(), from, to, []byte("Subject: 2\r\n\r\n2\r\n"), nil); err != nil {
				t.Fatalf("the next message: %v", err)
			}
			if got := server.Messages(); len(got) != 1 || !bytes.Contains(got[0].Data, []byte("Subject: 2")) {
				t.Errorf("accepted %d: %+v", len(got), got)
			}
		})
	}
}

// TestSendLost: a connection that breaks before the dot leaves nothing open,
// one that breaks after it leaves the message uncertain.
func TestSendLost(t *testing.T) {
	drop := func(string, int) error { return mailtest.ErrDrop }
	swallow := func(string, int) error { return mailtest.ErrSwallow }
	small, large := []byte("Subject: x\r\n\r\nx\r\n"), bytes.Repeat([]byte("large message\r\n"), 1<<20)
	tests := []struct {
		name      string
		options   mailtest.Options
		message   []byte
		uncertain bool
		accepted  int
	}{
		{"at MAIL", mailtest.Options{Mail: drop}, small, false, 0},
		{"at RCPT", mailtest.Options{Rcpt: drop}, small, false, 0},
		{"in the body", mailtest.Options{Body: drop}, large, false, 0},
		{"after the dot, not accepted", mailtest.Options{Dot: drop}, small, true, 0},
		{"after the dot, accepted", mailtest.Options{Dot: swallow}, small, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := mailtest.Start(t, tt.options)
			s := dial(t, config(server))
			intent := false
			err := s.Send(t.Context(), from, to, tt.message, func() error { intent = true; return nil })
			e, ok := errors.AsType[*Error](err)
			if !ok || !e.Lost || !e.Temporary || e.Uncertain != tt.uncertain || intent != tt.uncertain {
				t.Errorf("error %+v, intent written %v", err, intent)
			}
			if got := len(server.Messages()); got != tt.accepted {
				t.Errorf("%d messages accepted", got)
			}
			if err := s.Send(t.Context(), from, to, small, nil); err == nil {
				t.Error("a lost session sent a message")
			}
		})
	}
}

// TestSendNoIntent: if the intent can't be written, the server must not get the
// message, not even half of it.
func TestSendNoIntent(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := dial(t, config(server))
	full := errors.New("disk full")
	if err := s.Send(t.Context(), from, to, []byte("Subject: x\r\n\r\nx\r\n"), func() error { return full }); err != full {
		t.Errorf("error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	time.Sleep(20 * time.Millisecond) // the server reads what there is to read
	if got := server.Messages(); len(got) != 0 {
		t.Errorf("accepted without an intent: %+v", got)
	}
}

func TestSendTimeouts(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	wait := func(string, int) error { <-release; return nil }
	tests := []struct {
		name      string
		options   mailtest.Options
		timeouts  Timeouts
		uncertain bool
	}{
		{"reply to RCPT", mailtest.Options{Rcpt: wait}, Timeouts{Command: 50 * time.Millisecond}, false},
		{"reply to the dot", mailtest.Options{Dot: wait}, Timeouts{Dot: 50 * time.Millisecond}, true},
	}
	for _, tt := range tests {
		c := config(mailtest.Start(t, tt.options))
		c.Timeouts = tt.timeouts
		err := dial(t, c).Send(t.Context(), from, to, []byte("Subject: x\r\n\r\nx\r\n"), nil)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Uncertain != tt.uncertain || !e.Lost || !strings.Contains(err.Error(), "no answer in time") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestSendCancelled(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithCancel(t.Context())
	c := config(mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error { cancel(); <-release; return nil }}))
	err := dial(t, c).Send(ctx, from, to, []byte("Subject: x\r\n\r\nx\r\n"), nil)
	if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, context.Canceled) || e.Uncertain {
		t.Errorf("error %v", err)
	}
}

// TestSendCancelledAtDot: the reply that is on its way is still waited for.
func TestSendCancelledAtDot(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		cancel()
		time.Sleep(50 * time.Millisecond)
		return nil
	}})
	if err := dial(t, config(server)).Send(ctx, from, to, []byte("Subject: x\r\n\r\nx\r\n"), nil); err != nil {
		t.Errorf("a message that was accepted is an error: %v", err)
	}
	if got := len(server.Messages()); got != 1 {
		t.Errorf("%d messages accepted", got)
	}
}

func TestSendInjection(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := dial(t, config(server))
	for _, address := range []string{"a@b>\r\nRCPT TO:<c@d", "a b@c", "zoë@example.org", ""} {
		if err := s.Send(t.Context(), from, address, []byte("x"), nil); err == nil {
			t.Errorf("sent to %q", address)
		}
	}
	if err := s.Send(t.Context(), from, to, []byte("Subject: x\r\n\r\nx\r\n"), nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
