package mail

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// wires are the three ways in which a message goes over the wire.
var wires = []struct {
	name         string
	capabilities []string
}{
	{"one command at a time", nil},
	{"pipelined", []string{"PIPELINING", "SIZE 100000000", "8BITMIME"}},
	{"chunks", []string{"PIPELINING", "CHUNKING", "SIZE"}},
}

// list is a Handler that sends to a list of recipients and keeps what it is
// told.
type list struct {
	to       []string
	message  func(to string) []byte
	intend   func(to string) error
	intended []string
	outcomes map[string]error
	settled  []string
}

func newList(to ...string) *list { return &list{to: to, outcomes: map[string]error{}} }

func (l *list) Next(context.Context) (*Envelope, error) {
	if len(l.to) == 0 {
		return nil, nil
	}
	e := &Envelope{From: from, To: l.to[0], Message: []byte("Subject: to " + l.to[0] + "\r\n\r\n.a line\r\n..\r\n")}
	if l.message != nil {
		e.Message = l.message(e.To)
	}
	l.to = l.to[1:]
	return e, nil
}

func (l *list) Intend(_ context.Context, e *Envelope) error {
	if l.intend != nil {
		if err := l.intend(e.To); err != nil {
			return err
		}
	}
	l.intended = append(l.intended, e.To)
	return nil
}

func (l *list) Settle(e *Envelope, err error) {
	l.settled = append(l.settled, e.To)
	l.outcomes[e.To] = err
}

func (l *list) refusal(t *testing.T, to string) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](l.outcomes[to])
	if !ok {
		t.Fatalf("the outcome of %s is %v", to, l.outcomes[to])
	}
	return e
}

func faulty(t *testing.T, capabilities []string, faults ...mailtest.Fault) (*mailtest.Faulty, Config) {
	server := (&mailtest.Faulty{Capabilities: capabilities, Faults: faults}).Start(t)
	return server, Config{Host: server.Host, Port: server.Port}
}

func recipients(messages []mailtest.Message) (to []string) {
	for _, m := range messages {
		to = append(to, m.To)
	}
	return to
}

var three = []string{"a@example.org", "b@example.org", "c@example.org"}

// many gives n recipients.
func many(n int) (to []string) {
	for i := range n {
		to = append(to, strings.Repeat("x", i+1)+"@example.org")
	}
	return to
}

// TestStream: every message arrives as it was, and no command is sent that is
// not needed; go-mail's client sends NOOP before and RSET after each message.
func TestStream(t *testing.T) {
	want := map[string]string{
		"one command at a time": "EHLO MAIL RCPT DATA . MAIL RCPT DATA . MAIL RCPT DATA . QUIT",
		"pipelined":             "EHLO MAIL RCPT DATA . MAIL RCPT DATA . MAIL RCPT DATA . QUIT",
		"chunks":                "EHLO MAIL RCPT BDAT BDAT MAIL RCPT BDAT BDAT MAIL RCPT BDAT BDAT QUIT",
	}
	for _, wire := range wires {
		for _, split := range []bool{false, true} {
			server, c := faulty(t, wire.capabilities, mailtest.Fault{At: "EHLO", Split: split}, mailtest.Fault{At: ".", Split: split}, mailtest.Fault{At: "MAIL", Split: split})
			s, h := dial(t, c), newList(three...)
			if err := s.Stream(t.Context(), h); err != nil {
				t.Fatalf("%s: %v", wire.name, err)
			}
			s.Close()
			got := server.Messages()
			if !slices.Equal(recipients(got), three) || !slices.Equal(h.intended, three) || !slices.Equal(h.settled, three) {
				t.Errorf("%s: accepted for %v, intended %v, settled %v", wire.name, recipients(got), h.intended, h.settled)
			}
			for _, m := range got {
				if h.outcomes[m.To] != nil || m.From != from || string(m.Data) != "Subject: to "+m.To+"\r\n\r\n.a line\r\n..\r\n" {
					t.Errorf("%s: outcome %v of %q", wire.name, h.outcomes[m.To], m.Data)
				}
			}
			var verbs []string
			for _, line := range server.Commands() {
				verbs = append(verbs, strings.Fields(line)[0])
			}
			if got := strings.Join(verbs, " "); got != want[wire.name] {
				t.Errorf("%s: commands\n%s\nwant\n%s", wire.name, got, want[wire.name])
			}
			if early := server.Early(); len(early) > 0 {
				t.Errorf("%s: did not wait for a reply before %q", wire.name, early)
			}
		}
	}
}

// TestStreamOneRoundTrip: the server does not reply to a message's end before
// it has seen the next message's beginning.
func TestStreamOneRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		capabilities []string
		at, until    string
	}{
		{[]string{"PIPELINING"}, ".", "DATA"},
		{[]string{"PIPELINING", "CHUNKING"}, "LAST", "Subject: to b@"}, // even the message itself
	} {
		server, c := faulty(t, tt.capabilities, mailtest.Fault{At: tt.at, To: three[0], Until: tt.until, Drop: true})
		c.Timeouts.Dot = 10 * time.Second
		h := newList(three...)
		err := dial(t, c).Stream(t.Context(), h)
		if e := h.refusal(t, three[0]); err == nil || strings.Contains(err.Error(), "in time") || !e.Uncertain {
			t.Errorf("%s: %v after %q", tt.at, err, server.Commands())
		}
	}
}

// TestStreamRefused: a refusal is about one message; the ones around it arrive.
func TestStreamRefused(t *testing.T) {
	b := three[1]
	tests := []struct {
		fault  mailtest.Fault
		wire   string // "": all
		phase  Phase
		want   string // of the reply
		intent bool
	}{
		{mailtest.Fault{At: "RCPT", Reply: "550 5.1.1 no such mailbox"}, "", PhaseRcpt, "550 5.1.1 no such mailbox", false},
		{mailtest.Fault{At: "RCPT", Reply: "450-4.2.0 come\n450-4.2.0 back later"}, "", PhaseRcpt, "450 4.2.0 come back later", false},
		{mailtest.Fault{At: "DATA", Reply: "451 4.3.0 not now"}, "one command at a time", PhaseData, "451 4.3.0 not now", false},
		{mailtest.Fault{At: "DATA", Reply: "451 4.3.0 not now"}, "pipelined", PhaseData, "451 4.3.0 not now", false},
		{mailtest.Fault{At: "BDAT", Reply: "452 4.3.1 disk full"}, "chunks", PhaseData, "452 4.3.1 disk full", false},
		{mailtest.Fault{At: ".", Reply: "554-smells\n554 of spam"}, "one command at a time", PhaseDot, "554 smells of spam", true},
		{mailtest.Fault{At: ".", Reply: "554-5.7.1 smells\n554-5.7.1 of spam"}, "pipelined", PhaseDot, "554 5.7.1 smells of spam", true},
		{mailtest.Fault{At: "LAST", Reply: "452 disk full"}, "chunks", PhaseDot, "452 disk full", true},
	}
	for _, tt := range tests {
		for _, wire := range wires {
			if tt.wire != "" && tt.wire != wire.name {
				continue
			}
			tt.fault.To = b
			server, c := faulty(t, wire.capabilities, tt.fault)
			h := newList(three...)
			if err := dial(t, c).Stream(t.Context(), h); err != nil {
				t.Errorf("%s, %v: %v", wire.name, tt.fault, err)
				continue
			}
			e := h.refusal(t, b)
			if e.Phase != tt.phase || e.Reply() != tt.want || e.Temporary != (tt.want[0] == '4') || e.Lost || e.Uncertain {
				t.Errorf("%s, %v: %+v", wire.name, tt.fault, *e)
			}
			if got := recipients(server.Messages()); !slices.Equal(got, []string{three[0], three[2]}) || h.outcomes[three[0]] != nil || h.outcomes[three[2]] != nil {
				t.Errorf("%s, %v: accepted for %v, outcomes %v", wire.name, tt.fault, got, h.outcomes)
			}
			if slices.Contains(h.intended, b) != tt.intent {
				t.Errorf("%s, %v: intended %v", wire.name, tt.fault, h.intended)
			}
		}
	}
}

// TestStreamNoRecipient: a server that asks for the message although it refused
// the recipient (RFC 2920, 3.1) gets a lone dot, and whatever it replies nobody
// gets a mail.
func TestStreamNoRecipient(t *testing.T) {
	b := three[1]
	for _, reply := range []string{"554 5.5.1 no valid recipients", "250 2.0.0 queued for nobody"} {
		server, c := faulty(t, []string{"PIPELINING"},
			mailtest.Fault{At: "RCPT", To: b, Reply: "550 5.1.1 no such mailbox"},
			mailtest.Fault{At: "DATA", To: b, Reply: "354 nevertheless"},
			mailtest.Fault{At: ".", To: b, Reply: reply})
		h := newList(three...)
		if err := dial(t, c).Stream(t.Context(), h); err != nil {
			t.Errorf("%s: %v", reply, err)
		}
		if e := h.refusal(t, b); e.Phase != PhaseRcpt || e.Code != 550 {
			t.Errorf("%s: %v", reply, e)
		}
		if got := recipients(server.Messages()); !slices.Equal(got, []string{three[0], three[2]}) {
			t.Errorf("%s: accepted for %v, commands %q", reply, got, server.Commands())
		}
	}
}

// TestStreamWrongWay: a server that refuses the sender, but takes the recipient
// and asks for the message would deliver an empty one to somebody.
func TestStreamWrongWay(t *testing.T) {
	server, c := faulty(t, []string{"PIPELINING"},
		mailtest.Fault{At: "MAIL", Reply: "550 5.1.8 who are you"},
		mailtest.Fault{At: "RCPT", Reply: "250 ok"}, mailtest.Fault{At: "DATA", Reply: "354 go ahead"})
	h := newList(three...)
	if err := dial(t, c).Stream(t.Context(), h); err == nil || len(server.Messages()) != 0 {
		t.Errorf("error %v, accepted %v", err, server.Messages())
	}
	if e := h.refusal(t, three[0]); e.Code != 550 || e.Phase != PhaseMail || e.Uncertain {
		t.Errorf("%+v", *e)
	}
}

// TestStreamNoIntent: without its intent nothing of a message is accepted,
// although the server has all of it, and the one before it is.
func TestStreamNoIntent(t *testing.T) {
	for _, wire := range wires {
		server, c := faulty(t, wire.capabilities)
		full := errors.New("disk full")
		h := newList(three...)
		h.intend = func(to string) error {
			if to == three[1] {
				return full
			}
			return nil
		}
		s := dial(t, c)
		if err := s.Stream(t.Context(), h); err != full || h.outcomes[three[1]] != full {
			t.Errorf("%s: error %v, outcomes %v", wire.name, err, h.outcomes)
		}
		s.Close()
		if e := h.refusal(t, three[2]); !e.Lost || !e.Temporary || e.Uncertain {
			t.Errorf("%s: the next one: %+v", wire.name, *e)
		}
		if got := recipients(server.Messages()); !slices.Equal(got, three[:1]) {
			t.Errorf("%s: accepted for %v", wire.name, got)
		}
	}
}

// feed is a Handler whose Next is a function.
type feed struct {
	*list
	next func() (*Envelope, error)
}

func (f *feed) Next(context.Context) (*Envelope, error) { return f.next() }

// TestStreamNextFails: a message that can't be made does not take with it the
// one that is under way.
func TestStreamNextFails(t *testing.T) {
	for _, wire := range wires {
		server, c := faulty(t, wire.capabilities)
		broken := errors.New("template")
		h := &feed{list: newList(three[0])}
		h.next = func() (*Envelope, error) {
			if e, _ := h.list.Next(t.Context()); e != nil {
				return e, nil
			}
			return nil, broken
		}
		s := dial(t, c)
		if err := s.Stream(t.Context(), h); err != broken || h.outcomes[three[0]] != nil || len(server.Messages()) != 1 {
			t.Errorf("%s: error %v, outcomes %v", wire.name, err, h.outcomes)
		}
		if err := s.Stream(t.Context(), newList(three[1])); err != nil || len(server.Messages()) != 2 {
			t.Errorf("%s: the session is of no use any more: %v", wire.name, err)
		}
	}
}

// TestStreamLater: a handler that has to wait gets the open message out of the
// way first.
func TestStreamLater(t *testing.T) {
	for _, wire := range wires {
		server, c := faulty(t, wire.capabilities)
		h := &feed{list: newList(three...)}
		h.next = func() (*Envelope, error) {
			if given := 3 - len(h.to); given > len(h.settled) {
				return nil, ErrLater
			}
			return h.list.Next(t.Context())
		}
		if err := dial(t, c).Stream(t.Context(), h); err != nil || !slices.Equal(recipients(server.Messages()), three) {
			t.Errorf("%s: %v, accepted %v", wire.name, err, recipients(server.Messages()))
		}
	}
}
