package mail

import (
	"context"
	"errors"
	"net"
)

// Envelope is a message on its way to one recipient. It is the session's from
// Handler.Next until Handler.Settle; two at most are in its hands.
type Envelope struct {
	From, To string // addresses without angle brackets; other scripts than ASCII need a server with SMTPUTF8
	Message  []byte // as Encoded.Append makes it: every line ends in CRLF

	// A Pool sends no more than GroupMax messages of one Group, a recipients'
	// domain, over one connection; with 0 it does not count them.
	Group    string
	GroupMax int
}

// Handler gives messages to a session and learns what becomes of them. One
// session's calls come one after the other, from the goroutine that called
// Stream.
type Handler interface {
	// Next gives the next message, or nil if there is no more for this session.
	// It is called while the server waits for another message's final dot, so
	// it should not take long; who has to wait (for a rate limit) while a
	// message is not settled returns ErrLater. An error ends Stream after the
	// message in hand.
	Next(ctx context.Context) (*Envelope, error)

	// Intend is called when the server has all of the message but its final
	// dot, and returns when it is durably known that the dot may be sent. After
	// an error the dot is not sent, and no part of the message is delivered.
	Intend(ctx context.Context, e *Envelope) error

	// Settle tells the outcome of a message, once for each that Next gave: nil
	// if the server accepted it; an *Error, whose Uncertain tells the one case
	// in which it may have been accepted nevertheless; or Intend's error.
	Settle(e *Envelope, err error)
}

// ErrLater from Handler.Next asks the session to finish the message in hand
// first and to call Next again then.
var ErrLater = errors.New("mail: finish the message in hand first")

// Stream sends what h.Next gives, one message after another, until Next gives
// nil; Stream can be called again then. With a server that knows PIPELINING
// (RFC 2920) the final dot and the next message's MAIL, RCPT and DATA are one
// write, so that a message takes one round trip. If it knows CHUNKING, too
// (RFC 3030), the next message itself but its last line is in that write.
//
// A refused message is told to h.Settle alone and the stream goes on. Stream's
// error is the one of Next or Intend, or the *Error, Lost, that ended the
// session; every message that Next gave is settled before Stream returns. When
// ctx ends, Stream cuts the connection unless it waits for the reply to a dot,
// for which it has a few seconds of patience.
func (s *Session) Stream(ctx context.Context, h Handler) error {
	if s.lost {
		return s.fail(ctx, PhaseMail, net.ErrClosed)
	}
	s.watch = newWatch(ctx, s.conn)
	defer s.watch.release()
	t := &stream{Session: s, ctx: ctx, handler: h}
	return t.run()
}

// stream is one call of Session.Stream.
type stream struct {
	*Session
	ctx     context.Context
	handler Handler
	open    *transfer // the server waits for the rest of it
	next    *transfer
	last    bool  // Next gave its last message
	nextErr error // or an error
}

func (t *stream) run() error {
	for {
		if e := t.body(); e != nil {
			return t.lose(e)
		}
		t.fetch()
		if t.open == nil && t.next == nil {
			return t.nextErr
		}
		if err := t.intend(); err != nil {
			return err
		}
		if e := t.exchange(); e != nil {
			return t.lose(e)
		}
	}
}

// fetch gets the next message that this server can take.
func (t *stream) fetch() {
	for t.next == nil && !t.last {
		e, err := t.handler.Next(t.ctx)
		if errors.Is(err, ErrLater) && t.open != nil {
			return
		}
		if e == nil || err != nil {
			t.last, t.nextErr = true, err
			return
		}
		t.count++
		t.next = &transfer{e, shapeOf(e.Message)}
		if phase, err := t.acceptable(t.next); err != nil {
			t.settle(&t.next, t.fail(t.ctx, phase, err))
		}
	}
}

// intend asks whether the open message may be ended. If not, the connection can
// only be cut: the next command, even QUIT, would be part of the message.
func (t *stream) intend() error {
	if t.open == nil {
		return nil
	}
	if err := t.ctx.Err(); err != nil {
		return t.lose(t.fail(t.ctx, PhaseData, err))
	}
	err := t.handler.Intend(t.ctx, t.open.Envelope)
	if err != nil {
		t.settle(&t.open, err)
		t.lose(t.fail(t.ctx, PhaseData, net.ErrClosed))
	}
	return err
}

// exchange ends the open message, begins the next one and reads the replies.
// Its error ends the session.
func (t *stream) exchange() *Error {
	steps := t.steps()
	t.out = t.appendEnd(t.out[:0], t.open)
	end := len(t.out)
	if t.caps.pipelining && t.next != nil {
		for _, step := range steps {
			t.out = t.appendStep(t.out, step, t.next)
		}
	}
	if e := t.writeGroup(end); e != nil {
		return e
	}
	if e := t.dotReply(); e != nil || t.next == nil {
		return e
	}
	refused, lost := t.begin(steps)
	if refused != nil {
		t.settle(&t.next, refused)
	}
	t.open, t.next = t.next, nil
	return lost
}

// dotReply reads what the server says to the whole of the open message.
func (t *stream) dotReply() *Error {
	if t.open == nil {
		return nil
	}
	t.watch.step(t.config.Timeouts.Dot, grace)
	err := t.reply(2)
	if err == nil {
		t.settle(&t.open, nil)
		return nil
	}
	e := t.fail(t.ctx, PhaseDot, err)
	e.Uncertain = e.Code == 0
	t.settle(&t.open, e)
	if !e.Lost {
		return nil
	}
	return e
}

func (t *stream) settle(which **transfer, err error) {
	e := (*which).Envelope
	*which = nil
	t.handler.Settle(e, err)
}

// lose settles what is left after e, which ended the session.
func (t *stream) lose(e *Error) error {
	if t.open != nil {
		t.settle(&t.open, e)
	}
	if t.next != nil {
		t.settle(&t.next, &Error{Server: e.Server, Phase: PhaseMail, Temporary: true, Lost: true, Err: e.Err,
			Line: "not begun: " + e.Reply()})
	}
	return e
}
