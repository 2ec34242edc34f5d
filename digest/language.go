package digest

import (
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// primary gives a language tag's first subtag in lower case: "en" of "en-US".
func primary(tag string) string {
	first, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(first)
}

// speaks reports whether an article is in a language, whatever the region; "" is
// every language.
func speaks(h *corpus.Head, language string) bool {
	return language == "" || primary(language) == primary(h.Language)
}

var rightToLeft = map[string]bool{
	// Languages (ISO 639).
	"ar": true, "arc": true, "ckb": true, "dv": true, "fa": true, "he": true, "iw": true,
	"ps": true, "sd": true, "ug": true, "ur": true, "yi": true,
	// Scripts (ISO 15924).
	"adlm": true, "arab": true, "hebr": true, "nkoo": true, "syrc": true, "thaa": true,
}

// Direction gives "rtl" or "ltr" for a BCP 47 tag.
func Direction(tag string) string { return direction(tag) }

// direction gives "rtl" or "ltr" for a BCP 47 tag. A script subtag, which has
// four letters, overrules the language: ar-Latn is written from the left.
func direction(tag string) string {
	key := primary(tag)
	for _, part := range strings.Split(tag, "-")[1:] {
		if len(part) == 4 && part[0] > '9' {
			key = strings.ToLower(part)
		}
	}
	if rightToLeft[key] {
		return "rtl"
	}
	return "ltr"
}

// opposite gives the other direction.
func opposite(dir string) string {
	if dir == "rtl" {
		return "ltr"
	}
	return "rtl"
}
