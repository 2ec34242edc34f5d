package mail

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Limits bound how a Pool uses its connections. A zero gives the value in the
// comment.
type Limits struct {
	Connections int           // at a time; 4
	Messages    int           // by one connection, after which it is closed; 1000, many servers allow 100
	Age         time.Duration // of a connection, after which it begins no other message; 5 min
	Idle        time.Duration // without a message, after which it is not used again; 30 s
}

func (l Limits) withDefaults() Limits {
	if l.Connections == 0 {
		l.Connections = 4
	}
	if l.Messages == 0 {
		l.Messages = 1000
	}
	if l.Age == 0 {
		l.Age = 5 * time.Minute
	}
	if l.Idle == 0 {
		l.Idle = 30 * time.Second
	}
	return l
}

// Pool keeps connections to one server: reused, closed with QUIT, and dialled
// anew when they are used up or lost. Any number of goroutines may use it.
type Pool struct {
	config Config
	limits Limits
	places chan struct{} // one for each connection in use

	mu     sync.Mutex
	idle   []*pooled // the last one put back is the last
	closed bool
}

// pooled is a session with its age.
type pooled struct {
	*Session
	born, used time.Time
	reused     bool
	groups     map[string]int // messages of each group that is limited
	worn       bool           // a group has had its messages
}

// NewPool makes a pool. It connects to c's server when a message is there.
func NewPool(c Config, l Limits) *Pool {
	l = l.withDefaults()
	return &Pool{config: c, limits: l, places: make(chan struct{}, l.Connections)}
}

// Stream does what Session.Stream does, over a connection of its own that was
// used before or, when there is a message, is dialled; with all in use it waits
// for one. A message for which there is no connection is settled with the error
// of Dial. It goes on over
// another connection when one's limits are reached, and when one was lost (the
// server said 421, closed it, did not answer) that was used before or had a
// message accepted in this call. Otherwise its error is the one of Dial or of
// Session.Stream: a server that takes nothing is to be left alone for a while,
// and how long is the caller's to know.
func (p *Pool) Stream(ctx context.Context, h Handler) error {
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var first *Envelope
	for {
		if first == nil {
			var err error
			if first, err = h.Next(ctx); first == nil || err != nil {
				return err
			}
		}
		s, err := p.get(ctx)
		if err != nil {
			h.Settle(first, err)
			return err
		}
		part := &portion{Handler: h, pool: p, session: s, first: first}
		err = s.Stream(ctx, part)
		p.put(s)
		first = part.first
		switch {
		case err == nil && part.full:
		case err != nil && s.lost && (part.accepted || s.reused) && !part.failed && ctx.Err() == nil:
		default:
			if first != nil { // was to go over the next connection
				h.Settle(first, s.fail(ctx, PhaseMail, net.ErrClosed))
			}
			return err
		}
	}
}

// Close says goodbye to the server on every connection that is not in use. One
// that is in use is closed when its Stream returns.
func (p *Pool) Close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, s := range idle {
		s.hangUp()
	}
}

// get gives an idle session that can be used, or a new one.
func (p *Pool) get(ctx context.Context) (*pooled, error) {
	for s := p.takeIdle(); s != nil; s = p.takeIdle() {
		if !p.spent(s) && time.Since(s.used) < p.limits.Idle && s.alive() {
			s.reused = true
			return s, nil
		}
		s.hangUp()
	}
	s, err := Dial(ctx, p.config)
	if err != nil {
		return nil, err
	}
	return &pooled{Session: s, born: time.Now()}, nil
}

func (p *Pool) takeIdle() *pooled {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	s := p.idle[last]
	p.idle = p.idle[:last]
	return s
}

func (p *Pool) put(s *pooled) {
	s.used = time.Now()
	p.mu.Lock()
	keep := !p.closed && !s.lost && !p.spent(s)
	if keep {
		p.idle = append(p.idle, s)
	}
	p.mu.Unlock()
	if !keep {
		s.hangUp()
	}
}

func (p *Pool) spent(s *pooled) bool {
	return s.worn || s.count >= p.limits.Messages || time.Since(s.born) >= p.limits.Age
}

// alive reports whether the server has neither closed the connection nor said
// anything (421) since the last reply.
func (s *pooled) alive() bool {
	s.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := s.client.Text.R.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// hangUp says QUIT. Every message has its reply already: how the connection
// ends changes nothing.
func (s *pooled) hangUp() { _ = s.Close() }

// portion is the part of a handler's messages that one session sends.
type portion struct {
	Handler
	pool     *Pool
	session  *pooled
	first    *Envelope // came from Handler already
	full     bool      // there may be more, but not for this session
	accepted bool      // the server took at least one
	failed   bool      // the handler did
}

func (p *portion) Next(ctx context.Context) (e *Envelope, err error) {
	if e, p.first = p.first, nil; e == nil {
		if p.full = p.pool.spent(p.session); p.full {
			return nil, nil
		}
		e, err = p.Handler.Next(ctx)
		p.failed = p.failed || err != nil && !errors.Is(err, ErrLater)
	}
	if e != nil && err == nil && !p.session.admits(e) {
		p.first, p.full = e, true
		return nil, nil
	}
	return e, err
}

// admits counts a message of a group, unless the connection has had its share of it.
// The connection is then done with, so that a new one can take the message.
func (s *pooled) admits(e *Envelope) bool {
	if e.GroupMax == 0 {
		return true
	}
	if s.groups == nil {
		s.groups = map[string]int{}
	}
	if s.groups[e.Group] >= e.GroupMax {
		s.worn = true
		return false
	}
	s.groups[e.Group]++
	return true
}

func (p *portion) Intend(ctx context.Context, e *Envelope) error {
	err := p.Handler.Intend(ctx, e)
	p.failed = p.failed || err != nil
	return err
}

func (p *portion) Settle(e *Envelope, err error) {
	p.accepted = p.accepted || err == nil
	p.Handler.Settle(e, err)
}
