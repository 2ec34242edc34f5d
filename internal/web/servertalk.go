package web

import (
	"bytes"
	"cmp"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// requestSize is what a plain request fits into.
const requestSize = 2 << 10

// talk answers the requests of a connection, as the listener gave it.
func (c *conversations) talk(lower net.Conn) {
	defer c.forget(lower)
	t := talk{server: c.server, conn: lower}
	if c.tls != nil {
		secure, cork, plain := c.greet(lower)
		if !plain {
			c.forget(lower)
			c.handOver(secure, nil)
			return
		}
		t.conn, t.cork = secure, cork
	}
	t.buffer = make([]byte, requestSize)
	for {
		end := bytes.Index(t.buffer[:t.filled], []byte("\r\n\r\n"))
		if end < 0 && t.filled < len(t.buffer) && !hasBareLF(t.buffer[:t.filled]) {
			if !t.read(&c.closing) {
				t.conn.Close()
				return
			}
			continue
		}
		if end < 0 || c.closing.Load() || !t.answer(t.buffer[:end+4]) {
			c.forget(lower) // whose deadlines are net/http's from now on
			c.handOver(t.conn, t.buffer[:t.filled])
			return
		}
		if t.failed {
			t.conn.Close()
			return
		}
		t.filled = copy(t.buffer, t.buffer[end+4:t.filled])
		t.begun = false
	}
}

// hasBareLF tells whether a line ends in LF alone, as net/http allows: then there
// may be no more to wait for.
func hasBareLF(text []byte) bool {
	for i, b := range text {
		if b == '\n' && (i == 0 || text[i-1] != '\r') {
			return true
		}
	}
	return false
}

// forget no longer has a connection open.
func (c *conversations) forget(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

// talk is the state of one connection.
type talk struct {
	server  *Server
	conn    net.Conn
	cork    *corked // what a conn of TLS writes to, or nil
	buffer  []byte  // requests; the first filled bytes are read
	filled  int
	request request
	failed  bool // the client went away

	readBy, writeBy time.Time // deadlines
	begun           bool      // readBy is that of the request that is in the buffer

	// What the last request had, which the next will have too.
	accept, ifNone, ifChanged string
	weights                   [codings]int
}

// read reads more. A connection may be idle for idleTimeout, a request must arrive
// within headerTimeout. Deadlines are renewed by the second: each costs as much as
// a small answer. They are by the clock of net.Conn, which is the machine's, and
// not by ServerOptions.Now, which may stand still.
func (t *talk) read(closing *atomic.Bool) bool {
	now := time.Now()
	switch {
	case t.filled > 0 && !t.begun:
		t.setReadDeadline(now.Add(headerTimeout), true)
	case t.filled == 0 && t.readBy.Sub(now) < idleTimeout-time.Second:
		t.setReadDeadline(now.Add(idleTimeout), false)
	}
	if closing.Load() { // after the deadline is set, so that shutdown's is the last
		return false
	}
	n, err := t.conn.Read(t.buffer[t.filled:])
	t.filled += n
	return n > 0 || err == nil // TLS gives the last bytes with the end
}

func (t *talk) setReadDeadline(at time.Time, begun bool) {
	t.readBy, t.begun = at, begun
	t.conn.SetReadDeadline(at)
}

// answer answers a request if it is plain and for a file.
func (t *talk) answer(text []byte) bool {
	if !t.request.parse(text) {
		return false
	}
	shown := t.server.shown.Load()
	if shown == nil {
		return false
	}
	f := shown.files[string(t.request.path)]
	if f == nil || t.request.navigates && f.kind.page != nil {
		return false
	}
	started := t.server.options.Now()
	status := t.write(f, started)
	t.server.metrics.request(status, t.server.options.Now().Sub(started))
	return true
}

// write writes the answer that file.serve would give, in one system call.
func (t *talk) write(f *file, now time.Time) (status int) {
	v := &f.identity
	if t.request.accept != nil {
		if renew(&t.accept, t.request.accept) || t.weights == [codings]int{} {
			t.weights = weigh([]string{t.accept})
		}
		v = f.chooseBy(&t.weights)
	}
	status = http.StatusOK
	if t.isFresh(f, v) {
		status = http.StatusNotModified
	}
	spare := spareHeads.Get().(*[]byte)
	head := append((*spare)[:0], "HTTP/1.1 "...)
	head = strconv.AppendInt(head, int64(status), 10)
	head = append(append(append(head, ' '), http.StatusText(status)...), "\r\nDate: "...)
	head = append(head, t.server.date(now)...)
	head = f.appendFields(head, v, status)
	var body []byte
	if status == http.StatusOK && !t.request.head {
		body = v.data
	}
	t.send(head, body)
	*spare = head
	spareHeads.Put(spare)
	return status
}

var spareHeads = sync.Pool{New: func() any { return new([]byte) }}

// appendFields appends the header fields, from the line break before the first to
// the empty line.
func (f *file) appendFields(head []byte, v *variant, status int) []byte {
	f.fields(v, status != http.StatusNotModified, func(name string, value []string) {
		head = append(append(append(append(head, "\r\n"...), name...), ": "...), value[0]...)
	})
	return append(head, "\r\n\r\n"...)
}

func (t *talk) isFresh(f *file, v *variant) bool {
	var tags, since [1]string
	n, m := 0, 0
	if t.request.ifNone != nil {
		renew(&t.ifNone, t.request.ifNone)
		tags[0], n = t.ifNone, 1
	}
	if t.request.ifChanged != nil {
		renew(&t.ifChanged, t.request.ifChanged)
		since[0], m = t.ifChanged, 1
	}
	return f.isFresh(tags[:n], since[:m], v)
}

// renew makes text what bytes say, and reports whether it was something else. Without
// a change it does not allocate.
func renew(text *string, bytes []byte) (changed bool) {
	if *text == string(bytes) {
		return false
	}
	*text = string(bytes)
	return true
}

// send writes an answer. Small ones are copied into one piece.
func (t *talk) send(head, body []byte) {
	if time.Until(t.writeBy) < writeTimeout-time.Second {
		t.writeBy = time.Now().Add(writeTimeout)
		t.conn.SetWriteDeadline(t.writeBy)
	}
	if t.cork != nil {
		t.cork.put()
	}
	var err error
	if len(body) <= 1<<10 {
		_, err = t.conn.Write(append(head, body...))
	} else {
		pieces := net.Buffers{head, body}
		_, err = pieces.WriteTo(t.conn)
	}
	if t.cork != nil {
		err = cmp.Or(err, t.cork.pull())
	}
	t.failed = err != nil
}

// date gives the value of Date, which is made once a second.
func (s *Server) date(now time.Time) string {
	if d := s.lastDate.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &dateText{now.Unix(), now.UTC().Format(http.TimeFormat)}
	s.lastDate.Store(d)
	return d.text
}

type dateText struct {
	second int64
	text   string
}
