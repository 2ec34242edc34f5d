package web

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// greet shakes hands on conn, within headerTimeout, and reports whether the
// connection is one for a conversation. One that is to speak HTTP/2 is net/http's,
// and one whose handshake failed: it tells the log, and a client that speaks no TLS.
func (c *conversations) greet(conn net.Conn) (t *tls.Conn, lower *corked, plain bool) {
	lower = &corked{Conn: conn}
	t = tls.Server(lower, c.tls)
	now := time.Now()
	conn.SetReadDeadline(now.Add(headerTimeout))
	conn.SetWriteDeadline(now.Add(writeTimeout))
	if c.closing.Load() { // after the deadline is set, so that shutdown's is the last
		return t, lower, false
	}
	err := t.HandshakeContext(context.Background())
	return t, lower, err == nil && t.ConnectionState().NegotiatedProtocol != "h2"
}

// corked is what TLS writes to. crypto/tls writes each record by itself, of which a
// large answer has dozens: they grow from 1.4 KB to 16. While there is a cork, they
// are sent together. Only who writes to the TLS connection may set it.
type corked struct {
	net.Conn
	cork *[]byte // what is not sent yet; nil is that all is sent at once
}

// corkSize is how much is held at most. A slow client holds it while it reads.
const corkSize = 32 << 10

var corks = sync.Pool{New: func() any {
	b := make([]byte, 0, corkSize)
	return &b
}}

func (c *corked) Write(p []byte) (int, error) {
	if c.cork == nil {
		return c.Conn.Write(p)
	}
	if len(*c.cork)+len(p) > corkSize {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	*c.cork = append(*c.cork, p...) // a record is shorter than corkSize
	return len(p), nil
}

func (c *corked) flush() error {
	_, err := c.Conn.Write(*c.cork)
	*c.cork = (*c.cork)[:0]
	return err
}

// put holds back what is written from now on.
func (c *corked) put() { c.cork = corks.Get().(*[]byte) }

// pull sends what was held back.
func (c *corked) pull() error {
	err := c.flush()
	corks.Put(c.cork)
	c.cork = nil
	return err
}
