package feed

import (
	"encoding/xml"
	"strings"

	"github.com/medigy/newsdesk/internal/words"
)

// opml is an OPML 2.0 document: http://opml.org/spec2.opml.
type opml struct {
	XMLName  xml.Name  `xml:"opml"`
	Version  string    `xml:"version,attr"`
	Title    text      `xml:"head>title"`
	Modified string    `xml:"head>dateModified,omitempty"`
	Owner    text      `xml:"head>ownerName"`
	Outlines []outline `xml:"body>outline"`
}

// outline is a feed, or a vocabulary with the feeds of its topics.
type outline struct {
	Text        string    `xml:"text,attr"`
	Type        string    `xml:"type,attr,omitempty"`
	Title       string    `xml:"title,attr,omitempty"`
	Description string    `xml:"description,attr,omitempty"`
	XMLURL      string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string    `xml:"htmlUrl,attr,omitempty"`
	Language    string    `xml:"language,attr,omitempty"`
	Outlines    []outline `xml:"outline"`
}

// encodeOPML lists the feeds for import into a reader, topics under their
// vocabularies.
func encodeOPML(list []*Feed) ([]byte, error) {
	all := list[0]
	d := opml{
		Version:  "2.0",
		Title:    newText(words.About(all.Options.voice.Words.FeedsOf, "", all.Options.Site.Title)),
		Modified: rfc822(all.Updated),
		Owner:    newText(all.Options.Site.Title),
		Outlines: []outline{newOutline(all)},
	}
	for _, g := range groups(list[1:]) {
		var topics []outline
		for _, f := range g.feeds {
			topics = append(topics, newOutline(f))
		}
		if g.name == "" {
			d.Outlines = append(d.Outlines, topics...)
			continue
		}
		d.Outlines = append(d.Outlines, outline{Text: outlineText(g.name), Outlines: topics})
	}
	data, err := xml.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

func newOutline(f *Feed) outline {
	title := outlineText(f.Title)
	return outline{
		Text: title, Title: title, Type: "rss",
		Description: outlineText(f.Description),
		XMLURL:      f.URL(rssFile),
		HTMLURL:     encodeURL(f.Home),
		Language:    f.Options.Site.Language,
	}
}

// outlineText is s for an outline's attribute, which is HTML (OPML 2.0: "text
// might include encoded HTML markup"): a "<" in it begins no tag. An "&" stays:
// most readers take the attribute for plain text, and HTML takes it as it is.
func outlineText(s string) string {
	return strings.ReplaceAll(plain(s), "<", "&lt;")
}
