package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// slugify folds a name to a slug: lower case, letters and digits of any script,
// runs of anything else one hyphen, accents of Latin letters dropped. Names
// that fold to one slug are one topic. A name without letters and digits
// has the slug "".
func slugify(name string) string {
	if slug, ok := asciiSlug(name); ok {
		return slug
	}
	var b strings.Builder
	latin, gap := false, false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap, latin = false, unicode.Is(unicode.Latin, r)
			b.WriteRune(r)
		case unicode.IsMark(r):
			// Elsewhere a mark is a vowel or a tone, and no accent.
			if !latin && b.Len() > 0 {
				b.WriteRune(r)
			}
		case r == '\'' || r == '’':
			// "provider's" is "providers".
		default:
			gap = true
		}
	}
	return norm.NFC.String(b.String())
}

// asciiSlug is slugify for names in ASCII, which most are.
func asciiSlug(name string) (slug string, ok bool) {
	b := make([]byte, 0, len(name))
	gap := false
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= utf8.RuneSelf:
			return "", false
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if gap && len(b) > 0 {
				b = append(b, '-')
			}
			gap = false
			b = append(b, c)
		case c != '\'':
			gap = true
		}
	}
	return string(b), true
}
