package corpus

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slugify folds a name to a slug: lower case, letters and digits of any script,
// runs of anything else one hyphen, accents of Latin letters dropped. Names
// that fold to one slug are one topic. A name without letters and digits
// has the slug "".
func Slugify(name string) string {
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
