package feedcheck

import (
	"bytes"
	"mime"
	"strings"
)

// Response is how a server gave a feed: the headers that readers heed.
type Response struct {
	ContentType, ETag, LastModified string
}

var (
	wantedTypes = map[Format]string{
		RSS: "application/rss+xml", Atom: "application/atom+xml", JSON: "application/feed+json", OPML: "text/x-opml",
	}
	generalTypes = set("application/xml text/xml application/json text/plain application/octet-stream application/rdf+xml")
)

// marks begin the root elements by which readers that sniff tell XML formats apart.
var marks = map[Format]string{RSS: "<rss", Atom: "<feed", OPML: "<opml"}

// marked reports whether XML of no special type shows its format to readers that
// look at its first bytes alone, as W3C's validator wants.
func marked(f Format, kind string, data []byte) bool {
	const sniffed = 512
	mark := marks[f]
	return mark != "" && (kind == "application/xml" || kind == "text/xml") && bytes.Contains(data[:min(len(data), sniffed)], []byte(mark))
}

// response checks the headers.
func (c *checker) response(f Format, data []byte) {
	top := spot{}
	kind, params, err := mime.ParseMediaType(c.Response.ContentType)
	want := wantedTypes[f]
	switch {
	case c.Response.ContentType == "":
		c.report(top, "UnexpectedContentType", "there is no Content-Type (want %s)", want)
	case err != nil:
		c.report(top, "UnexpectedContentType", "the Content-Type %s is not one (want %s)", short(c.Response.ContentType), want)
	case kind == want, marked(f, kind, data):
	case generalTypes[kind]:
		c.report(top, "NonSpecificMediaType", "the Content-Type is %s (want %s)", short(kind), want)
	default:
		c.report(top, "UnexpectedContentType", "the Content-Type is %s (want %s)", short(kind), want)
	}
	c.charset(params["charset"], kind)
	if c.Response.ETag == "" && c.Response.LastModified == "" {
		c.report(top, "MissingValidator", "there is neither ETag nor Last-Modified")
	}
}

// charset compares the encoding of the header with the one of the declaration.
func (c *checker) charset(charset, kind string) {
	charset = strings.ToLower(charset)
	switch {
	case charset == "" && strings.HasPrefix(kind, "text/") && c.declared != "":
		c.report(spot{}, "EncodingMismatch", "%s without a charset (want charset=%s, as the file declares)", kind, c.declared)
	case charset != "" && c.declared != "" && charset != c.declared:
		c.report(spot{}, "EncodingMismatch", "the charset is %s, and the file declares %s", short(charset), short(c.declared))
	}
}
