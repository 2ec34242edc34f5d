package feedcheck

import "strings"

var headTable = func() table {
	date := leaf((*checker).rfc822Date)
	t := table{
		"title": {check: (*checker).plainLeaf}, "dateCreated": {check: date}, "dateModified": {check: date}, "ownerName": {check: (*checker).plainLeaf},
		"ownerEmail": {check: leaf((*checker).mailAddress)}, "ownerId": {check: trimmed(address(fullURI))}, "docs": {check: trimmed(address(fullURI))},
		"expansionState": {check: anything}, "vertScrollState": {check: leaf(integer("InvalidInteger"))},
	}
	for _, name := range []string{"windowTop", "windowLeft", "windowBottom", "windowRight"} {
		t[name] = rule{check: leaf(integer("InvalidInteger"))}
	}
	return t
}()

// opml checks a list of subscriptions lightly (opml.org/spec2).
func (c *checker) opml(n *node) {
	if v, ok := c.required(n, "version", "MissingAttribute"); ok {
		oneOf("InvalidOPMLVersion", "1.0 1.1 2.0")(c, n.at("version"), v)
	}
	c.children(n, table{
		"head": {check: func(c *checker, n *node) { c.children(n, headTable) }, missing: "MissingElement"},
		"body": {check: outlines, missing: "MissingElement"},
	})
}

func outlines(c *checker, n *node) {
	c.children(n, table{"outline": {check: outline, many: true}})
	if n.local == "body" && n.child("outline") == nil {
		c.report(n.spot(), "MissingElement", "body lacks its outline")
	}
}

// outline checks a subscription or a group of them.
func outline(c *checker, n *node) {
	outlines(c, n)
	if _, ok := n.attr("text"); !ok {
		c.report(n.spot(), "MissingAttribute", "outline lacks its attribute text")
	}
	switch strings.ToLower(n.value("type")) {
	case "rss", "atom":
		if _, ok := n.attr("xmlUrl"); !ok {
			c.report(n.spot(), "MissingXmlURL", "the subscription lacks its xmlUrl")
		}
		if _, ok := n.attr("title"); !ok {
			c.report(n.spot(), "MissingTitleAttr", "the subscription lacks its attribute title")
		}
	case "link", "include":
		if _, ok := n.attr("url"); !ok {
			c.report(n.spot(), "MissingUrlAttr", "the link lacks its url")
		}
	case "":
		if _, ok := n.attr("xmlUrl"); ok {
			c.report(n.spot(), "MissingOutlineType", `the subscription lacks type="rss"`)
		}
	}
	date := func(c *checker, at spot, s string) { c.rfc822Date(at, s) }
	html := func(c *checker, at spot, s string) { c.html(at, at.line, s, false) }
	c.attributes(n, map[string]func(c *checker, at spot, s string){
		"text": html, "title": html, "description": html,
		"xmlUrl": address(fullIRI), "htmlUrl": address(fullIRI), "url": address(fullIRI), "created": date,
		"isComment": oneOf("InvalidTrueFalse", "true false"), "isBreakpoint": oneOf("InvalidTrueFalse", "true false"),
		"version": func(c *checker, at spot, s string) {
			oneOf("InvalidOutlineVersion", "RSS RSS1 RSS2 ATOM")(c, at, strings.ToUpper(s))
		},
	})
}
