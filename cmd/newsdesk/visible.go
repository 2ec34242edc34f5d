package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// visible is a terminal, or a file that somebody will look at in one. What is
// told there is full of other people's text: names of files, lines of articles,
// what servers answer. A terminal obeys the control characters in it, which move
// the cursor, rename the window and answer for the one at the keyboard: they are
// written as Go and JSON escape them. The colours of style pass, if they are on.
type visible struct {
	w       io.Writer
	colours bool
}

func (v visible) Write(p []byte) (int, error) {
	if harmless(p) {
		return v.w.Write(p)
	}
	var b []byte
	for rest := p; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch n := v.colour(rest); {
		case n > 0:
			size = n
			b = append(b, rest[:n]...)
		case r == utf8.RuneError && size == 1:
			b = fmt.Appendf(b, `\x%02x`, rest[0])
		case obeyed(r):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, rest[:size]...)
		}
		rest = rest[size:]
	}
	if _, err := v.w.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}

// colour gives the length of a colour that text begins with, or 0.
func (v visible) colour(text []byte) int {
	if !v.colours || text[0] != '\x1b' {
		return 0
	}
	for _, code := range []string{plainCode, boldCode, greyCode, redCode, yellowCode} {
		if bytes.HasPrefix(text, []byte(sgr(code))) {
			return len(sgr(code))
		}
	}
	return 0
}

// harmless reports whether text is printable ASCII, as most is.
func harmless(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' || c > '~' {
			return false
		}
	}
	return true
}

// obeyed reports whether a terminal does something else with r than to show it:
// control characters, and what turns the direction of the text after it
// (UTS 55, "Trojan source").
func obeyed(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' ||
		r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}

// bare gives what is behind a visible: for data, and for what moves the cursor.
func bare(w io.Writer) io.Writer {
	if v, ok := w.(visible); ok {
		return v.w
	}
	return w
}

func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// fileOf gives the file that is written to in the end, or nil.
func fileOf(w io.Writer) *os.File {
	w = bare(w)
	if o, ok := w.(*output); ok {
		w = o.w
	}
	f, _ := w.(*os.File)
	return f
}

// oneLine writes line ends in text as escapes: names of files may have them, and
// what follows one would look like another line of the report, or to GitHub like
// a command.
func oneLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text)
}
