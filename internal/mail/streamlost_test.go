package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestStreamLost: whatever ends the session, every message is settled once, and
// only one whose dot may have been read is uncertain.
func TestStreamLost(t *testing.T) {
	b := three[1]
	tests := []struct {
		name      string
		wire      int
		fault     mailtest.Fault
		large     bool
		phase     Phase
		uncertain bool
		accepted  int    // messages, at the server
		want      string // in the outcome
	}{
		{"MAIL", 0, mailtest.Fault{At: "MAIL", Drop: true}, false, PhaseMail, false, 0, "closed the connection"},
		{"RCPT", 0, mailtest.Fault{At: "RCPT", To: b, Drop: true}, false, PhaseRcpt, false, 1, "closed the connection"},
		{"RCPT", 1, mailtest.Fault{At: "RCPT", To: b, Drop: true}, false, PhaseRcpt, false, 1, "closed the connection"},
		{"421", 1, mailtest.Fault{At: "RCPT", To: b, Reply: "421 4.3.2 shutting down"}, false, PhaseRcpt, false, 1, "rcpt: 421 4.3.2 shutting down"},
		{"DATA", 1, mailtest.Fault{At: "DATA", To: b, Drop: true}, false, PhaseData, false, 1, "closed the connection"},
		{"body", 0, mailtest.Fault{At: "BODY", To: b, Drop: true}, true, PhaseData, false, 1, ""},
		{"body", 1, mailtest.Fault{At: "BODY", To: b, Drop: true}, true, PhaseData, false, 1, ""},
		{"chunk", 2, mailtest.Fault{At: "BDAT", To: b, Drop: true}, false, PhaseData, false, 1, "closed the connection"},
		{"dot, not accepted", 0, mailtest.Fault{At: ".", To: b, Drop: true}, false, PhaseDot, true, 1, "closed the connection"},
		{"dot, not accepted", 1, mailtest.Fault{At: ".", To: b, Drop: true}, false, PhaseDot, true, 1, ""},
		{"dot, accepted", 0, mailtest.Fault{At: ".", To: b, Drop: true, Accept: true}, false, PhaseDot, true, 2, "closed the connection"},
		{"dot, accepted", 1, mailtest.Fault{At: ".", To: b, Drop: true, Accept: true}, false, PhaseDot, true, 2, ""},
		{"last chunk, accepted", 2, mailtest.Fault{At: "LAST", To: b, Drop: true, Accept: true}, false, PhaseDot, true, 2, ""},
		{"421 to the dot", 1, mailtest.Fault{At: ".", To: b, Reply: "421 4.3.2 closing"}, false, PhaseDot, false, 1, "dot: 421 4.3.2 closing"},
		{"421 to the last chunk", 2, mailtest.Fault{At: "LAST", To: b, Reply: "421 4.3.2 closing"}, false, PhaseDot, false, 1, "dot: 421 4.3.2 closing"},
		{"garbage to the dot", 1, mailtest.Fault{At: ".", To: b, Reply: "ok, go on"}, false, PhaseDot, true, 1, "makes no sense: ok, go on"},
		{"two codes", 1, mailtest.Fault{At: ".", To: b, Reply: "250-queued\n251 elsewhere"}, false, PhaseDot, true, 2, "makes no sense"},
		{"354 to the dot", 0, mailtest.Fault{At: ".", To: b, Reply: "354 more"}, false, PhaseDot, true, 1, "354 makes no sense here"},
		{"garbage to RCPT", 1, mailtest.Fault{At: "RCPT", To: b, Reply: "\x00\xff"}, false, PhaseRcpt, false, 1, "makes no sense"},
		{"250 to DATA", 0, mailtest.Fault{At: "DATA", To: b, Reply: "250 done"}, false, PhaseData, false, 1, "250 makes no sense here"},
	}
	for _, tt := range tests {
		t.Run(wires[tt.wire].name+"/"+tt.name, func(t *testing.T) {
			server, c := faulty(t, wires[tt.wire].capabilities, tt.fault)
			h := newList(three...)
			if tt.large {
				h.message = func(string) []byte { return bytes.Repeat([]byte("large message\r\n"), 1<<20) }
			}
			s := dial(t, c)
			err := s.Stream(t.Context(), h)
			who := b
			if tt.fault.To == "" {
				who = three[0]
			}
			e := h.refusal(t, who)
			if err == nil || !e.Lost || !e.Temporary || e.Phase != tt.phase || e.Uncertain != tt.uncertain || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("stream %v, outcome %+v", err, *e)
			}
			if tt.want != "" && strings.Contains(tt.want, "421") != (e.Code == 421) {
				t.Errorf("code %d", e.Code)
			}
			if got := len(server.Messages()); got != tt.accepted {
				t.Errorf("%d messages accepted", got)
			}
			if next, begun := h.outcomes[three[2]]; begun { // it was pipelined with b's end
				if e, ok := errors.AsType[*Error](next); !ok || e.Uncertain || !e.Temporary || !e.Lost || !strings.Contains(e.Line, "not begun: ") {
					t.Errorf("the message after it: %v", next)
				}
			}
			if len(h.settled) != len(h.outcomes) || len(h.settled)+len(h.to) != 3 {
				t.Errorf("settled %v, not asked for %v", h.settled, h.to)
			}
			if err := s.Stream(t.Context(), newList(b)); err == nil {
				t.Error("a lost session sent a message")
			}
		})
	}
}

// TestStreamReasonOfDrop: what a server said before it hung up in the middle of
// the message is the reason, and final.
func TestStreamReasonOfDrop(t *testing.T) {
	_, c := faulty(t, []string{"PIPELINING"}, mailtest.Fault{At: "BODY", Reply: "552 5.3.4 too large", Drop: true})
	h := newList(three[0])
	h.message = func(string) []byte { return bytes.Repeat([]byte("large message\r\n"), 1<<20) }
	err := dial(t, c).Stream(t.Context(), h)
	e := h.refusal(t, three[0])
	if err == nil || e.Phase != PhaseData || e.Uncertain || !e.Lost || len(h.intended) != 0 {
		t.Errorf("stream %v, outcome %+v, intended %v", err, *e, h.intended)
	}
	if e.Code != 0 && e.Error() != fmt.Sprintf("smtp %s:%d: data: 552 5.3.4 too large", c.Host, c.Port) {
		t.Errorf("%v", e)
	}
}

// TestStreamDotNotSent: a dot that did not leave this machine, or whose
// connection the server had ended with a reply, leaves nothing uncertain.
func TestStreamDotNotSent(t *testing.T) {
	const open = "250 a\r\n250 b\r\n354 c\r\n"
	for _, tt := range []struct {
		left      int // octets of the dot's line
		replies   string
		uncertain bool
		code      int
	}{
		{0, open, false, 0},
		{0, open + "421 too slow\r\n", false, 421},
		{1, open, true, 0},
		{1, open + "421 too slow\r\n", false, 421},
		{3, open, true, 0},
		{3, open + "421 too slow\r\n", false, 421},
	} {
		conn := &played{Reader: strings.NewReader(tt.replies)}
		conn.fail = func(b []byte) int {
			if bytes.HasPrefix(b, []byte(".\r\n")) {
				return tt.left
			}
			return len(b)
		}
		s := playedSession(t, conn)
		s.caps.pipelining = true
		h := newList(three...)
		h.message = func(string) []byte { return []byte("Subject: x\r\n\r\nx\r\n") }
		err := s.Stream(t.Context(), h)
		e := h.refusal(t, three[0])
		if err == nil || e.Phase != PhaseDot || e.Uncertain != tt.uncertain || e.Code != tt.code || !e.Lost || !e.Temporary {
			t.Errorf("%d octets left, %q: %+v", tt.left, tt.replies, *e)
		}
		if e := h.refusal(t, three[1]); e.Uncertain || !e.Lost || len(h.settled) != 2 {
			t.Errorf("%d octets left, %q: next %+v", tt.left, tt.replies, *e)
		}
	}
}

// TestStreamReasonOfSilence: a server that refuses a message in its middle and
// stops reading is heard when the time for the body is over.
func TestStreamReasonOfSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { conn.Close() })
		io.WriteString(conn, "220 x\r\n250 x\r\n250 x\r\n250 x\r\n354 x\r\n552 5.3.4 too large\r\n")
	}()
	s := dial(t, Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Timeouts: Timeouts{Body: 50 * time.Millisecond}})
	h := newList(three[0])
	h.message = func(string) []byte { return bytes.Repeat([]byte("large message\r\n"), 1<<20) }
	err = s.Stream(t.Context(), h)
	if e := h.refusal(t, three[0]); err == nil || e.Reply() != "552 5.3.4 too large" || e.Temporary || e.Uncertain || !e.Lost || len(h.intended) != 0 {
		t.Errorf("stream %v, outcome %+v", err, *e)
	}
}

// TestStreamResetFails: go-mail tells an error of RSET as one of the delivered
// message before it. Here RSET follows refusals only, and its failure is the
// next message's, which was not begun.
func TestStreamResetFails(t *testing.T) {
	for _, wire := range wires {
		for _, reset := range []mailtest.Fault{{At: "RSET", Reply: "500 what?"}, {At: "RSET", Drop: true}, {At: "RSET", Reply: "421 bye"}} {
			server, c := faulty(t, wire.capabilities, mailtest.Fault{At: "RCPT", To: three[1], Reply: "550 no"}, reset)
			h := newList(three...)
			if err := dial(t, c).Stream(t.Context(), h); err == nil {
				t.Errorf("%s, %v: no error", wire.name, reset)
			}
			if h.outcomes[three[0]] != nil || h.refusal(t, three[1]).Code != 550 || h.refusal(t, three[1]).Lost {
				t.Errorf("%s, %v: %v", wire.name, reset, h.outcomes)
			}
			if e := h.refusal(t, three[2]); !e.Temporary || !e.Lost || e.Uncertain || len(server.Messages()) != 1 {
				t.Errorf("%s, %v: %+v", wire.name, reset, *e)
			}
		}
	}
}

// TestStreamCancelled: the reply to a dot is still waited for, nothing new is
// begun.
func TestStreamCancelled(t *testing.T) {
	for _, wire := range wires {
		server, c := faulty(t, wire.capabilities)
		ctx, cancel := context.WithCancel(t.Context())
		h := newList(three...)
		h.intend = func(string) error { cancel(); return nil }
		err := dial(t, c).Stream(ctx, h)
		if !errors.Is(err, context.Canceled) || h.outcomes[three[0]] != nil || len(server.Messages()) != 1 {
			t.Errorf("%s: error %v, outcomes %v", wire.name, err, h.outcomes)
		}
		for _, to := range h.settled[1:] {
			if e := h.refusal(t, to); e.Uncertain || !e.Temporary || !errors.Is(e, context.Canceled) {
				t.Errorf("%s: %s: %+v", wire.name, to, *e)
			}
		}
	}
}

// TestStreamTimeouts: time-outs and ends of the connection are temporary, with
// no code; go-mail's look permanent.
func TestStreamTimeouts(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for _, tt := range []struct {
		at        string
		timeouts  Timeouts
		uncertain bool
	}{
		{"RCPT", Timeouts{Command: 50 * time.Millisecond}, false},
		{"DATA", Timeouts{Data: 50 * time.Millisecond}, false},
		{".", Timeouts{Dot: 50 * time.Millisecond}, true},
	} {
		_, c := faulty(t, []string{"PIPELINING"}, mailtest.Fault{At: tt.at, Wait: release})
		s := dial(t, c)
		s.config.Timeouts = Config{Timeouts: tt.timeouts}.withDefaults().Timeouts
		h := newList(three[0])
		err := s.Stream(t.Context(), h)
		if e := h.refusal(t, three[0]); err == nil || !e.Temporary || e.Code != 0 || !e.Lost || e.Uncertain != tt.uncertain || e.Line != "no answer in time" {
			t.Errorf("%s: %+v", tt.at, *e)
		}
	}
}
