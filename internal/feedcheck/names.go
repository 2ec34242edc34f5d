package feedcheck

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// prefixes are the usual ones of the namespaces that feeds use. What is not
// listed is told as an unknown namespace: no reader will look for it.
var prefixes = map[string]string{
	nsAtom:                               "atom",
	nsXML:                                "xml",
	"http://www.w3.org/1999/xhtml":       "xhtml",
	"http://www.w3.org/2000/svg":         "svg",
	"http://www.w3.org/1998/Math/MathML": "mathml",
	"http://www.w3.org/1999/xlink":       "xlink",

	"http://purl.org/rss/1.0/modules/content/":     "content",
	"http://purl.org/rss/1.0/modules/slash/":       "slash",
	"http://purl.org/rss/1.0/modules/syndication/": "sy",
	"http://purl.org/dc/elements/1.1/":             "dc",
	"http://purl.org/dc/terms/":                    "dcterms",
	"http://search.yahoo.com/mrss/":                "media",
	"http://purl.org/syndication/history/1.0":      "fh",
	"http://purl.org/syndication/thread/1.0":       "thr",
	"http://wellformedweb.org/CommentAPI/":         "wfw",
	"http://www.w3.org/2007/app":                   "app",
	"http://a9.com/-/spec/opensearch/1.1/":         "opensearch",

	"http://purl.org/rss/1.0/":                              "rss1",
	"http://my.netscape.com/rdf/simple/0.9/":                "rss090",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":           "rdf",
	"http://www.w3.org/2000/01/rdf-schema#":                 "rdfs",
	"http://xmlns.com/foaf/0.1/":                            "foaf",
	"http://webns.net/mvcb/":                                "admin",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":            "itunes",
	"http://www.google.com/schemas/play-podcasts/1.0":       "googleplay",
	"https://podcastindex.org/namespace/1.0":                "podcast",
	"http://www.georss.org/georss":                          "georss",
	"http://www.w3.org/2003/01/geo/wgs84_pos#":              "geo",
	"http://www.opengis.net/gml":                            "gml",
	"http://backend.userland.com/creativeCommonsRssModule":  "creativeCommons",
	"http://creativecommons.org/ns#":                        "cc",
	"http://web.resource.org/cc/":                           "cc",
	"http://backend.userland.com/blogChannelModule":         "blogChannel",
	"http://madskills.com/public/xml/rss/module/trackback/": "trackback",
	"http://rssnamespace.org/feedburner/ext/1.0":            "feedburner",
	"http://www.microsoft.com/schemas/rss/core/2005":        "cf",
	"http://purl.org/rss/1.0/modules/event/":                "ev",
	"http://purl.org/rss/1.0/modules/image/":                "image",
	"http://purl.org/rss/1.0/modules/link/":                 "l",
	"http://purl.org/rss/1.0/modules/wiki/":                 "wiki",
	"http://purl.org/rss/1.0/modules/taxonomy/":             "taxo",
	"http://prismstandard.org/namespaces/1.2/basic/":        "prism",
	"http://base.google.com/ns/1.0":                         "g",
	"http://base.google.com/cns/1.0":                        "gc",
	"http://schemas.google.com/g/2005":                      "gd",
	"http://www.feedsync.org/2007/feedsync":                 "sx",
	"http://podlove.org/simple-chapters":                    "psc",
	"http://www.rawvoice.com/rawvoiceRssModule/":            "rawvoice",
	"http://www.spotify.com/ns/rss":                         "spotify",
	"http://purl.org/atompub/tombstones/1.0":                "at",
	"http://activitystrea.ms/spec/1.0/":                     "activity",
}

const (
	nsAtom = "http://www.w3.org/2005/Atom"
	nsXML  = "http://www.w3.org/XML/1998/namespace"
)

// obsolete are namespaces of drafts, and what to write today.
var obsolete = map[string]string{
	"http://purl.org/atom/ns#":                nsAtom,
	"http://example.com/newformat#":           nsAtom,
	"http://backend.userland.com/rss2":        "none",
	"http://backend.userland.com/RSS2":        "none",
	"http://blogs.law.harvard.edu/tech/rss":   "none",
	"http://search.yahoo.com/mrss":            "http://search.yahoo.com/mrss/",
	"http://purl.org/rss/1.0/modules/rss091#": "none",
	"http://purl.org/net/rss1.1#":             "none",
}

// names gives the element and its attributes the tables' prefixes and refuses
// prefixes that nobody declared and attributes that are there twice.
func (p *parser) names(n *node, t xml.StartElement) error {
	scope := map[string]bool{}
	p.scopes = append(p.scopes, scope)
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			scope[a.Value] = true
			p.namespace(spot{line: n.line, column: n.column}, a)
		}
	}
	var err error
	if n.prefix, err = p.prefix(t.Name.Space); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, a := range t.Attr {
		if key := a.Name.Space + " " + a.Name.Local; seen[key] {
			return fmt.Errorf("the attribute %s is there twice in one tag", a.Name.Local)
		} else {
			seen[key] = true
		}
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		prefix, err := p.prefix(a.Name.Space)
		if err != nil {
			return err
		}
		n.attrs = append(n.attrs, attribute{prefix, a.Name.Local, a.Value})
	}
	return nil
}

// prefix gives a namespace's usual prefix. encoding/xml leaves a prefix that is
// not declared where the namespace should be.
func (p *parser) prefix(space string) (string, error) {
	if space == "" || space == nsXML {
		return prefixes[space], nil
	}
	for _, scope := range p.scopes {
		if !scope[space] {
			continue
		}
		switch prefix := prefixes[space]; {
		case prefix != "":
			return prefix, nil
		case obsolete[space] == nsAtom:
			return "atom", nil
		case obsolete[space] == "none":
			return "", nil
		case obsolete[space] != "":
			return prefixes[obsolete[space]], nil
		}
		return "?", nil
	}
	return "", fmt.Errorf("the prefix %s is not declared (want xmlns:%s=\"…\" in this element or one around it)", space, space)
}

// namespace tells of a declaration of a namespace that readers do not know.
func (p *parser) namespace(at spot, a xml.Attr) {
	switch space := a.Value; {
	case prefixes[space] != "" || space == "" || p.once["namespace "+space]:
	case space == "http://search.yahoo.com/mrss":
		p.report(at, "MediaRssNamespace", "the namespace %s lacks its final slash (want %s)", space, obsolete[space])
	case obsolete[space] == nsAtom:
		p.report(at, "ObsoleteNamespace", "the namespace %s is that of a draft (want %s)", short(space), nsAtom)
	case obsolete[space] != "":
	case strings.EqualFold(space, nsAtom):
		p.report(at, "InvalidNamespace", "the namespace %s is misspelt (want %s)", short(space), nsAtom)
	default:
		p.report(at, "UnknownNamespace", "the namespace %s is not one that readers know", short(space))
	}
	p.once["namespace "+a.Value] = true
}
