package mail

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// capabilities are what the server offered in its reply to EHLO, of what helps
// us.
type capabilities struct {
	pipelining bool // RFC 2920
	chunking   bool // RFC 3030, used only with pipelining: it would cost a round trip else
	eightBit   bool // RFC 6152
	utf8       bool // RFC 6531
	size       bool // RFC 1870
	maxSize    int  // octets a message; 0: the server does not say
}

func (s *Session) capabilities() capabilities {
	offers := func(name string) bool {
		ok, _ := s.client.Extension(name)
		return ok
	}
	c := capabilities{
		pipelining: offers("PIPELINING"),
		eightBit:   offers("8BITMIME"),
		utf8:       offers("SMTPUTF8"),
	}
	c.chunking = c.pipelining && offers("CHUNKING")
	var limit string
	c.size, limit = s.client.Extension("SIZE")
	if n, err := strconv.Atoi(strings.TrimSpace(limit)); err == nil && n > 0 {
		c.maxSize = n
	}
	return c
}

// acceptable refuses what this server can't take or what would break the
// dialogue, before a command is sent.
func (s *Session) acceptable(t *transfer) (Phase, error) {
	foreign := !isASCII([]byte(t.From)) || !isASCII([]byte(t.To))
	switch {
	case !isPath(t.From):
		return PhaseMail, &refusal{text: "the sender is no address", hint: "see digest.from"}
	case !isPath(t.To):
		return PhaseRcpt, &refusal{text: "the recipient is no address"}
	case foreign && !s.caps.utf8:
		return PhaseRcpt, &refusal{text: "the address is not ASCII and the server does not know SMTPUTF8"}
	case t.broken:
		return PhaseData, &refusal{text: "the message has a line that does not end in CRLF"}
	case t.eightBit && !s.caps.eightBit:
		return PhaseData, &refusal{text: "the message is not ASCII and the server does not know 8BITMIME"}
	case s.caps.maxSize > 0 && len(t.Message) > s.caps.maxSize:
		return PhaseMail, &refusal{
			text: fmt.Sprintf("the message has %d octets, the server takes %d", len(t.Message), s.caps.maxSize),
			hint: "send fewer articles, or ask for a higher limit",
		}
	}
	return "", nil
}

// isPath reports whether address can stand in the angle brackets of a command.
func isPath(address string) bool {
	bad := func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == 0x7f }
	return address != "" && utf8.ValidString(address) && strings.IndexFunc(address, bad) < 0
}
