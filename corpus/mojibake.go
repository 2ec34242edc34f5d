package corpus

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The encodings that UTF-8 is most often misread as. Read as Mac Roman, é is
// "√©"; as Windows-1252, it is "Ã©".
var misread = []*charmap.Charmap{charmap.Windows1252, charmap.Macintosh}

// repairMojibake turns UTF-8 that was once read as another encoding back into
// what it was. It reports the first word it repaired, before and after;
// before is "" if there was none.
func repairMojibake(text string) (repaired, before, after string) {
	if !suspect(text) {
		return text, "", ""
	}
	repaired, first, size := replaceMojibake(text)
	if size == 0 {
		return text, "", ""
	}
	start, end := wordAround(text, first, first+size)
	before = text[start:end]
	after, _, _ = replaceMojibake(before)
	return repaired, before, after
}

// replaceMojibake also gives where the first is that it replaced, with its
// length, which is 0 if there is none.
func replaceMojibake(text string) (replaced string, first, length int) {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := mojibakeAt(text[i:])
		if size == 0 {
			_, plain := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[i : i+plain])
			i += plain
			continue
		}
		if length == 0 {
			first, length = i, size
		}
		b.WriteRune(r)
		i += size
	}
	return b.String(), first, length
}

// suspect reports whether text has a character that mojibake begins with.
func suspect(text string) bool {
	for _, r := range text {
		switch r {
		case 'Â', 'Ã', 'â', '¬', '√', '‚':
			return true
		}
	}
	return false
}

// mojibakeAt gives the character that the start of text stands for, with the
// length of what stands for it, or size 0. Only Latin-1 letters and signs and
// general punctuation are believed: in real texts "É\u00a0" is French, not ɠ.
func mojibakeAt(text string) (r rune, size int) {
	for _, encoding := range misread {
		var raw [3]byte
		n, at := 0, 0
		for n < len(raw) && at < len(text) {
			c, length := utf8.DecodeRuneInString(text[at:])
			b, ok := encoding.EncodeRune(c)
			if !ok || c < utf8.RuneSelf {
				break
			}
			raw[n] = b
			n, at = n+1, at+length
			r, full := utf8.DecodeRune(raw[:n])
			if full == n && n > 1 && believed(r) {
				return r, at
			}
		}
	}
	return 0, 0
}

func believed(r rune) bool {
	return r >= 0xA0 && r <= 0xFF || r >= 0x2010 && r <= 0x2044 || r == '€' || r == '™'
}

// wordAround widens text[start:end] to the blanks around it, but not by much:
// a text may have none.
func wordAround(text string, start, end int) (int, int) {
	const most = 40 // bytes
	from, to := max(0, start-most), min(len(text), end+most)
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && to > end && !utf8.RuneStart(text[to]) {
		to--
	}
	if i := strings.LastIndexAny(text[from:start], " \t\n>;"); i >= 0 {
		from += i + 1
	}
	if i := strings.IndexAny(text[end:to], " \t\n<,;.&"); i >= 0 {
		to = end + i
	}
	return from, to
}
