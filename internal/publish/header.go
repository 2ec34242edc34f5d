package publish

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Header is what a server says of a file (RFC 9110, RFC 9111).
type Header struct {
	Type  string // Content-Type
	Cache string // Cache-Control
}

// types are the media types by the name's end. Go's own table depends on the
// machine.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".xml":  "application/xml; charset=utf-8",
	".xsl":  "text/xsl; charset=utf-8",
	".opml": "text/x-opml; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".eml":  "message/rfc822",
	".svg":  "image/svg+xml; charset=utf-8",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".gif":  "image/gif",
	".webp": "image/webp",
	".avif": "image/avif",
	".ico":  "image/x-icon",
	".gz":   "application/gzip",

	".webmanifest": "application/manifest+json; charset=utf-8",
}

// feedTypes are those of the feeds. FreshRSS refuses a feed that is not sent as
// XML, and readers guess another charset where none is named.
var feedTypes = map[string]string{
	"rss.xml":   "application/rss+xml; charset=utf-8",
	"atom.xml":  "application/atom+xml; charset=utf-8",
	"feed.json": "application/feed+json; charset=utf-8",
}

// page is the number in the name of an archive's page: atom-12.xml.
var page = regexp.MustCompile(`-[0-9]+(\.(?:xml|json))$`)

// feedType gives the media type of a feed or of a page of its archive; "" is no
// feed.
func feedType(name string) string {
	return feedTypes[page.ReplaceAllString(path.Base(name), "$1")]
}

const (
	assetSeconds = 24 * 60 * 60
	pageSeconds  = 5 * 60
	hubSeconds   = 60
)

// headerOf gives the header of a file by its name: feeds may be kept for their ttl,
// pages for minutes, images for a day, and for good what has a hash of its
// content in the name.
func headerOf(name string, o Options) Header {
	ext := strings.ToLower(path.Ext(name))
	h := Header{Type: types[ext]}
	switch {
	case feedType(name) != "":
		h.Type = feedType(name)
		h.Cache = fmt.Sprintf("public, max-age=%d", o.TTL*60)
		if len(o.Hubs) > 0 {
			// A hub fetches the feed as soon as it is told: a CDN must not give it the old one.
			h.Cache += fmt.Sprintf(", s-maxage=%d", min(o.TTL*60, hubSeconds))
		}
	case isHashed(name):
		h.Cache = "public, max-age=31536000, immutable"
	case ext == ".html" || ext == ".txt" || ext == ".opml" || ext == ".json" || ext == ".eml" || ext == "":
		h.Cache = fmt.Sprintf("public, max-age=%d", pageSeconds)
	default:
		h.Cache = fmt.Sprintf("public, max-age=%d", assetSeconds)
	}
	switch {
	case h.Type != "":
	case ext == "": // _headers, robots
		h.Type = types[".txt"]
	default:
		h.Type = "application/octet-stream"
	}
	return h
}

var hashed = regexp.MustCompile(`[.-]([0-9a-f]{8,64})\.[a-z0-9]+$`)

// isHashed reports whether a name has a hash in it: style.3f9a61c0.css. One of
// digits alone is rather a date.
func isHashed(name string) bool {
	m := hashed.FindStringSubmatch(path.Base(name))
	return m != nil && strings.ContainsAny(m[1], "abcdef") && strings.ContainsAny(m[1], "0123456789")
}

// rank is the round in which a file is put: what others point to comes first.
type rank int

const (
	content rank = iota // pages, images, digests, pages of archives
	feeds
	indexes // what lists feeds: OPML, and a page in a folder that holds feeds
	ranks
)

// rankOf gives a file's rank; folders are those that hold feeds.
func rankOf(name string, folders map[string]bool) rank {
	switch base := path.Base(name); {
	case feedTypes[base] != "":
		return feeds
	case path.Ext(base) == ".opml", base == "index.html" && folders[path.Dir(name)]:
		return indexes
	}
	return content
}
