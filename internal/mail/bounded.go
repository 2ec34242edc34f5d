package mail

import (
	"errors"
	"net"
)

// Bounded is a connection of which only so much is read: go-mail and net/textproto
// keep the whole of a reply, and a server that never ends one would fill the memory.
type Bounded struct {
	net.Conn
	Left int // octets; below 0 there is no limit
}

// MaxDialogue is more than a server says before the first message, in octets:
// greeting, certificates, the reply to EHLO and the login.
const MaxDialogue = 512 << 10

var errEndless = errors.New("the server's reply has no end")

// Read fails when there is nothing left.
func (b *Bounded) Read(p []byte) (int, error) {
	if b.Left < 0 {
		return b.Conn.Read(p)
	}
	if b.Left == 0 {
		return 0, errEndless
	}
	n, err := b.Conn.Read(p[:min(len(p), b.Left)])
	b.Left -= n
	return n, err
}
