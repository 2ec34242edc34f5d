package feed

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// clean drops what XML 1.0 section 2.2 forbids or discourages and what feed
// validators warn of: control characters, noncharacters, broken UTF-8 and the
// mark that stands for it.
func clean(s string) string {
	for _, r := range s {
		if (r < ' ' || '~' < r) && illegal(r) { // the first rules out nearly all there is
			return strings.Map(dropIllegal, s)
		}
	}
	return s
}

func dropIllegal(r rune) rune {
	if illegal(r) {
		return -1
	}
	return r
}

func illegal(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case r < ' ' || '~' < r && r < 0xA0:
		return true
	}
	return r == utf8.RuneError || r&0xFFFE == 0xFFFE
}

var endTag = regexp.MustCompile(`</(\w)`)

// plain is s for a place that holds plain text: no space around it, and nothing
// at all if s is of characters that clean drops. An end tag in it ("Why </b>
// matters") gets an invisible word joiner after the "<": text with one is
// taken for HTML by readers that guess, and is warned of by validators however
// well it is escaped.
func plain(s string) string {
	s = strings.TrimSpace(clean(s))
	if strings.Contains(s, "</") {
		s = endTag.ReplaceAllString(s, "<\u2060/$1")
	}
	return s
}

// text is the content of an XML element that holds plain text.
type text struct {
	XML string `xml:",innerxml"`
}

// The RSS Advisory Board's best practices want "&" and "<" as hexadecimal
// references, which tells a validator that they are meant as characters.
// encoding/xml cannot write them.
var references = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&gt;")

func newText(s string) text { return text{references.Replace(plain(s))} }

// optionalText is nil, and so no element at all, if there is nothing in s.
func optionalText(s string) *text {
	if t := newText(s); t.XML != "" {
		return &t
	}
	return nil
}

// htmlText is plain text for a place that holds HTML: RSS's description. Some
// readers show it as it is written, so that only what HTML would take for a tag or
// a reference is escaped.
func htmlText(s string) string {
	s = strings.TrimSpace(clean(s))
	if !strings.ContainsAny(s, "&<") {
		return s
	}
	return htmlEscaper.Replace(s)
}

var htmlEscaper = strings.NewReplacer("& ", "& ", "&", "&amp;", "<", "&lt;")

// encodeURL percent-encodes what RFC 3986 does not allow in a URL, so that an
// address with spaces or letters beyond ASCII is one for every reader.
func encodeURL(s string) string {
	var b []byte
	done := 0 // bytes of s that are in b
	for i := range len(s) {
		if !inURL[s[i]] {
			b = append(b, s[done:i]...)
			b = fmt.Appendf(b, "%%%02X", s[i])
			done = i + 1
		}
	}
	if done == 0 {
		return s
	}
	return string(append(b, s[done:]...))
}

// inURL are the bytes that RFC 3986 allows.
var inURL = func() (allowed [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&'()*+,;=%") {
		allowed[c] = true
	}
	return allowed
}()
