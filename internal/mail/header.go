package mail

import (
	"encoding/base64"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines of the header have at most 76 columns, which RFC 2047, 2 wants where a
// line has an encoded word; only a word that can't be folded makes a longer one.
const (
	lineColumns = 76
	plainWord   = 60 // the longest word that is written as it is in free text
)

// appendField appends a field to b, folded between words (RFC 5322, 2.2.3). The
// first word is always on the first line: there are programs that take a field
// whose first line is empty for an empty one.
func appendField(b []byte, name string, words ...string) []byte {
	b = append(append(b, name...), ':')
	column := len(name) + 1
	for i, word := range words {
		if i > 0 && column+1+len(word) > lineColumns {
			b = append(b, "\r\n"...)
			column = 0
		}
		b = append(append(b, ' '), word...)
		column += 1 + len(word)
	}
	return append(b, "\r\n"...)
}

// appendURLs appends a field of URLs as RFC 2369, 2 writes them, or nothing.
func appendURLs(b []byte, name string, urls []string) []byte {
	if len(urls) == 0 {
		return b
	}
	words := make([]string, len(urls))
	for i, url := range urls {
		words[i] = "<" + url + ">,"
	}
	last := len(words) - 1
	words[last] = strings.TrimSuffix(words[last], ",")
	return appendField(b, name, words...)
}

// appendAddress appends a field with one address.
func appendAddress(b []byte, name string, a mail.Address) []byte {
	spec := (&mail.Address{Address: a.Address}).String() // quotes a local part that needs it
	return appendField(b, name, append(phrase(name, a.Name), spec)...)
}

// appendText appends a field of free text.
func appendText(b []byte, name, text string) []byte {
	text = clean(text)
	words := strings.Split(text, " ")
	for _, word := range words {
		// An empty word is a space at an end or beside another one, which
		// readers drop.
		if word == "" || len(word) > plainWord || !isPlain(word) {
			words = encodedWords(text, lineColumns-len(name)-2, func(c byte) bool { return c > ' ' && c < 0x7f && c != '=' && c != '?' && c != '_' })
			break
		}
	}
	return appendField(b, name, words...)
}

// phrase gives the words of a name before an address or a list's ID
// (RFC 5322, 3.2.5): a quoted string, encoded words, or nothing.
func phrase(field, name string) []string {
	name = strings.TrimSpace(clean(name))
	switch {
	case name == "":
		return nil
	case len(name) <= plainWord && isPlain(name):
		return []string{`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`}
	}
	// What may stand in an encoded word here is less: RFC 2047, 5 (3).
	return encodedWords(name, lineColumns-len(field)-2, func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!*+-/", c) >= 0
	})
}

// isPlain reports whether text is ASCII that nobody takes for an encoded word.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return !strings.Contains(text, "=?")
}

// clean makes one line of valid UTF-8 of text.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	breaks := func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
	if strings.IndexFunc(text, breaks) < 0 {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if breaks(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// encodedWords writes text as words of RFC 2047 of at most 75 octets, the first
// of at most first, none of which ends inside a character. They are in Q or B,
// whichever is shorter; safe are the octets that Q leaves as they are.
func encodedWords(text string, first int, safe func(byte) bool) []string {
	q := 0
	for i := range len(text) {
		q += qWidth(text[i], safe)
	}
	base := q > base64.StdEncoding.EncodedLen(len(text))
	var words []string
	for room := min(first, 75); text != ""; room = 75 {
		n := fitting(text, room-len("=?utf-8?q??="), base, safe)
		words = append(words, encodedWord(text[:n], base, safe))
		text = text[n:]
	}
	return words
}

// fitting gives how much of text, in whole characters, has room in a word.
func fitting(text string, room int, base bool, safe func(byte) bool) int {
	width := 0
	for n, char := range text {
		end := n + utf8.RuneLen(char)
		for _, c := range []byte(text[n:end]) {
			width += qWidth(c, safe)
		}
		if base {
			width = base64.StdEncoding.EncodedLen(end)
		}
		if width > room {
			return n
		}
	}
	return len(text)
}

func encodedWord(text string, base bool, safe func(byte) bool) string {
	if base {
		return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(text)) + "?="
	}
	b := []byte("=?utf-8?q?")
	for _, c := range []byte(text) {
		switch {
		case c == ' ':
			b = append(b, '_')
		case safe(c):
			b = append(b, c)
		default:
			b = append(b, '=', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(append(b, "?="...))
}

func qWidth(c byte, safe func(byte) bool) int {
	if c == ' ' || safe(c) {
		return 1
	}
	return 3
}
