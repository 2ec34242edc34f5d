package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// conversations answer plain requests on the connections of a listener without
// net/http, in which such an answer takes three times as long and an idle
// connection three times the memory. The first request of a connection that is not
// plain, or that no file answers, goes to net/http with the connection, byte for
// byte, which Accept gives.
type conversations struct {
	server   *Server
	listener net.Listener
	tls      *tls.Config // nil is none
	others   chan net.Conn
	closing  atomic.Bool
	ended    chan struct{} // closed when Accept has nothing to give any more

	mu      sync.Mutex
	open    map[net.Conn]bool // as the listener gave them
	talking sync.WaitGroup
}

func newConversations(s *Server, l net.Listener, t *tls.Config) *conversations {
	c := &conversations{
		server: s, listener: l, tls: t, others: make(chan net.Conn), ended: make(chan struct{}), open: map[net.Conn]bool{},
	}
	c.talking.Add(1) // run's
	return c
}

// run takes connections until the listener is closed.
func (c *conversations) run() error {
	defer c.talking.Done()
	var told time.Time
	for wait := time.Duration(0); ; {
		conn, err := c.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return http.ErrServerClosed
		}
		if err != nil { // no file descriptors, or a client that went away: it passes
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			if now := time.Now(); now.Sub(told) > time.Minute { // it may last, and be often
				told = now
				c.server.options.Log.Warn("clients wait: no connection can be taken; it is tried again each second", "error", err)
			}
			time.Sleep(wait)
			continue
		}
		wait = 0
		c.mu.Lock()
		c.open[conn] = true
		c.mu.Unlock()
		c.talking.Go(func() { c.talk(conn) })
	}
}

// shutdown takes no more connections, closes the idle ones and waits for the
// answers that are under way.
func (c *conversations) shutdown(ctx context.Context) {
	c.listener.Close()
	c.closing.Store(true)
	c.mu.Lock()
	for conn := range c.open {
		conn.SetReadDeadline(time.Unix(1, 0)) // wakes who waits for a request
	}
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		c.talking.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		c.mu.Lock()
		for conn := range c.open {
			conn.Close()
		}
		c.mu.Unlock()
	}
}

// Accept gives a connection that is for net/http: conversations are its listener.
func (c *conversations) Accept() (net.Conn, error) {
	select {
	case conn := <-c.others:
		return conn, nil
	case <-c.ended:
		return nil, net.ErrClosed
	}
}

// Close is called once, by http.Server.
func (c *conversations) Close() error {
	close(c.ended)
	return nil
}

// Addr is the listener's.
func (c *conversations) Addr() net.Addr { return c.listener.Addr() }

// handOver gives a connection to net/http with what was read of it. One of TLS of
// which nothing was read it gets as such, to speak what was agreed on.
func (c *conversations) handOver(conn net.Conn, read []byte) {
	conn.SetDeadline(time.Time{})
	if len(read) > 0 {
		conn = &replayed{conn, bytes.Clone(read)}
	}
	select {
	case c.others <- conn:
	case <-c.ended:
		conn.Close()
	}
}

// replayed is a connection of which something was read already.
type replayed struct {
	net.Conn
	read []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.read) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.read)
	if r.read = r.read[n:]; len(r.read) == 0 {
		r.read = nil
	}
	return n, nil
}

// CloseWrite lets net/http end an answer before it closes.
func (r *replayed) CloseWrite() error {
	if c, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
