package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"time"
)

// transfer is an envelope and what it means on the wire.
type transfer struct {
	*Envelope
	shape
}

// step is a command that begins a message.
type step struct {
	verb  string
	phase Phase // of its refusal
	want  int   // first digit of the reply
}

var (
	dataSteps  = []step{{"RSET", PhaseMail, 2}, {"MAIL", PhaseMail, 2}, {"RCPT", PhaseRcpt, 2}, {"DATA", PhaseData, 3}}
	chunkSteps = []step{{"RSET", PhaseMail, 2}, {"MAIL", PhaseMail, 2}, {"RCPT", PhaseRcpt, 2}, {"BDAT", PhaseData, 2}}
)

// steps gives the commands for the next message. RSET is among them only after
// a refusal: a message with a reply to its dot left no transaction behind.
func (s *Session) steps() []step {
	steps := dataSteps
	if s.caps.chunking {
		steps = chunkSteps
	}
	if !s.dirty {
		return steps[1:]
	}
	return steps
}

func (s *Session) appendStep(b []byte, step step, t *transfer) []byte {
	switch step.verb {
	case "MAIL":
		b = s.appendMail(b, t)
	case "RCPT":
		b = append(append(append(b, "RCPT TO:<"...), t.To...), '>')
	case "BDAT": // all but the last CRLF, which goes with LAST
		b = strconv.AppendInt(append(b, "BDAT "...), int64(len(t.Message)-2), 10)
		return append(append(b, "\r\n"...), t.Message[:len(t.Message)-2]...)
	default:
		b = append(b, step.verb...)
	}
	return append(b, "\r\n"...)
}

func (s *Session) appendMail(b []byte, t *transfer) []byte {
	b = append(append(append(b, "MAIL FROM:<"...), t.From...), '>')
	if s.caps.size {
		b = strconv.AppendInt(append(b, " SIZE="...), int64(len(t.Message)), 10)
	}
	if t.eightBit {
		b = append(b, " BODY=8BITMIME"...)
	}
	if !isASCII([]byte(t.From)) || !isASCII([]byte(t.To)) {
		b = append(b, " SMTPUTF8"...)
	}
	return b
}

// appendEnd appends what makes the server responsible for the open message.
func (s *Session) appendEnd(b []byte, open *transfer) []byte {
	switch {
	case open == nil:
		return b
	case s.caps.chunking:
		return append(b, "BDAT 2 LAST\r\n\r\n"...)
	}
	return append(b, ".\r\n"...) // the message ends in CRLF
}

// body writes the open message but for its end. With CHUNKING that is done
// already.
func (t *stream) body() *Error {
	if t.open == nil || t.caps.chunking {
		return nil
	}
	message := t.open.Message
	if t.open.dots {
		t.out = appendStuffed(t.out[:0], message)
		message = t.out
	}
	t.watch.step(t.config.Timeouts.Body, 0)
	if _, err := t.write(message); err != nil {
		e := t.fail(t.ctx, PhaseData, t.reason(err))
		e.Lost = true
		t.abort()
		return e
	}
	return nil
}

// writeGroup writes t.out, whose first octets up to end are the open message's
// end. An error that came later shows when the replies are read.
func (t *stream) writeGroup(end int) *Error {
	phase, limit, patience := PhaseMail, t.config.Timeouts.Command, time.Duration(0)
	if t.open != nil {
		phase, limit, patience = PhaseDot, t.config.Timeouts.Dot, grace
	} else if t.caps.chunking {
		limit = t.config.Timeouts.Body
	}
	t.watch.step(limit, patience)
	n, err := t.write(t.out)
	if err == nil || n > 0 && n >= end {
		return nil
	}
	e := t.fail(t.ctx, phase, t.reason(err))
	e.Uncertain = t.open != nil && n > 0 && e.Code == 0
	e.Lost = true
	t.abort()
	return e
}

// begin reads the replies to steps, and sends them if they were not pipelined.
// What refuses the message is not what ends the session; lost is.
func (t *stream) begin(steps []step) (refused, lost *Error) {
	recipient := false
	for _, step := range steps {
		err := t.take(step)
		switch {
		case err == nil && step.verb == "RCPT":
			recipient = true
		case err == nil && step.verb == "DATA" && refused != nil:
			return refused, t.nothing(recipient)
		case err == nil && step.verb == "RSET":
			t.dirty = false
		}
		if err == nil {
			continue
		}
		e := t.fail(t.ctx, step.phase, err)
		if step.verb == "RSET" && !e.Lost {
			e.Lost, e.Temporary = true, true
			t.abort()
		}
		if refused == nil {
			refused = e
		}
		if e.Lost {
			return refused, e
		}
		t.dirty = true
		if !t.caps.pipelining {
			break
		}
	}
	return refused, nil
}

// take does one step: sends it, if it is not sent, and reads the reply.
func (t *stream) take(step step) error {
	limit := t.config.Timeouts.Command
	if step.phase == PhaseData {
		limit = t.config.Timeouts.Data
	}
	t.watch.step(limit, 0)
	if !t.caps.pipelining {
		t.out = t.appendStep(t.out[:0], step, t.next)
		if _, err := t.write(t.out); err != nil {
			return t.reason(err)
		}
	}
	return t.reply(step.want)
}

// nothing ends a message that the server asks for although it refused the
// recipient: a lone dot (RFC 2920, 3.1). Nobody gets it, whatever the reply. If
// the server took the recipient and refused something else, somebody would get
// it, and only the end of the connection is safe.
func (t *stream) nothing(recipient bool) *Error {
	if recipient {
		return t.fail(t.ctx, PhaseData, textproto.ProtocolError("the server wants a message that it refused"))
	}
	t.watch.step(t.config.Timeouts.Dot, 0)
	_, err := t.write([]byte(".\r\n"))
	if err == nil {
		err = t.reply(2)
	}
	if _, replied := errors.AsType[*textproto.Error](err); err == nil || replied {
		return nil
	}
	return t.fail(t.ctx, PhaseData, err)
}

// write writes b at once and tells how much of it left.
func (s *Session) write(b []byte) (n int, err error) {
	w := s.client.Text.W
	if n, err = w.Write(b); err == nil {
		err = w.Flush()
		n -= w.Buffered()
	}
	return n, err
}

// reply reads a reply whose code must begin with the digit want. A refusal is a
// *textproto.Error.
func (s *Session) reply(want int) error {
	code, text, err := readReply(s.client.Text.R)
	switch {
	case err != nil:
		return err
	case code/100 == want:
		return nil
	case code >= 400:
		return &textproto.Error{Code: code, Msg: text}
	}
	return textproto.ProtocolError(fmt.Sprintf("the server's reply %d makes no sense here", code))
}

// reason gives the reply that a server sent before it closed the connection on
// us or stopped reading, if there is one, or else err, with which a write failed.
func (s *Session) reason(err error) error {
	s.watch.step(time.Second, 0)
	if said, ok := errors.AsType[*textproto.Error](s.reply(0)); ok {
		return said
	}
	return err
}
