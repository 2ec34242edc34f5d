package numbers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxReason is how long a reason is at most, in characters.
const maxReason = 160

// scrub gives what a mail server said without what tells one recipient from
// another: her address, the part of it before the @, her name, anything else with an
// @, and numbers of messages. So that the same refusal of a thousand is one reason,
// and names nobody.
func scrub(text, address, name string) string {
	local, _, _ := strings.Cut(address, "@")
	for _, secret := range []string{address, local, name} {
		if utf8.RuneCountInString(secret) > 1 {
			text = replaceWord(text, secret, "…")
		}
	}
	words := strings.Fields(text)
	for i, w := range words {
		if strings.Contains(w, "@") || isNumber(w) {
			words[i] = "…"
		}
	}
	text = strings.Join(words, " ")
	if utf8.RuneCountInString(text) > maxReason {
		text = strings.TrimRight(string([]rune(text)[:maxReason-1]), " ") + "…"
	}
	return text
}

// isNumber reports whether a word looks like the number of a message or a
// connection: eight characters or more, letters and several digits together.
// Numbers with dots, such as 192.0.2.1, are none.
func isNumber(w string) bool {
	w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	digits := 0
	for _, r := range w {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !unicode.IsLetter(r) && !strings.ContainsRune("-_.:", r):
			return false
		}
	}
	return len(w) >= 8 && digits >= 3 && strings.Count(w, ".") < 3
}

// replaceWord replaces a text where it is not part of a longer word, whatever the
// case of ASCII.
func replaceWord(text, old, new string) string {
	lower, old := lowerASCII(text), lowerASCII(old)
	var b strings.Builder
	for i := 0; ; {
		at := strings.Index(lower[i:], old)
		if at < 0 {
			b.WriteString(text[i:])
			return b.String()
		}
		start, end := i+at, i+at+len(old)
		before, _ := utf8.DecodeLastRuneInString(lower[:start])
		after, _ := utf8.DecodeRuneInString(lower[end:])
		b.WriteString(text[i:start])
		if inWord(before) || inWord(after) {
			b.WriteString(text[start:end])
		} else {
			b.WriteString(new)
		}
		i = end
	}
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// lowerASCII keeps the length, so that places in it are places in s.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
