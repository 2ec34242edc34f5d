package audience

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

const (
	maxLine   = 1 << 20 // octets of one line
	maxJoined = 20      // lines that one quoted field may span
)

// rows reads a delimited text (RFC 4180 and its relatives) row by row. Unlike
// encoding/csv, it finds back into the text after a quote that is never closed:
// there it reports one line, not the rest of the file.
type rows struct {
	lines *bufio.Scanner
	cut   string     // start of the line that is being skipped, because it is too long; or ""
	back  []textLine // that were read ahead in vain
	line  int        // number of the last line that was taken
	text  string     // of the last row
	comma byte       // ',' ';' or tab; 0 until the first line is seen
}

// textLine is a line without its end; of one that is too long, only the start.
type textLine struct {
	text string
	long bool
}

func newRows(r io.Reader) (*rows, error) {
	b := bufio.NewReader(r)
	start, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New("the list is a spreadsheet or an archive (save it as CSV in UTF-8)")
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return nil, errors.New("the list is compressed (unpack it with gunzip)")
	case bytes.HasPrefix(start, []byte("\ufeff")):
		b.Discard(len("\ufeff"))
	}
	all := &rows{lines: bufio.NewScanner(b)}
	all.lines.Buffer(nil, maxLine)
	all.lines.Split(all.splitLine)
	return all, nil
}

// splitLine is a bufio.SplitFunc for lines that end with LF, CR LF or, as on old
// Macs, CR alone. A line that does not fit is skipped to its end.
func (r *rows) splitLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	line := data
	if end >= 0 {
		line = data[:end]
	}
	if i := bytes.IndexByte(line, '\r'); i >= 0 && (i+1 < len(data) || atEOF) {
		end = i
	}
	switch {
	case end >= 0:
		advance = end + 1
		if data[end] == '\r' && advance < len(data) && data[advance] == '\n' {
			advance++
		}
		return advance, data[:end:end], nil
	case atEOF && (len(data) > 0 || r.cut != ""):
		return len(data), data[:len(data):len(data)], nil
	case len(data) >= maxLine:
		if r.cut == "" {
			r.cut = strings.ToValidUTF8(string(data[:shownLong]), "")
		}
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// shownLong is how much of a line that is too long is told.
const shownLong = 200

// errLong is about one row, too.
var errLong = fmt.Errorf("longer than %d bytes (is this a list?)", maxLine)

// errQuote is about one row; reading goes on behind it.
var errQuote = errors.New(`a quote " is opened and not closed, or followed by text`)

// next gives the fields of the next row that is not blank, and the number of
// its first line. The error is errQuote, errLong, io.EOF or one of reading.
func (r *rows) next() (fields []string, line int, err error) {
	l, err := r.take()
	for err == nil && !l.long && (strings.TrimSpace(l.text) == "" || r.isHint(l.text)) {
		l, err = r.take()
	}
	if err != nil {
		return nil, r.line, err
	}
	line, r.text = r.line, l.text
	if l.long {
		return nil, line, errLong
	}
	if r.comma == 0 {
		r.comma = guessComma(l.text)
	}
	fields, open, err := split(l.text, r.comma)
	if open {
		fields, err = r.join(l.text)
	}
	return fields, line, err
}

// isHint takes the first line that Excel writes and reads as the delimiter: "sep=;".
func (r *rows) isHint(text string) bool {
	if r.comma != 0 || len(text) != len("sep=;") || !strings.EqualFold(text[:4], "sep=") || !strings.Contains(",;\t", text[4:]) {
		return false
	}
	r.comma = text[4]
	return true
}

// join tries whether the lines that follow close the quote that first opens. A
// line with an @ among them is a subscriber of its own, behind a forgotten
// quote: to take it for a part of the field would lose it in silence.
func (r *rows) join(first string) ([]string, error) {
	var more []textLine
	text := first
	for len(more) < maxJoined {
		next, err := r.take()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		more = append(more, next)
		if next.long || len(text)+len(next.text) > maxLine || strings.Contains(next.text, "@") {
			break
		}
		text += "\n" + next.text
		fields, open, err := split(text, r.comma)
		if !open && err == nil {
			r.text = text
			return fields, nil
		}
		if !open {
			break
		}
	}
	r.back = append(more, r.back...)
	r.line -= len(more)
	return nil, errQuote
}

// take gives the next line.
func (r *rows) take() (l textLine, err error) {
	if len(r.back) > 0 {
		l, r.back = r.back[0], r.back[1:]
		r.line++
		return l, nil
	}
	if !r.lines.Scan() {
		if r.lines.Err() != nil {
			return l, r.lines.Err()
		}
		return l, io.EOF
	}
	r.line++
	if r.cut != "" {
		l = textLine{r.cut + "…", true}
		r.cut = ""
		return l, nil
	}
	return textLine{r.lines.Text(), false}, nil
}

// split divides one row. A field may stand in quotes, with "" for a quote in
// it; a quote inside a field that does not begin with one is only a character.
// With open the text ends inside of quotes.
func split(text string, comma byte) (fields []string, open bool, err error) {
	for {
		text = trimLeft(text, comma)
		if !strings.HasPrefix(text, `"`) {
			field, rest, more := strings.Cut(text, string(comma))
			fields = append(fields, strings.TrimSpace(field))
			if !more {
				return fields, false, nil
			}
			text = rest
			continue
		}
		field, rest, closed := unquote(text[1:])
		if !closed {
			return nil, true, errQuote
		}
		rest = trimLeft(rest, comma)
		if strings.HasPrefix(rest, "<") { // "Doe, Jane" <jane@example.org>
			address, _, _ := strings.Cut(rest, string(comma))
			field = `"` + field + `" ` + address
			rest = rest[len(address):]
		}
		fields = append(fields, strings.TrimSpace(field))
		if rest == "" {
			return fields, false, nil
		}
		if rest[0] != comma {
			return nil, false, errQuote
		}
		text = rest[1:]
	}
}

// trimLeft takes away space, but no tab that is the delimiter.
func trimLeft(text string, comma byte) string {
	return strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) && r != rune(comma) })
}

// unquote reads up to the quote that closes the field.
func unquote(text string) (field, rest string, closed bool) {
	for {
		before, after, found := strings.Cut(text, `"`)
		if !found {
			return "", "", false
		}
		field += before
		if !strings.HasPrefix(after, `"`) {
			return field, after, true
		}
		field += `"`
		text = after[1:]
	}
}

// guessComma takes the delimiter that is most often in the first line, outside
// of quotes. A comma is the one that other text has, so it loses a tie.
func guessComma(line string) byte {
	best, most := byte(','), 0
	for _, comma := range []byte{'\t', ';', ','} {
		n, quoted := 0, false
		for i := range len(line) {
			switch line[i] {
			case '"':
				quoted = !quoted
			case comma:
				if !quoted {
					n++
				}
			}
		}
		if n > most {
			best, most = comma, n
		}
	}
	return best
}
