package digest

import (
	"strings"
	"unicode"
)

// echoes reports whether an image's alternative text says only what the headline
// beside it says: whoever hears the mail would hear it twice. Case, punctuation
// and what stands before it ("Image:", "Photo of") make no difference, nor does
// an end that was cut off.
func echoes(alt, title string) bool {
	a, t := bare(alt), bare(title)
	if a == "" || a == t {
		return true
	}
	for _, before := range []string{"image", "photo", "picture", "featured image", "thumbnail"} {
		if rest, ok := strings.CutPrefix(a, before+" "); ok {
			a = strings.TrimPrefix(strings.TrimPrefix(rest, "of "), "for ")
			break
		}
	}
	const telling = 3 // words; one or two at the start of a headline may be a name
	return a == t || strings.HasPrefix(t, a) && len(strings.Fields(a)) >= telling || strings.HasPrefix(a, t+" ") && len(a) < len(t)+len(t)/4
}

// bare gives the letters and digits of a text, in lower case, its words divided
// by single blanks.
func bare(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}
