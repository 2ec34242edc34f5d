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
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := mojibakeAt(text[i:])
		if size == 0 {
			_, plain := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[i : i+plain])
			i += plain
			continue
		}
		if before == "" {
			start, end := wordAround(text, i, i+size)
			before = text[start:end]
			after = text[start:i] + string(r) + text[i+size:end]
		}
		b.WriteRune(r)
		i += size
	}
	if before != "" {
		after, _, _ = repairMojibake(after)
	}
	return b.String(), before, after
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

// wordAround widens text[start:end] to the blanks around it.
func wordAround(text string, start, end int) (int, int) {
	if i := strings.LastIndexAny(text[:start], " \t\n>;"); i >= 0 {
		start = i + 1
	} else {
		start = 0
	}
	if i := strings.IndexAny(text[end:], " \t\n<,;.&"); i >= 0 {
		end += i
	} else {
		end = len(text)
	}
	return start, end
}
