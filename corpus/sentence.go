package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentences divides one line of text after full stops, exclamation and
// question marks, but not after abbreviations, initials and numbers.
func sentences(text string) []string {
	var all []string
	start := 0
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		switch r {
		case '。', '！', '？':
		case '.', '!', '?':
			end += closing(text[end:])
			if end < len(text) && (text[end] != ' ' || !begins(text[end+1:]) || r == '.' && abbreviation(text[start:i])) {
				continue
			}
		default:
			continue
		}
		if end <= start {
			continue
		}
		all = append(all, strings.TrimSpace(text[start:end]))
		start = end
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		all = append(all, rest)
	}
	return all
}

// closing gives the length of the quotes and brackets that close after a stop.
func closing(text string) int {
	for i, r := range text {
		if !strings.ContainsRune(`"')]’”»`, r) {
			return i
		}
	}
	return len(text)
}

// begins reports whether text may be the start of a sentence.
func begins(text string) bool {
	text = strings.TrimLeft(text, `"'([‘“«¿¡`)
	r, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsLower(r)
}

// abbreviation reports whether the last word of text is one that a full stop
// follows inside a sentence.
func abbreviation(text string) bool {
	word := text[strings.LastIndexAny(text, " (“\"")+1:]
	if utf8.RuneCountInString(word) == 1 || strings.Contains(word, ".") {
		return true // an initial; U.S
	}
	return abbreviations[strings.ToLower(word)]
}

var abbreviations = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "dr": true, "prof": true, "sr": true, "jr": true, "st": true, "rev": true,
	"gen": true, "gov": true, "sen": true, "rep": true, "hon": true, "vs": true, "etc": true, "approx": true,
	"inc": true, "corp": true, "ltd": true, "co": true, "no": true, "nos": true, "vol": true, "fig": true, "dept": true,
	"jan": true, "feb": true, "mar": true, "apr": true, "jun": true, "jul": true, "aug": true,
	"sep": true, "sept": true, "oct": true, "nov": true, "dec": true,
}
