package feedcheck

import "strings"

// xml checks a feed in XML.
func (c *checker) xml(data []byte) {
	text, ok := c.decoded(data)
	if !ok {
		return
	}
	root := c.parse(text)
	if root == nil {
		return
	}
	c.everywhere(root)
	c.based = c.URL != "" || hasSelf(root)
	switch root.name() {
	case "rss":
		c.rss(root)
	case "atom:feed":
		c.atomFeed(root)
	case "atom:entry":
		c.atomEntry(root)
	case "opml":
		c.opml(root)
	case "?:feed", "?:entry":
		c.report(root.spot(), "InvalidNamespace", "%s is not in Atom's namespace (want xmlns=%q)", root.local, nsAtom)
	case "feed", "entry":
		c.report(root.spot(), "MissingNamespace", "%s is not in Atom's namespace (want xmlns=%q)", root.local, nsAtom)
	case "rdf:RDF", "rss1:RDF":
		c.report(root.spot(), "ObsoleteVersion", "RSS 1.0 and 0.90 are checked for well-formed XML only (want RSS 2.0 or Atom)")
	default:
		c.report(root.spot(), "UndefinedElement", "%s begins no feed (want rss, feed or opml)", short(root.local))
	}
}

// everywhere checks the attributes that every element can have, and characters
// that are no text.
func (c *checker) everywhere(n *node) {
	if lang, ok := n.attr("xml:lang"); ok && lang != "" {
		c.language(n.at("xml:lang"), lang)
	}
	if base, ok := n.attr("xml:base"); ok {
		c.address(n.at("xml:base"), base, anyIRI)
	}
	c.characters(n.spot(), n.text)
	for _, a := range n.attrs {
		c.characters(n.at(qualified(a.prefix, a.local)), a.value)
	}
	for _, ch := range n.children {
		c.everywhere(ch)
	}
}

// characters tells of the controls 80 to 9F: text of Windows that was read as
// Latin-1.
func (c *checker) characters(at spot, s string) {
	if i := strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 && r < 0xA0 || r == '\ufffd' }); i >= 0 {
		c.report(at, "BadCharacters", "the control character %+q is no text (is it Windows-1252 that was read as Latin-1?)", []rune(s[i:])[0])
	}
}
