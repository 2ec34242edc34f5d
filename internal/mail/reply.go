package mail

import (
	"bufio"
	"errors"
	"net/textproto"
	"strings"
)

// A reply has at most this many lines, each with at most maxReplyLine octets
// that are kept: RFC 5321, 4.5.3.1.5 allows 512, and a server that never ends
// its reply must not fill our memory.
const (
	maxReplyLines = 100
	maxReplyLine  = 1024
)

// readReply reads a reply of RFC 5321, 4.2, whose lines end in LF or CRLF. Its
// text is without the codes, its lines joined by LF; "" for codes below 400, of
// which nobody needs it. A reply that makes no sense is a
// textproto.ProtocolError.
func readReply(r *bufio.Reader) (code int, text string, err error) {
	var b strings.Builder
	for range maxReplyLines {
		line, err := readLine(r)
		if err != nil {
			return 0, "", err
		}
		next, more, ok := cutCode(line)
		if !ok || code != 0 && next != code {
			return 0, "", textproto.ProtocolError("the server's reply makes no sense: " + OneLine(string(line)))
		}
		code = next
		if code >= 400 {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.Write(line[min(4, len(line)):])
		}
		if !more {
			return code, b.String(), nil
		}
	}
	return 0, "", textproto.ProtocolError("the server's reply has no end")
}

// readLine reads a line, without its end and without what is beyond
// maxReplyLine. It is good until the next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line = append([]byte(nil), line[:min(len(line), maxReplyLine)]...)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
	}
	if err != nil {
		return nil, err
	}
	line = line[:min(len(line), maxReplyLine)]
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line, nil
}

// cutCode reads "250", "250 text" and "250-text"; more says that another line
// follows.
func cutCode(line []byte) (code int, more, ok bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false, false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false, false
		}
		code = code*10 + int(c-'0')
	}
	return code, len(line) > 3 && line[3] == '-', code >= 200 && code <= 599
}
