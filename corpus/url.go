package corpus

import (
	"net/url"
	"path"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// maxHost is how many octets a host has as it is written: at most four for each of the
// 253 that a domain has in ASCII (RFC 1035, 2.3.4). To find out takes the square of the
// time (Punycode).
const maxHost = 4 * 253

// absolute resolves ref against base and gives it as an http or https URL, or
// "" if it is none. What the editors' own system serves to editors (OpenProject's
// attachments, /api/v3/) is none for readers.
func absolute(base *url.URL, ref string) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.HasPrefix(u.Path, "/api/v3/") {
		return ""
	}
	if !ascii(u.Host) {
		if len(u.Host) > maxHost {
			return ""
		}
		host, err := idna.Lookup.ToASCII(u.Hostname())
		if err != nil {
			return ""
		}
		if u.Port() != "" {
			host += ":" + u.Port()
		}
		u.Host = host
	}
	return u.String()
}

// domain gives a URL's host without www., or "".
func domain(ref string) string {
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// stem is a file's name without folder, ending and Jekyll's date; of a page
// bundle (index.md) it is the folder's.
func stem(file string) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if isBundle(file) {
		name = path.Base(path.Dir(file))
	}
	name, _ = cutLanguage(name)
	_, name = cutDate(name)
	return name
}

// isBundle reports whether a file is the text of a page bundle, whose folder is
// the article's.
func isBundle(file string) bool {
	bare, _ := cutLanguage(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	return bare == "index" && path.Dir(file) != "."
}

// cutDate cuts a leading 2019-05-30- or 2019-05-30_ from a name.
func cutDate(name string) (date, rest string) {
	const n = len(time.DateOnly)
	if len(name) > n+1 && (name[n] == '-' || name[n] == '_') {
		if _, err := time.Parse(time.DateOnly, name[:n]); err == nil {
			return name[:n], name[n+1:]
		}
	}
	return "", name
}

// pathDate finds a date in a path as blogs have it: in the name of the file or
// of a folder (2021-09-07-title/index.md), or as three folders (2021/09/07/title).
// It is "" if there is none.
func pathDate(file string) string {
	parts := strings.Split(file, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if date, _ := cutDate(parts[i]); date != "" {
			return date
		}
		if i+3 > len(parts)-1 || len(parts[i]) != 4 {
			continue
		}
		if t, err := time.Parse("2006/1/2", strings.Join(parts[i:i+3], "/")); err == nil {
			return t.Format("2006-01-02")
		}
	}
	return ""
}
