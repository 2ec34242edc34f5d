package bounce

import (
	"errors"
	"net"
	"sync"
	"time"
)

// patient is a connection on which a server may say only so much after each command,
// and for so long: the IMAP library waits for ever for the next answer, and keeps the
// whole of a line that does not end.
type patient struct {
	net.Conn
	limit time.Duration
	most  int // octets

	mu   sync.Mutex
	end  time.Time // of the answer
	left int       // octets of it
}

// maxAnswer is how many octets the answer to one command has at most: the numbers of
// more than a million mails.
const maxAnswer = 16 << 20

var errEndless = errors.New("the server's answer has no end")

func newPatient(conn net.Conn, limit time.Duration, most int) *patient {
	p := &patient{Conn: conn, limit: limit, most: most}
	p.begin()
	return p
}

// begin begins an answer.
func (p *patient) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end, p.left = time.Now().Add(p.limit), p.most
	p.Conn.SetReadDeadline(p.end)
}

func (p *patient) Write(b []byte) (int, error) {
	p.begin()
	return p.Conn.Write(b)
}

func (p *patient) Read(b []byte) (int, error) {
	p.mu.Lock()
	left := p.left
	p.mu.Unlock()
	if left == 0 {
		return 0, errEndless
	}
	n, err := p.Conn.Read(b[:min(len(b), left)])
	p.mu.Lock()
	p.left = max(p.left-n, 0)
	p.mu.Unlock()
	return n, err
}

// SetReadDeadline sets the end of what is read now, but never a later one than the
// answer's.
func (p *patient) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.IsZero() || t.After(p.end) {
		t = p.end
	}
	return p.Conn.SetReadDeadline(t)
}
