// Package mediatype has the media types of the files that newsdesk puts out, for
// whoever serves or publishes them: so a file has the same type wherever it is
// fetched from.
package mediatype

import (
	"path"
	"strings"
)

// types are the media types by the name's end. Go's own table depends on the
// machine.
var types = map[string]string{
	".html":  "text/html; charset=utf-8",
	".txt":   "text/plain; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".xml":   "application/xml; charset=utf-8",
	".xsl":   "application/xslt+xml; charset=utf-8",
	".opml":  "text/x-opml; charset=utf-8",
	".json":  "application/json; charset=utf-8",
	".eml":   "message/rfc822",
	".svg":   "image/svg+xml; charset=utf-8",
	".png":   "image/png",
	".jpg":   "image/jpeg",
	".jpeg":  "image/jpeg",
	".gif":   "image/gif",
	".webp":  "image/webp",
	".avif":  "image/avif",
	".ico":   "image/x-icon",
	".woff2": "font/woff2",
	".gz":    "application/gzip",

	".webmanifest": "application/manifest+json; charset=utf-8",
}

// The media types of feeds, which no name's end tells. FreshRSS refuses a feed that
// is not sent as XML, and readers guess another charset where none is named.
const (
	RSS  = "application/rss+xml; charset=utf-8"
	Atom = "application/atom+xml; charset=utf-8"
	JSON = "application/feed+json; charset=utf-8" // JSON Feed
)

// Of gives the value of Content-Type for a file by its name, whatever its case; ""
// for one whose name says nothing.
func Of(name string) string { return types[strings.ToLower(path.Ext(name))] }

// Text reports whether a file of that media type is text, and so worth compressing.
func Text(mediaType string) bool {
	return strings.HasSuffix(mediaType, "; charset=utf-8") || mediaType == types[".eml"]
}
