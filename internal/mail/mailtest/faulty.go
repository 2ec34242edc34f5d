package mailtest

import (
	"bufio"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"testing"
)

// Faulty is a mail server of its own that offers what its table says and goes
// wrong where its table says. It judges nothing else: it keeps to RFC 5321 as
// to the order of commands, and to RFC 3030 as to chunks.
type Faulty struct {
	Capabilities []string    // after EHLO: "PIPELINING", "SIZE 1000"
	TLS          *tls.Config // for STARTTLS, if that is among Capabilities
	Faults       []Fault     // the first that fits counts

	Host string // set by Start
	Port int

	mu       sync.Mutex
	messages []Message
	commands []string
	early    []string
	tries    map[string]int
}

// Fault is what the server does instead of saying yes.
type Fault struct {
	At    string // CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY (after its first octets), ".", BDAT, LAST, RSET, QUIT
	To    string // for this recipient only; "": for any
	Tries int    // the first tries only, counted by recipient; 0: always

	Reply  string          // lines are parted by LF and sent as they are; "": the usual yes
	Accept bool            // at "." and LAST: the message is taken whatever the reply is
	Drop   bool            // close the connection: instead of the reply if that is ""
	Split  bool            // write the reply octet by octet
	Until  string          // first wait for this command to come in, too
	Wait   <-chan struct{} // first wait for this to be closed
}

// Start runs the server on a free port of 127.0.0.1 until the test ends.
func (f *Faulty) Start(t testing.TB) *Faulty {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.Host, f.Port, f.tries = "127.0.0.1", l.Addr().(*net.TCPAddr).Port, map[string]int{}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			open.Go(func() {
				defer conn.Close()
				talk := &talk{Faulty: f, conn: conn, r: bufio.NewReader(conn)}
				talk.run()
			})
		}
	})
	t.Cleanup(func() { l.Close() })
	return f
}

// Messages gives what was accepted so far.
func (f *Faulty) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.messages)
}

// Commands gives the lines that came in so far, over all connections; of a
// message only its end.
func (f *Faulty) Commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

// Early gives the commands that had to wait for the reply to another one, and
// did not, although PIPELINING was not offered.
func (f *Faulty) Early() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.early)
}

// fault finds what is to go wrong at a step.
func (f *Faulty) fault(at, to string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tries[at+" "+to]++
	for i := range f.Faults {
		fault := &f.Faults[i]
		if fault.At == at && (fault.To == "" || fault.To == to) && (fault.Tries == 0 || f.tries[at+" "+to] <= fault.Tries) {
			return fault
		}
	}
	return &Fault{}
}
