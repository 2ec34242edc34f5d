package corpus

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// scalar reads a scalar or a flow collection. Lines further right than column
// parent may belong to it.
func (r *plainReader) scalar(v *value, parent int) {
	v.kind, v.line = scalar, r.line
	switch r.data[r.at] {
	case '!': // older Ruby writes ! 'text' for 'text'
		r.at += len("! ")
		r.must(r.data[r.at-1] == ' ' && r.atQuote())
		fallthrough
	case '\'', '"':
		text, after := r.simpleQuoted()
		r.quoted(v, text, after)
	case '|', '>':
		v.text = r.text(r.block(parent))
	case '[':
		v.kind, v.list = list, r.flow()
		r.finish()
	case '{':
		v.kind = mapping
		r.must(r.data[r.at+1] == '}')
		r.at += len("{}")
		r.finish()
	default:
		r.must(r.atPlain())
		r.plain(v, r.at, plainEnd(r.data, r.at), parent)
	}
}

// text makes a string for the tree.
func (r *plainReader) text(b []byte) string {
	if r.skip {
		return ""
	}
	return r.texts.get(b)
}

// plain reads a plain scalar or null, of which plainEnd gave the first line's end.
// Lines further right than column parent continue it, unless a comment has ended it.
func (r *plainReader) plain(v *value, start, end, parent int) {
	v.kind, v.line = scalar, r.line
	r.at = start
	text := r.plainLine(end)
	if r.col > parent {
		text = r.plainLines(text, parent)
	}
	r.plainText(v, text)
}

// plainLines reads the lines that continue a plain scalar.
func (r *plainReader) plainLines(text []byte, parent int) []byte {
	r.buf = append(r.buf[:0], text...)
	for r.col > parent {
		r.must(!r.commented)
		r.buf = appendFolded(r.buf, r.blanks)
		r.buf = append(r.buf, r.plainLine(plainEnd(r.data, r.at))...)
	}
	return r.buf
}

// plainLine reads plain text up to end, which must be the line's end or a comment,
// and leaves the line.
func (r *plainReader) plainLine(end int) []byte {
	r.must(r.data[end] != ':')
	text := trimBlanks(r.data[r.at:end])
	if r.data[end] == '\n' {
		r.next(end)
	} else {
		r.at = end
		r.finish()
	}
	return text
}

// plainText tells a plain scalar from null.
func (r *plainReader) plainText(v *value, text []byte) {
	if r.skip {
		return
	}
	switch string(text) {
	case "~", "null", "Null", "NULL":
		v.kind = null
	default:
		v.text = r.text(text)
	}
}

// plainEnd gives where the plain text that starts at i ends: the line break, the
// hash of a comment or the colon of a key.
func plainEnd(data []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; ; i++ {
		for ; i+8 <= len(data); i += 8 { // skip what cannot be the end, eight bytes at once
			eight := binary.LittleEndian.Uint64(data[i:])
			hash := eight ^ '#'*ones               // a byte is 0 for "#"
			other := (eight | '0'*ones) ^ ':'*ones // a byte is 0 for ":", "\n" and "*"
			zero := ((hash-ones)&^hash | (other-ones)&^other) & high
			if zero != 0 {
				i += bits.TrailingZeros64(zero) / 8
				break
			}
		}
		switch data[i] {
		case '\n':
			return i
		case ':':
			if data[i+1] == ' ' || data[i+1] == '\n' {
				return i
			}
		case '#':
			if data[i-1] == ' ' {
				return i
			}
		}
	}
}

// startsPlain are the bytes that can start plain text whatever follows.
var startsPlain = func() (set [256]bool) {
	for c := range set {
		set[c] = strings.IndexByte(" \n-?:,[]{}#&*!|>'\"%@`", byte(c)) < 0
	}
	return set
}()

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// appendFolded appends what a line break and the blank lines after it stand for
// in a plain, quoted or folded scalar.
func appendFolded(b []byte, blanks int) []byte {
	if blanks == 0 {
		return append(b, ' ')
	}
	return appendBreaks(b, blanks)
}

func appendBreaks(b []byte, n int) []byte {
	for range n {
		b = append(b, '\n')
	}
	return b
}

// simpleQuoted gives the text from the quote here to the next one and what is after
// that. after is -1 if that does not end the scalar or something in it needs
// decoding.
func (r *plainReader) simpleQuoted() (text []byte, after int) {
	quote := r.data[r.at]
	for i := r.at + 1; ; i++ {
		switch c := r.data[i]; {
		case c == quote:
			if quote == '\'' && r.data[i+1] == quote {
				return nil, -1
			}
			return r.data[r.at+1 : i], i + 1
		case c == '\n' || c == '\\' && quote == '"':
			return nil, -1
		}
	}
}

// quoted reads the quoted scalar of which simpleQuoted gave text and after.
func (r *plainReader) quoted(v *value, text []byte, after int) {
	v.kind, v.line = scalar, r.line
	v.text = r.text(r.quotedText(text, after))
	r.finish()
}

// quotedText is quoted for what may not end the line.
func (r *plainReader) quotedText(text []byte, after int) []byte {
	if after >= 0 {
		r.at = after
		return text
	}
	quote := r.data[r.at]
	b, solid := r.buf[:0], 0 // solid is b's length less the blanks at its end
	for r.at++; ; r.at++ {
		switch c := r.data[r.at]; {
		case c == ' ':
			b = append(b, c)
			continue
		case c == '\n':
			b = appendFolded(b[:solid], r.breaks())
		case c == '\\' && quote == '"':
			r.at++
			b = r.escape(b)
		case c == quote && r.data[r.at+1] == quote && quote == '\'':
			r.at++ // two of them stand for one
			b = append(b, c)
		case c == quote:
			r.at++
			r.buf = b
			return b
		default:
			b = append(b, c)
		}
		solid = len(b)
	}
}

// breaks moves from a line break inside a scalar or flow sequence to the byte
// before the next text and counts the blank lines in between.
func (r *plainReader) breaks() (blanks int) {
	r.next(r.at)
	r.must(r.col >= 0 && !r.commented) // "#" might be text there
	r.at--
	return r.blanks
}

// escape appends what the byte after a backslash stands for.
func (r *plainReader) escape(b []byte) []byte {
	switch c := r.data[r.at]; c {
	case '"', '\\', ' ':
		return append(b, c)
	case 'n':
		return append(b, '\n')
	case '\n':
		return appendBreaks(b, r.breaks())
	}
	r.must(false)
	return nil
}
