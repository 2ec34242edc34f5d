package corpus

import (
	"html"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// clean makes text fit for every output: NFC, without the characters that XML 1.0
// forbids (section 2.2), which no escape can bring in, and without overrides of
// the writing direction.
func clean(text string) string {
	if ascii(text) {
		return text
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if !xmlChar(r) || reverses(r) {
			return -1
		}
		return r
	}, text))
}

// ascii reports whether text is printable ASCII, tabs and line ends, which
// clean leaves as it is.
func ascii(text string) bool {
	for i := range len(text) {
		if b := text[i]; b >= 0x80 || b < 0x20 && b != '\n' && b != '\t' {
			return false
		}
	}
	return true
}

// reverses reports whether r makes all text after it run the other way, which
// no title needs and a forged one may use. Marks and isolates stay.
func reverses(r rune) bool { return r == 0x202D || r == 0x202E }

func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF ||
		r >= 0xE000 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0x10FFFF
}

// oneLine gives text as one line of plain text: entities decoded once, runs of
// white space one blank.
func oneLine(text string) string {
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	if plainLine(text) {
		return text
	}
	return strings.Join(strings.Fields(clean(text)), " ")
}

// plainLine reports whether text is one line of ASCII already: most titles are.
func plainLine(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b > '~' || b == ' ' && before == ' ' {
			return false
		}
		before = b
	}
	return before != ' '
}

var formatting = regexp.MustCompile(`(?i)<(/?)(b|i|em|strong|code|tt|kbd|s|strike|del|ins|u|mark|sub|sup|small|big|span|font)(?:\s[^<>]*)?>|<w?br\s*/?>`)

// withoutFormatting takes out the tags that format parts of a title, each only
// if it is closed: a title may speak of an element.
func withoutFormatting(title string) string {
	if !strings.Contains(title, "<") {
		return title
	}
	const open, paired = 1, 2
	state := map[string]int{"": paired} // by name; "" is <br>
	for _, m := range formatting.FindAllStringSubmatch(title, -1) {
		switch name := strings.ToLower(m[2]); {
		case m[1] == "":
			state[name] = max(state[name], open)
		case state[name] == open:
			state[name] = paired
		}
	}
	return formatting.ReplaceAllStringFunc(title, func(tag string) string {
		name := strings.ToLower(formatting.FindStringSubmatch(tag)[2])
		switch {
		case state[name] != paired:
			return tag
		case name == "":
			return " "
		}
		return ""
	})
}
