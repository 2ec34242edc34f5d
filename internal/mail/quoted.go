package mail

import (
	"bytes"
)

// quotedColumns is the most that a line of quoted-printable has before the "="
// that joins it to the next one (RFC 2045, 6.7 (5)).
const quotedColumns = 75

const upperHex = "0123456789ABCDEF"

// quoted writes quoted-printable. Besides what RFC 2045 wants, it encodes
//
//   - a dot at the beginning of a line, so that SMTP need not double it,
//   - "From " there, which programs that keep mails in one file change,
//   - tabs and spaces that follow another space, so that DKIM's relaxed form of
//     a body (RFC 6376, 3.4.4) is the body itself.
//
// mime/quotedprintable does none of the three, and breaks its lines inside of
// marks.
type quoted struct {
	b      []byte
	column int
}

// text writes s, whose lines end in LF or CRLF.
func (q *quoted) text(s []byte) {
	for i, c := range s {
		switch {
		case c == '\n':
			q.b = append(q.b, "\r\n"...)
			q.column = 0
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case c == ' ':
			// One at the end is before a mark, whose value may be empty.
			last := i+1 == len(s) || s[i+1] == '\n' || s[i+1] == '\r'
			q.put(c, !last && (i == 0 || s[i-1] != ' '))
		case c == 'F':
			q.room(1)
			q.put(c, q.column > 0 || !bytes.HasPrefix(s[i:], []byte("From ")))
		default:
			q.put(c, c > ' ' && c < 0x7f && c != '=')
		}
	}
}

// put writes one octet, as it is if literal.
func (q *quoted) put(c byte, literal bool) {
	if literal {
		q.room(1)
		if c != '.' || q.column > 0 {
			q.b = append(q.b, c)
			q.column++
			return
		}
	}
	q.room(3)
	q.b = append(q.b, '=', upperHex[c>>4], upperHex[c&15])
	q.column += 3
}

// room begins a new line if there are not n columns left in this one.
func (q *quoted) room(n int) {
	if q.column+n > quotedColumns {
		q.softBreak()
	}
}

// softBreak breaks the line where the text goes on.
func (q *quoted) softBreak() {
	q.b = append(q.b, "=\r\n"...)
	q.column = 0
}

// appendValue appends a value that begins in the given column of a line. What
// follows it in the body is a line break, hard or soft.
func appendValue(b []byte, value string, column int) []byte {
	q := quoted{b, column}
	for i := range len(value) {
		c := value[i]
		q.put(c, c > ' ' && c < 0x7f && c != '=')
	}
	return q.b
}
