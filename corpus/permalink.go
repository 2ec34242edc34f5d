package corpus

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A permalink is a pattern for the URLs of articles' own pages, such as
// /news/:year/:month/:slug/. A part in (parentheses) is only for articles in
// another language than the site's, whose pages most generators put into a
// folder of their own.
type permalink struct {
	pattern string
	home    string // the site's language
}

// page is what a permalink tells of an article.
type page struct {
	written  time.Time // date of publication, in its own zone
	slug     string    // folded
	name     string    // slug or file's name, as written
	folder   string    // of the file, without language, bundle and Jekyll's _posts
	path     string    // of the file, as a page whose address is just that has it
	tag      string    // BCP 47
	language string    // as the folder, file's name or field writes it
}

// The words that a pattern can have. Unpadded months and days are Jekyll's.
var permalinkWords = map[string]func(page) string{
	":year":     func(p page) string { return strconv.Itoa(p.written.Year()) },
	":month":    func(p page) string { return p.written.Format("01") },
	":day":      func(p page) string { return p.written.Format("02") },
	":i_month":  func(p page) string { return p.written.Format("1") },
	":i_day":    func(p page) string { return p.written.Format("2") },
	":slug":     func(p page) string { return url.PathEscape(p.slug) },
	":name":     func(p page) string { return escapePath(p.name) },
	":folder":   func(p page) string { return escapePath(p.folder) },
	":path":     func(p page) string { return escapePath(p.path) },
	":language": func(p page) string { return url.PathEscape(p.language) },
}

var permalinkWord = regexp.MustCompile(`:[a-z_]+`)

// CheckPermalink says what is wrong with a pattern of Options.Permalink, or nil.
func CheckPermalink(pattern string) error {
	named := false
	for _, word := range permalinkWord.FindAllString(pattern, -1) {
		if permalinkWords[word] == nil {
			return fmt.Errorf("%q: there is no %s (want :year, :month, :day, :i_month, :i_day, :slug, :name, :path, :folder or :language)", pattern, word)
		}
		named = named || word == ":slug" || word == ":name" || word == ":path"
	}
	if !named {
		return fmt.Errorf("%q gives every article one URL (want :slug, :name or :path in it, as in /news/:slug/)", pattern)
	}
	if !balanced(pattern) {
		return fmt.Errorf("%q: each ( wants a ) behind it, as in (/:language)/:slug/", pattern)
	}
	return nil
}

// balanced reports whether parentheses open and close in turn.
func balanced(pattern string) bool {
	open := false
	for _, c := range pattern {
		if c == '(' && open || c == ')' && !open {
			return false
		}
		if c == '(' || c == ')' {
			open = !open
		}
	}
	return !open
}

// fill gives an article's path on the site. A word that says nothing, such as
// the folder of a file that is in none, leaves no empty folder behind.
func (l permalink) fill(p page) string {
	pattern := l.pattern
	for {
		before, rest, ok := strings.Cut(pattern, "(")
		if !ok {
			break
		}
		part, after, _ := strings.Cut(rest, ")")
		if p.tag == l.home {
			part = ""
		}
		pattern = before + part + after
	}
	filled := permalinkWord.ReplaceAllStringFunc(pattern, func(word string) string { return permalinkWords[word](p) })
	for strings.Contains(filled, "//") {
		filled = strings.ReplaceAll(filled, "//", "/")
	}
	return filled
}

// escapePath escapes each part of a path.
func escapePath(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// folder gives what of a file's folder is in its URL on most sites. language is
// how the topmost folder writes the article's language, or "".
func folder(file, language string) string {
	dir := path.Dir(file)
	if isBundle(file) {
		dir = path.Dir(dir)
	}
	var kept []string
	for i, part := range strings.Split(dir, "/") {
		if part != "." && part != "_posts" && (i > 0 || part != language) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "/")
}

// pagePath gives a file's path without its ending, and without a name that only
// says that the page is its folder's: index.md, or same/same.md, as Eleventy has it.
func pagePath(file string) string {
	dir, name := path.Split(strings.TrimSuffix(file, path.Ext(file)))
	dir = strings.TrimSuffix(dir, "/")
	if dir != "" && (isBundle(file) || name == path.Base(dir)) {
		return dir
	}
	return dir + "/" + name
}
