package bounce

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"time"
)

// patient is a connection on which a server may say only so much after each command,
// and for so long: the IMAP library waits for ever for the next answer, and keeps the
// whole of a line that does not end.
//
// It also counts parentheses: the library reads the parts of a BODYSTRUCTURE, which a
// server may send without being asked, one inside another on the stack, and a stack
// that overflows ends the whole process. All that open are counted, whatever stands
// around them, and none that close: what a quoted string or a literal is, only the
// library's reader says, which must not be misled here. So a mail's text would count
// too; but for that, see literal.
type patient struct {
	net.Conn
	limit time.Duration
	most  int // octets

	mu   sync.Mutex
	end  time.Time // of the answer
	left int       // octets of it
	open int       // parentheses of it that may yet open
	mail bool      // a mail's text is read
}

// maxAnswer is how many octets the answer to one command has at most: the numbers of
// more than a million mails.
const maxAnswer = 16 << 20

// maxOpen is how many parentheses the answer to one command opens at most: the flags
// of thousands of mails that another program changed meanwhile. It is more than the
// library reads ahead of a mail's text (4 KiB), and few for the stack and for the
// library's error, which has a word for each.
const maxOpen = 5_000

var (
	errEndless = errors.New("the server's answer has no end")
	errNested  = errors.New("the server's answer has too many parentheses")
)

func newPatient(conn net.Conn, limit time.Duration, most int) *patient {
	p := &patient{Conn: conn, limit: limit, most: most}
	p.begin()
	return p
}

// begin begins an answer.
func (p *patient) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end, p.left, p.open = time.Now().Add(p.limit), p.most, maxOpen
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
	defer p.mu.Unlock()
	p.left = max(p.left-n, 0)
	if !p.mail {
		if p.open -= bytes.Count(b[:n], []byte("(")); p.open < 0 {
			return 0, errNested
		}
	}
	return n, err
}

// literal calls read, which reads the text of a mail but not to its io.EOF: the library
// waits for that before it reads on, and is inside of no parts then. Parentheses do not
// count in the meantime, nor do those before, of which some were the text's.
func (p *patient) literal(read func() error) error {
	p.text(true)
	defer p.text(false)
	return read()
}

func (p *patient) text(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mail, p.open = on, maxOpen
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
