package feedcheck

import "strings"

var feedTable, entryTable, sourceTable, personTable table

// atomTables makes the tables of Atom.
func atomTables() {
	date := leaf((*checker).rfc3339Date)
	common := table{
		"atom:author": {check: person, many: true}, "atom:contributor": {check: person, many: true},
		"atom:category": {check: atomCategory, many: true}, "atom:link": {check: (*checker).link, many: true},
		"atom:rights": {check: textConstruct},
	}
	head := table{
		"atom:id": {check: atomID, missing: "MissingElement"}, "atom:title": {check: textConstruct, missing: "MissingElement"},
		"atom:updated": {check: date, missing: "MissingElement"},
	}
	plain := table{
		"atom:generator": {check: generator}, "atom:icon": {check: leaf(iri)}, "atom:logo": {check: leaf(iri)}, "atom:subtitle": {check: textConstruct},
	}
	feedTable = table{"atom:entry": {check: entry, many: true}}.with(forChannel, mediaTable, common, head, plain)
	entryTable = table{
		"atom:content": {check: content}, "atom:published": {check: date}, "atom:source": {check: source}, "atom:summary": {check: textConstruct},
	}.with(threads, mediaTable, common, head)
	sourceTable = table{"atom:id": {check: atomID}, "atom:title": {check: textConstruct}, "atom:updated": {check: date}}.with(dublinCore, common, plain)
	personTable = table{
		"atom:name": {check: (*checker).personName, missing: "MissingElement"}, "atom:uri": {check: leaf(iri)}, "atom:email": {check: leaf((*checker).mailAddress)},
	}
	delete(feedTable, "atom:content")
	delete(feedTable, "atom:summary")
	delete(feedTable, "atom:published")
	delete(feedTable, "atom:source")
}

// threads are an entry's extensions: those of an item without what is RSS's.
var threads = func() table {
	t := table{}.with(dublinCore, dublinTerms)
	for _, name := range []string{"slash:section", "slash:department", "slash:comments", "slash:hit_parade", "wfw:comment", "wfw:commentRss", "thr:total", "thr:in-reply-to"} {
		t[name] = forItem[name]
	}
	return t
}()

// atomFeed checks Atom 1.0 (RFC 4287).
func (c *checker) atomFeed(n *node) {
	if _, ok := n.attr("version"); ok {
		c.report(n.at("version"), "UnexpectedAttribute", "feed has no attribute version: that is Atom 0.3 (want Atom 1.0, RFC 4287)")
	}
	c.children(n, feedTable)
	entries := false
	for _, ch := range n.children {
		if ch.name() == "atom:entry" {
			entries = true
		} else if entries && ch.prefix == "atom" {
			c.report(ch.spot(), "MisplacedMetadata", "%s stands after an entry (want entries last)", ch.local)
		}
	}
	c.feedSelf(n)
	c.alternates(n)
	c.archive(n, n.spot())
	c.sameEntries(n)
	c.missingAuthor(n)
}

// atomEntry checks a document that is one entry.
func (c *checker) atomEntry(n *node) {
	entry(c, n)
	c.authored(n)
}

func (c *checker) feedSelf(n *node) {
	for _, l := range n.children {
		if l.name() == "atom:link" && l.rel() == "self" {
			href := l.value("href")
			if !hasScheme(href) && !hasScheme(n.inherited("xml:base")) {
				c.report(l.at("href"), "RelativeSelf", "%s is relative (want the feed's whole address)", short(href))
			} else if hasScheme(href) {
				c.self(l.at("href"), href)
			}
			return
		}
	}
	c.report(n.spot(), "MissingSelf", `the feed lacks <link rel="self" href="…"/>`)
}

func (c *checker) missingAuthor(n *node) {
	if n.child("atom:author") != nil {
		return
	}
	for _, e := range n.children {
		if e.name() == "atom:entry" {
			c.authored(e)
		}
	}
}

// authored wants an entry of which no feed around it names the author to name it.
func (c *checker) authored(e *node) {
	if src := e.child("atom:source"); e.child("atom:author") == nil && (src == nil || src.child("atom:author") == nil) {
		c.report(e.spot(), "MissingElement", "the entry lacks its author, and the feed has none")
	}
}

// sameEntries tells of entries that readers take for one, or cannot sort.
func (c *checker) sameEntries(n *node) {
	ids, dates := map[string]int{}, map[string]int{}
	entries := 0
	for _, e := range n.children {
		if e.name() != "atom:entry" {
			continue
		}
		entries++
		if u := e.child("atom:updated"); u != nil {
			c.unlike(u, dates, "DuplicateUpdated", "the entry of line %d was updated at the same time, %s")
		}
		if id := e.child("atom:id"); id != nil {
			c.unlike(id, ids, "DuplicateEntries", "the entry of line %d has the same id, %s")
		}
	}
	if len(ids) == 1 && entries > 2 {
		c.report(n.spot(), "DuplicateIds", "all %d entries have one id (want one each)", entries)
	}
}

// unlike tells of a text that stood in an earlier line, too.
func (c *checker) unlike(n *node, lines map[string]int, code, format string) {
	s := strings.TrimSpace(n.text)
	if line := lines[s]; line > 0 {
		c.report(n.spot(), code, format, line, short(s))
	} else {
		lines[s] = n.line
	}
}

func entry(c *checker, n *node) {
	c.children(n, entryTable)
	c.alternates(n)
	body, summary := n.child("atom:content"), n.child("atom:summary")
	alternate := false
	for _, l := range n.children {
		alternate = alternate || l.name() == "atom:link" && l.rel() == "alternate"
		if l.name() == "atom:link" && historyRels[l.rel()] && n.parent != nil {
			c.report(l.spot(), "FeedHistoryRelInEntry", "a link with rel=%s in an entry (want it in the feed)", short(l.rel()))
		}
	}
	switch {
	case body == nil && !alternate:
		c.report(n.spot(), "MissingContentOrAlternate", `the entry has neither content nor <link rel="alternate">`)
	case body == nil && summary == nil:
		c.report(n.spot(), "MissingTextualContent", "the entry has neither content nor summary")
	case body != nil && summary == nil && (body.value("src") != "" || base64Type(body.value("type"))):
		c.report(n.spot(), "MissingSummary", "the entry's content is no text, and there is no summary")
	}
}

func source(c *checker, n *node) {
	c.children(n, sourceTable)
	for _, name := range []string{"id", "title", "updated"} {
		if n.child("atom:"+name) == nil {
			c.report(n.spot(), "MissingSourceElement", "source lacks its %s", name)
		}
	}
	c.alternates(n)
}

// person checks an author or contributor (RFC 4287, 3.2).
func person(c *checker, n *node) { c.children(n, personTable) }

func (c *checker) personName(n *node) {
	c.labelLeaf(n)
	if addrSpec.MatchString(strings.TrimSpace(n.text)) {
		c.report(n.spot(), "ContainsEmail", "the name %s is an address of mail (want it in email)", short(n.text))
	}
}

func atomID(c *checker, n *node) {
	leaf(spaceless)(c, n)
	s := strings.TrimSpace(n.text)
	if c.address(n.spot(), s, fullIRI) {
		c.canonical(n.spot(), s)
	}
}

// spaceless tells of white space around a value that takes none.
func spaceless(c *checker, at spot, s string) {
	if strings.TrimSpace(s) != s {
		c.report(at, "UnexpectedWhitespace", "there is white space around %s (want none)", short(s))
	}
}

func iri(c *checker, at spot, s string) {
	spaceless(c, at, s)
	notBlank(c, at, s)
	c.address(at, strings.TrimSpace(s), anyIRI)
}

func generator(c *checker, n *node) {
	c.labelLeaf(n)
	c.only(n, "uri version")
	if v, ok := n.attr("uri"); ok {
		c.address(n.at("uri"), v, anyIRI)
	}
}

func atomCategory(c *checker, n *node) {
	c.only(n, "term scheme label")
	if v, ok := c.required(n, "term", "MissingAttribute"); ok {
		notBlank(c, n.at("term"), v)
	}
	if v, ok := n.attr("scheme"); ok {
		c.address(n.at("scheme"), v, fullIRI)
	}
	if v, ok := n.attr("label"); ok {
		plainText(c, n.at("label"), v)
	}
}
