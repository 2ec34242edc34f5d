package mail

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Session is a connection over which messages go one after the other. It is
// for one goroutine.
type Session struct {
	config Config // with defaults
	conn   net.Conn
	stream net.Conn // conn, or TLS on it from the start
	client *smtp.Client

	open bool // a transaction was begun and refused: RSET before the next
	lost bool
}

// grace is how long, after its context ended, a session still waits for the
// reply to a dot: giving up at once would leave a delivery uncertain that a
// moment makes certain.
const grace = 5 * time.Second

// Send submits message, as Encoded.Append makes it, from the envelope sender
// from to the recipient to. When the server has all of the body, and only the
// final dot is to be sent, it calls beforeDot, which may be nil. If that fails,
// the dot is not sent, the server forgets the message, and Send returns its
// error as it is. Any other failure is an *Error: before the dot the message is
// not delivered, whatever happened; afterwards Uncertain tells.
//
// When ctx ends, Send returns soon with an *Error that wraps ctx's error.
func (s *Session) Send(ctx context.Context, from, to string, message []byte, beforeDot func() error) error {
	if phase, err := s.begin(ctx, from, to); err != nil {
		return s.fail(ctx, phase, err)
	}
	body, err := s.body(ctx, message)
	if err != nil {
		return s.fail(ctx, PhaseData, err)
	}
	if beforeDot != nil {
		if err := beforeDot(); err != nil {
			// The next command, even QUIT, would end the message and the server
			// deliver it: this session can't be used any more.
			s.abort()
			return err
		}
	}
	if err := s.dot(ctx, body); err != nil {
		e := s.fail(ctx, PhaseDot, err)
		e.Uncertain = e.Code == 0
		return e
	}
	return nil
}

// begin opens the transaction: RSET if it must be, MAIL, RCPT.
func (s *Session) begin(ctx context.Context, from, to string) (Phase, error) {
	if s.lost {
		return PhaseMail, net.ErrClosed
	}
	// Both stand in commands of one line.
	if !isASCIIWord(from) {
		return PhaseMail, &refusal{text: "the sender is no ASCII address", hint: "see digest.from"}
	}
	if !isASCIIWord(to) {
		return PhaseRcpt, &refusal{text: "the recipient is no ASCII address"}
	}
	if s.open {
		if err := s.command(ctx, 250, "RSET"); err != nil {
			return PhaseMail, err
		}
	}
	s.open = true
	if err := s.command(ctx, 250, "MAIL FROM:<"+from+">"); err != nil {
		return PhaseMail, err
	}
	return PhaseRcpt, s.command(ctx, 25, "RCPT TO:<"+to+">") // 251 and 252 are yes, too
}

func (s *Session) command(ctx context.Context, want int, line string) error {
	defer s.guard(ctx, s.config.Timeouts.Command, 0)()
	return s.exchange(want, line)
}

func (s *Session) exchange(want int, line string) error {
	if err := s.client.Text.PrintfLine("%s", line); err != nil {
		return err
	}
	_, _, err := s.client.Text.ReadResponse(want)
	return err
}

// body sends DATA and the message but for the final dot, which closing the
// writer sends. The flush shows now, and not after the dot, if the connection
// is gone.
func (s *Session) body(ctx context.Context, message []byte) (io.Closer, error) {
	release := s.guard(ctx, s.config.Timeouts.Data, 0)
	err := s.exchange(354, "DATA")
	release()
	if err != nil {
		return nil, err
	}
	defer s.guard(ctx, s.config.Timeouts.Body, 0)()
	w := s.client.Text.DotWriter()
	if _, err := w.Write(message); err != nil {
		return nil, err
	}
	return w, s.client.Text.W.Flush()
}

func (s *Session) dot(ctx context.Context, body io.Closer) error {
	defer s.guard(ctx, s.config.Timeouts.Dot, grace)()
	if err := body.Close(); err != nil {
		return err
	}
	s.open = false // whatever the reply, it ends the transaction
	_, _, err := s.client.Text.ReadResponse(2)
	return err
}

// fail makes the error of a step and ends the session if it can't go on.
func (s *Session) fail(ctx context.Context, phase Phase, err error) *Error {
	e := newError(s.config.address(), phase, interrupted(ctx, err))
	if r, ok := err.(*refusal); ok {
		e.Hint, e.Temporary, e.Lost = r.hint, false, false
	}
	if phase == PhaseMail && e.Code >= 500 {
		e.Hint = "the server refuses the sender: see digest.from and smtp.username"
	}
	if e.Lost {
		s.abort()
	}
	return e
}

// abort closes the connection without a word.
func (s *Session) abort() {
	s.lost = true
	s.conn.Close()
}

// Close says QUIT, if the session still lives, and closes the connection.
func (s *Session) Close() error {
	if s.lost {
		return nil
	}
	s.lost = true
	release := s.guard(context.Background(), grace, 0)
	// Every message has its reply already; a server that is gone is no loss.
	_ = s.exchange(221, "QUIT")
	release()
	return s.conn.Close()
}

// guard makes all reading and writing on the connection fail when limit has
// passed, and when patience has passed since ctx ended. The caller releases it
// when the step is done.
func (s *Session) guard(ctx context.Context, limit, patience time.Duration) (release func()) {
	timer := time.AfterFunc(limit, func() { s.conn.SetDeadline(time.Unix(1, 0)) })
	stop := context.AfterFunc(ctx, func() { timer.Reset(patience) })
	return func() {
		stop()
		timer.Stop()
	}
}
