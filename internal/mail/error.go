package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"
)

// Phase is a step of the dialogue with the server.
type Phase string

// The phases in their order.
const (
	PhaseConnect Phase = "connect" // TCP, greeting, EHLO
	PhaseTLS     Phase = "tls"
	PhaseAuth    Phase = "auth"
	PhaseMail    Phase = "mail" // MAIL FROM: the server judges the sender
	PhaseRcpt    Phase = "rcpt" // RCPT TO: the server judges the recipient
	PhaseData    Phase = "data" // DATA or BDAT and the message's body
	PhaseDot     Phase = "dot"  // the final dot, or the last BDAT, and the reply to it
)

// Error is any failure of Dial, Session.Stream and Session.Send that comes from the server or
// the network. Its text is one line for the person who runs newsdesk, with the
// setting to look at.
type Error struct {
	Server    string // "127.0.0.1:2525"
	Phase     Phase
	Code      int    // the server's reply code (RFC 5321, 4.2); 0 if it gave none
	Enhanced  string // "5.1.1" (RFC 3463), or ""
	Line      string // the reply after both codes, or what went wrong without a reply; one line
	Hint      string // what to do, or ""
	Temporary bool   // the same may work later
	Lost      bool   // the session is over: Dial again
	Uncertain bool   // the dot may have been read: only the server knows if it has the message
	Err       error  // the cause, if it was not a reply
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "smtp %s: %s: %s", e.Server, e.Phase, e.Reply())
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	return b.String()
}

// Reply gives the reply as the server sent it, "550 5.1.1 no such mailbox", or
// Line if it sent none.
func (e *Error) Reply() string {
	s := e.Line
	if e.Enhanced != "" {
		s = e.Enhanced + " " + s
	}
	if e.Code != 0 {
		s = fmt.Sprintf("%d %s", e.Code, s)
	}
	return strings.TrimSpace(s)
}

// Unwrap gives the cause: context.Canceled, a *net.OpError, an error of
// crypto/tls; nil if the server refused with a reply.
func (e *Error) Unwrap() error { return e.Err }

// maxLine bounds how much of a server's talk goes into errors and the ledger.
const maxLine = 300

// newError makes an Error of what a step returned.
func newError(server string, phase Phase, err error) *Error {
	e := &Error{Server: server, Phase: phase}
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 400 || reply.Code > 599 {
		// No reply, or one that makes no sense here: nothing more can be said
		// on this connection.
		e.Err, e.Line, e.Temporary, e.Lost = err, cause(err), true, true
		return e
	}
	e.Code = reply.Code
	e.Enhanced, e.Line = splitReply(reply.Msg)
	e.Temporary = reply.Code < 500
	e.Lost = reply.Code == 421 // the server closes (RFC 5321, 3.8)
	return e
}

// interrupted gives the reason for which a step failed: the end of ctx, which
// shows as a time-out of the connection, unless the server's reply came first.
func interrupted(ctx context.Context, err error) error {
	if _, replied := errors.AsType[*textproto.Error](err); ctx.Err() != nil && !replied {
		return ctx.Err()
	}
	return err
}

// splitReply takes the enhanced status code, which a reply of several lines
// has on each of them (RFC 2034, 4), off the front of the text.
func splitReply(msg string) (enhanced, text string) {
	var lines []string
	for line := range strings.Lines(msg) {
		code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if isEnhanced(code) {
			enhanced, line = code, rest
		}
		lines = append(lines, line)
	}
	return enhanced, OneLine(strings.Join(lines, " "))
}

// isEnhanced reports whether s has the shape of RFC 3463: class.subject.detail.
func isEnhanced(s string) bool {
	return len(s) >= 5 && len(s) <= 9 && strings.ContainsAny(s[:1], "245") && s[1] == '.' &&
		strings.Count(s, ".") == 2 && s[len(s)-1] != '.' && strings.Trim(s, "0123456789.") == ""
}

// OneLine makes what a server says, which may be anything and of several lines, one
// line of about 300 octets at most that a terminal shows harmlessly: control
// characters, U+009B included, and those that turn the direction of text (U+202E)
// become blanks.
func OneLine(s string) string {
	s = strings.ToValidUTF8(s, "?")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + "…"
	}
	return s
}
