package corpusgen

import (
	"regexp"
	"strings"
)

// scalar writes one line of text as a YAML 1.2 scalar at a depth of nesting, in
// the style that js-yaml chooses, which wrote the sample site: plain if that is
// safe, else in single quotes (section 7.3), and folded (section 8.1.3) if it
// is longer than the line. "" is null.
func scalar(depth int, text string) string {
	width := 80 - 2*depth
	switch {
	case text == "":
		return "null"
	case len(text) > width && text[0] != ' ':
		return ">-" + fold(text, "\n"+strings.Repeat("  ", depth), width)
	case plain(text):
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// notText matches what YAML takes for a number, a date, a truth value or null.
var notText = regexp.MustCompile(`^(?i:[-+.]?[0-9][-+.:_0-9a-fotxz ]*|[-+]?\.inf|\.nan|true|false|yes|no|on|off|y|n|null|~)$`)

// plain reports whether text can stand without quotes wherever scalar is used.
// It is stricter than YAML, as js-yaml is.
func plain(text string) bool {
	return !strings.ContainsAny(text, ",[]{}#:\t") &&
		!strings.ContainsAny(text[:1], "-?&*!|>'\"%@` =") &&
		!strings.HasSuffix(text, " ") && !notText.MatchString(text)
}

// fold breaks text between words into lines of at most width bytes, if its
// words are not longer, each after the line break.
func fold(text, lineBreak string, width int) string {
	var b strings.Builder
	length := width // no word fits on the line of the indicator
	for _, word := range strings.Split(text, " ") {
		if length+1+len(word) > width {
			b.WriteString(lineBreak)
			length = len(word)
		} else {
			b.WriteByte(' ')
			length += 1 + len(word)
		}
		b.WriteString(word)
	}
	return b.String()
}
