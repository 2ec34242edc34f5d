package corpus

import (
	"crypto/sha1"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// slug gives the last part of an article's URL, folded and as written.
func (r *reader) slug(front value) (slug, name string) {
	if v, ok := r.text(front, FieldSlug); ok {
		if slug := slugify(v.text); slug != "" {
			return slug, strings.Trim(path.Clean("/"+clean(strings.TrimSpace(v.text))), "/")
		}
	}
	r.because(FieldSlug, "there is none: the file's name gives it")
	name = stem(r.path)
	return slugify(name), clean(name)
}

// ownPage gives the URL of the article's own page: the one it names, or the
// one that the site's permalink pattern makes.
func (r *reader) ownPage(front value, p page) string {
	if v, ok := r.text(front, FieldURL); ok && !isPattern(v.text) {
		if named := absolute(r.site, v.text); named != "" {
			return named
		}
	}
	r.because(FieldURL, "content.permalink "+r.permalink.pattern)
	return r.own(r.permalink.fill(p))
}

// isPattern reports whether a permalink is not an address but how a generator
// makes one, as /:title/ of Jekyll and /{{ page.fileSlug }}/ of Eleventy, or that
// there is none (false).
func isPattern(permalink string) bool {
	return permalink == "false" || strings.Contains(permalink, ":title") || strings.Contains(permalink, "{{") || strings.Contains(permalink, "{%")
}

// isUUID reports whether text is a UUID as RFC 9562, section 4, writes it.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		switch b := text[i] | 0x20; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if text[i] != '-' {
				return false
			}
		case b >= '0' && b <= '9' || b >= 'a' && b <= 'f':
		default:
			return false
		}
	}
	return true
}

// id gives the article's identity, which must outlive a change of its slug,
// title, date and original: a UUID of its own, else an ID of its own as a tag
// URI (RFC 4151), else a UUID made from its path (RFC 9562, version 5).
func (r *reader) id(front value) (id string, byPath bool) {
	if v, ok := r.text(front, FieldUUID); ok {
		if name := strings.TrimSuffix(v.text, path.Ext(v.text)); isUUID(name) {
			r.because(FieldID, "the article's own UUID")
			return "urn:uuid:" + strings.ToLower(name), false
		}
	}
	if v, ok := r.text(front, FieldID); ok {
		id = strings.TrimSpace(v.text)
		if u, err := url.Parse(id); err == nil && u.Scheme != "" && !strings.ContainsAny(id, " \n") {
			r.because(FieldID, "the article's own ID, which is a URI")
			return clean(id), false
		}
		r.because(FieldID, "the article's own ID as a tag URI (RFC 4151)")
		// The year is fixed: an ID must not change with the article's date.
		return "tag:" + r.site.Hostname() + ",2021:" + url.PathEscape(clean(id)), false
	}
	r.because(FieldID, "there is none: a UUID made from the path without its date")
	return r.pathID(path.Join(path.Dir(r.path), stem(r.path))), true
}

// pathID makes an ID from a path.
func (s *settings) pathID(name string) string {
	return "urn:uuid:" + pathUUID(s.site.Hostname()+"/"+name)
}

// pathUUID hashes a name into a UUID of version 5.
func pathUUID(name string) string {
	const urlNamespace = "\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8"
	sum := sha1.Sum([]byte(urlNamespace + name))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
