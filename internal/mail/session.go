package mail

import (
	"context"
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
	caps   capabilities
	watch  *watch
	out    []byte // what is written next; used again and again

	dirty bool // a message was refused at its beginning: RSET before the next
	lost  bool
	count int // messages begun
}

// Send submits message, as Encoded.Append makes it, from the envelope sender
// from to the recipient to. When the server has all of the message, and only
// the final dot is to be sent, it calls beforeDot, which may be nil. If that
// fails, the dot is not sent, the server forgets the message, and Send returns
// its error as it is. Any other failure is an *Error: before the dot the
// message is not delivered, whatever happened; afterwards Uncertain tells.
//
// When ctx ends, Send returns soon with an *Error that wraps ctx's error.
func (s *Session) Send(ctx context.Context, from, to string, message []byte, beforeDot func() error) error {
	one := &single{envelope: &Envelope{From: from, To: to, Message: message}, intend: beforeDot}
	if err := s.Stream(ctx, one); err != nil && !one.settled {
		return err
	}
	return one.err
}

// single is the Handler of one message.
type single struct {
	envelope *Envelope
	intend   func() error
	given    bool
	settled  bool
	err      error
}

func (s *single) Next(context.Context) (*Envelope, error) {
	if s.given {
		return nil, nil
	}
	s.given = true
	return s.envelope, nil
}

func (s *single) Intend(context.Context, *Envelope) error {
	if s.intend == nil {
		return nil
	}
	return s.intend()
}

func (s *single) Settle(_ *Envelope, err error) { s.settled, s.err = true, err }

// fail makes the error of a step and ends the session if it can't go on.
func (s *Session) fail(ctx context.Context, phase Phase, err error) *Error {
	e := newError(s.config.address(), phase, interrupted(ctx, err))
	if r, ok := err.(*refusal); ok {
		e.Hint, e.Temporary, e.Lost = r.hint, false, false
	}
	switch {
	case e.Code == 503:
		// Bad sequence of commands: the server is behind with the message
		// before, and has not judged this one.
		e.Temporary = true
	case phase == PhaseMail && e.Code >= 500:
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
	s.guard(context.Background(), grace)
	// Every message has its reply already; a server that is gone is no loss.
	if _, err := s.write([]byte("QUIT\r\n")); err == nil {
		_ = s.reply(2)
	}
	s.watch.release()
	return s.conn.Close()
}

// guard bounds a step outside of Stream. The caller releases it.
func (s *Session) guard(ctx context.Context, limit time.Duration) (release func()) {
	s.watch = newWatch(ctx, s.conn)
	s.watch.step(limit, 0)
	return s.watch.release
}
