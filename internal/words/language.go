package words

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Language is one that newsdesk speaks.
type Language struct {
	Tag, Name string // primary subtag of BCP 47, and its own name
	words     *Words
}

// languages are sorted as a list of their names is.
var languages = []Language{
	{"de", "Deutsch", &german}, {"en", "English", &english}, {"es", "Español", &spanish}, {"fr", "Français", &french},
	{"it", "Italiano", &italian}, {"nl", "Nederlands", &dutch}, {"pt", "Português", &portuguese},
	{"he", "עברית", &hebrew}, {"ar", "العربية", &arabic}, {"zh", "中文", &chinese},
}

// Languages gives those that there are words in, as a list of their names is sorted.
func Languages() []Language { return slices.Clone(languages) }

func tags() (all []string) {
	for _, l := range languages {
		all = append(all, l.Tag)
	}
	return all
}

// speaks reports whether there are words in a language, whatever the region.
func speaks(tag string) bool { return slices.Contains(tags(), Primary(tag)) }

// First gives the first of some BCP 47 tags in which there are words, or "".
func First(tags ...string) string {
	if i := slices.IndexFunc(tags, speaks); i >= 0 {
		return tags[i]
	}
	return ""
}

// longestAccept is how much of an Accept-Language field is read, in octets.
const longestAccept = 256

// Accept gives the primary subtag of the language that an Accept-Language field (RFC
// 9110, 12.5.4) likes best of those in which there are words, or "".
func Accept(field string) string {
	liked, _, err := language.ParseAcceptLanguage(field[:min(len(field), longestAccept)])
	if err != nil {
		return ""
	}
	for _, tag := range liked {
		if base, exact := tag.Base(); exact != language.No && speaks(base.String()) {
			return base.String()
		}
	}
	return ""
}

// Primary gives a language tag's first subtag in lower case: "en" of "en-US".
func Primary(tag string) string {
	first, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(first)
}

var rightToLeft = map[string]bool{
	// Languages (ISO 639).
	"ar": true, "arc": true, "ckb": true, "dv": true, "fa": true, "he": true, "iw": true,
	"ps": true, "sd": true, "ug": true, "ur": true, "yi": true,
	// Scripts (ISO 15924).
	"adlm": true, "arab": true, "hebr": true, "nkoo": true, "syrc": true, "thaa": true,
}

// Direction gives "rtl" or "ltr" for a BCP 47 tag. A script subtag, which has
// four letters, overrules the language: ar-Latn is written from the left.
func Direction(tag string) string {
	key := Primary(tag)
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
