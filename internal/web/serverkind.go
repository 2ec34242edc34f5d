package web

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/mediatype"
)

// kind is what a file is.
type kind struct {
	contentType []string // value of the header field
	page        []string // that which browsers get, if it is another
	text        bool     // is worth compressing
	feed        bool     // is read by programs again and again
	dates       []string // what stands before the dates of its changes
}

var (
	rssKind  = feedKind(mediatype.RSS, xmlType, "<lastBuildDate>")
	atomKind = feedKind(mediatype.Atom, xmlType, "<updated>")
	jsonKind = feedKind(mediatype.JSON, nil, `"date_modified":"`, `"date_published":"`)
	opmlKind = feedKind(mediatype.Of("feeds.opml"), nil)
	anyKind  = kind{contentType: []string{"application/octet-stream"}}
)

// xmlType is that of RSS and Atom for browsers. With the registered types, which
// readers look for, Chromium shows plain text and Firefox downloads; with this
// both show the feed's style sheet, and so does Safari, by X-Content-Type-Options:
// nosniff.
var xmlType = []string{mediatype.Of("feed.xml")}

func feedKind(mediaType string, page []string, dates ...string) kind {
	return kind{contentType: []string{mediaType}, page: page, text: true, feed: true, dates: dates}
}

// typeFor gives the media type for a request with that Accept. What navigates asks
// for text/html; so do some readers, which look for feeds in pages, but they name
// the types of feeds as well.
func (k *kind) typeFor(accept []string) []string {
	all := strings.Join(accept, ",")
	if k.page == nil || !strings.Contains(all, "text/html") || strings.Contains(all, "/rss+xml") || strings.Contains(all, "/atom+xml") {
		return k.contentType
	}
	return k.page
}

// kindOf tells what a file is: by its name, and of XML and JSON, whose names say
// little, by its beginning.
func kindOf(name string, data []byte) kind {
	head := data[:min(len(data), 1024)]
	extension := strings.ToLower(path.Ext(name))
	switch {
	case extension == ".xml" && bytes.Contains(head, []byte("<rss")):
		return rssKind
	case extension == ".xml" && bytes.Contains(head, []byte("<feed")):
		return atomKind
	case extension == ".json" && bytes.Contains(head, []byte("https://jsonfeed.org/version/")):
		return jsonKind
	case extension == ".opml":
		return opmlKind
	}
	if mediaType := mediatype.Of(name); mediaType != "" {
		return kind{contentType: []string{mediaType}, text: mediatype.Text(mediaType)}
	}
	return anyKind
}

// newest is the time that a feed as newsdesk writes it gives itself: RSS and Atom
// name it before the first item, a JSON feed's is the newest of its items. Text
// cannot be taken for it: in XML < is escaped, in JSON the quotation marks are.
// It is zero if there is none.
func newest(k kind, data []byte) (t time.Time) {
	for _, mark := range k.dates {
		for rest := data; ; {
			i := bytes.Index(rest, []byte(mark))
			if i < 0 {
				break
			}
			rest = rest[i+len(mark):]
			end := bytes.IndexAny(rest[:min(len(rest), 64)], `<"`)
			if end < 0 {
				break
			}
			if u, err := parseDate(string(rest[:end])); err == nil && u.After(t) {
				t = u
			}
			if strings.HasPrefix(mark, "<") {
				break // the feed's own
			}
		}
	}
	return t
}

// parseDate reads a date as RSS (RFC 822, with four digits of the year) or as
// Atom and JSON Feed have it (RFC 3339).
func parseDate(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC1123Z, text)
}

func urlPath(name string) string { return (&url.URL{Path: name}).EscapedPath() }
