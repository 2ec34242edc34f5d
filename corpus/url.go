package corpus

import (
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// absolute resolves ref against base and gives it as an http or https URL, or
// "" if it is none. What the editors' own system serves to editors (OpenProject's
// attachments, /api/v3/) is none for readers.
func absolute(base *url.URL, ref string) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.HasPrefix(u.Path, "/api/v3/") {
		return ""
	}
	if !ascii(u.Host) {
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

// permalink fills a pattern such as /news/:year/:month/:day/:slug/ for an
// article. The day is the one that was written in the article.
func permalink(pattern string, date time.Time, slug string) string {
	return strings.NewReplacer(
		":year", strconv.Itoa(date.Year()),
		":month", date.Format("01"),
		":day", date.Format("02"),
		":slug", url.PathEscape(slug),
	).Replace(pattern)
}

// stem is a file's name without folder, ending and Jekyll's date; of a page
// bundle (index.md) it is the folder's.
func stem(file string) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if bare, _ := cutLanguage(name); bare == "index" && path.Dir(file) != "." {
		name = path.Base(path.Dir(file))
	}
	name, _ = cutLanguage(name)
	_, name = cutDate(name)
	return name
}

// cutDate cuts a leading 2019-05-30- from a name.
func cutDate(name string) (date, rest string) {
	const layout = "2006-01-02-"
	if len(name) > len(layout) {
		if _, err := time.Parse(layout, name[:len(layout)]); err == nil {
			return name[:len(layout)-1], name[len(layout):]
		}
	}
	return "", name
}
