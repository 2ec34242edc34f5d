package publish

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/medigy/newsdesk/internal/mediatype"
)

// Header is what a server says of a file (RFC 9110, RFC 9111).
type Header struct {
	Type  string // Content-Type
	Cache string // Cache-Control
}

// feedTypes are those of the feeds, by the file's name.
var feedTypes = map[string]string{"rss.xml": mediatype.RSS, "atom.xml": mediatype.Atom, "feed.json": mediatype.JSON}

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
	h := Header{Type: mediatype.Of(name)}
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
		h.Type = mediatype.Of("robots.txt")
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
