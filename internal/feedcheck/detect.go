package feedcheck

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// Format is what a file is.
type Format string

// The formats. OldXML is a feed of a format before those: RSS 1.0, Atom 0.3.
const (
	Unknown Format = ""
	RSS     Format = "RSS"
	Atom    Format = "Atom"
	OPML    Format = "OPML"
	JSON    Format = "JSON Feed"
	OldXML  Format = "an old format"
)

// Detect tells a file's format from its first element or, for JSON, its version
// or other members that only feeds have.
// The name and the type that a server gives play no part.
func Detect(data []byte) Format {
	head := data[:min(len(data), 64<<10)]
	text := bytes.TrimLeft(head, "\ufeff \t\r\n")
	if len(text) > 0 && text[0] == '{' {
		has := func(s string) bool { return bytes.Contains(head, []byte(s)) }
		if has("jsonfeed.org/version") || has(`"items"`) && (has(`"feed_url"`) || has(`"home_page_url"`)) {
			return JSON
		}
		return Unknown
	}
	decoded, _, err := decode(head)
	if err != nil {
		decoded = head
	}
	return rootFormat(decoded)
}

// rootFormat finds the first element, even of XML that is not well-formed.
func rootFormat(text []byte) Format {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimLeft(text, "\ufeff \t\r\n")))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return Unknown
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch strings.ToLower(start.Name.Local) {
		case "rss", "channel":
			return RSS
		case "feed", "entry":
			return Atom
		case "opml":
			return OPML
		case "rdf":
			return OldXML
		}
		return Unknown
	}
}
