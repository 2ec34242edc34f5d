package digest

import (
	"net/url"
	"strings"
)

// longestURL is the most bytes of a URL that the mail has: a few longer ones
// would fill it, and browsers give up on them.
const longestURL = 4096

// webURL gives u as it stands in every part of the mail, or "" if it is not an
// absolute http or https URL. What html/template would encode in an attribute,
// such as parentheses and letters beyond ASCII, is encoded here already, so
// that the text part has the same bytes. A longer one than longestURL is "", too.
func webURL(u string) string {
	u = disarm(u)
	parsed, err := url.Parse(u)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	var b strings.Builder
	for i := range len(u) {
		if c := u[i]; plain(c) || c == '%' && escaped(u[i:]) {
			b.WriteByte(c)
		} else {
			const hex = "0123456789abcdef"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	if b.Len() > longestURL {
		return ""
	}
	return b.String()
}

// plain reports whether c is unreserved or reserved (RFC 3986, 2.2 and 2.3)
// and no quote or parenthesis.
func plain(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-._~:/?#[]@!$&*+,;=", c) >= 0
}

// escaped reports whether s begins with a whole percent-encoding.
func escaped(s string) bool {
	_, err := url.PathUnescape(s[:min(3, len(s))])
	return err == nil
}
