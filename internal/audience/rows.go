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
	back  []string // lines that were read ahead in vain
	line  int      // number of the last line that was taken
	text  string   // of the last row
	comma byte     // ',' ';' or tab; 0 until the first line is seen
}

func newRows(r io.Reader) (*rows, error) {
	b := bufio.NewReader(r)
	start, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, errors.New("the list is a spreadsheet or an archive (save it as CSV in UTF-8)")
	case bytes.HasPrefix(start, []byte("\ufeff")):
		b.Discard(len("\ufeff"))
	}
	s := bufio.NewScanner(b)
	s.Buffer(nil, maxLine)
	return &rows{lines: s}, nil
}

// errQuote is about one row; reading goes on behind it.
var errQuote = errors.New(`a quote " is opened and not closed, or followed by text`)

// next gives the fields of the next row that is not blank, and the number of
// its first line. The error is errQuote, io.EOF or one of reading.
func (r *rows) next() (fields []string, line int, err error) {
	text, err := r.take()
	for err == nil && strings.TrimSpace(text) == "" {
		text, err = r.take()
	}
	if err != nil {
		return nil, r.line, err
	}
	line = r.line
	if r.comma == 0 {
		r.comma = guessComma(text)
	}
	fields, open, err := split(text, r.comma)
	if open {
		fields, err = r.join(text)
	} else {
		r.text = text
	}
	return fields, line, err
}

// join tries whether the lines that follow close the quote that first opens. A
// line with an @ among them is a subscriber of its own, behind a forgotten
// quote: to take it for a part of the field would lose it in silence.
func (r *rows) join(first string) ([]string, error) {
	var more []string
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
		text += "\n" + next
		fields, open, err := split(text, r.comma)
		if !open && err == nil && !strings.Contains(strings.Join(more, ""), "@") {
			r.text = text
			return fields, nil
		}
		if !open {
			break
		}
	}
	r.text = first
	r.back = append(more, r.back...)
	r.line -= len(more)
	return nil, errQuote
}

// take gives the next line without its end.
func (r *rows) take() (string, error) {
	if len(r.back) > 0 {
		line := r.back[0]
		r.back = r.back[1:]
		r.line++
		return line, nil
	}
	if !r.lines.Scan() {
		if errors.Is(r.lines.Err(), bufio.ErrTooLong) {
			return "", fmt.Errorf("line %d is longer than %d bytes (is this a list?)", r.line+1, maxLine)
		}
		if r.lines.Err() != nil {
			return "", r.lines.Err()
		}
		return "", io.EOF
	}
	r.line++
	return strings.TrimSuffix(r.lines.Text(), "\r"), nil
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
