package mail

import (
	"bytes"
	"encoding/binary"
)

// shape is what a message means for its way over SMTP.
type shape struct {
	broken   bool // a line does not end in CRLF, or has CR or LF inside
	dots     bool // a line begins with a dot: to be stuffed (RFC 5321, 4.5.2)
	eightBit bool // not ASCII
}

// shapeOf looks at a whole message, of which each takes about 10 µs: what a
// server takes for the final dot must never depend on who composed it.
func shapeOf(message []byte) shape {
	s := shape{broken: len(message) == 0, eightBit: !isASCII(message)}
	lines := 0
	for rest := message; len(rest) > 0; lines++ {
		s.dots = s.dots || rest[0] == '.'
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' {
			s.broken = true
			return s
		}
		rest = rest[end+1:]
	}
	s.broken = s.broken || bytes.Count(message, []byte{'\r'}) != lines
	return s
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.NativeEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// appendStuffed appends message with a dot before each line that begins with
// one.
func appendStuffed(b, message []byte) []byte {
	for line := range bytes.Lines(message) {
		if line[0] == '.' {
			b = append(b, '.')
		}
		b = append(b, line...)
	}
	return b
}
