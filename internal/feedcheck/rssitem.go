package feedcheck

import "strings"

// enclosure checks a file that comes with an item. Readers take one an item.
func enclosure(c *checker, n *node) {
	c.empty(n)
	c.only(n, "url length type")
	if n.index > 1 {
		c.report(n.spot(), "DuplicateEnclosure", "a second enclosure (want one)")
	}
	if v, ok := c.required(n, "url", "MissingAttribute"); ok {
		if code, text := addressFault(v, fullURI); code != "" {
			c.report(n.at("url"), "InvalidURLAttribute", "%s %s", short(v), text)
		} else if !strings.HasPrefix(strings.ToLower(v), "http") {
			c.report(n.at("url"), "InvalidURLAttribute", "%s (want https://…)", short(v))
		}
	}
	if v, ok := c.required(n, "length", "MissingAttribute"); ok && v == "-1" {
		c.report(n.at("length"), "UseZeroForUnknown", "the length is -1 (want 0 if it is not known)")
	} else if ok {
		integer("InvalidIntegerAttribute")(c, n.at("length"), v)
	}
	if v, ok := c.required(n, "type", "MissingAttribute"); ok {
		c.mediaType(n.at("type"), v, "InvalidMIMEAttribute")
	}
}

// guid checks an item's identifier, which is an address unless isPermaLink is
// false.
func guid(c *checker, n *node) {
	c.noChildren(n)
	c.only(n, "isPermaLink")
	s := strings.TrimSpace(n.text)
	permalink, ok := n.attr("isPermaLink")
	if ok && permalink != "true" && permalink != "false" {
		c.report(n.at("isPermaLink"), "InvalidBooleanAttribute", "%s (want true or false)", short(permalink))
	}
	notBlank(c, n.spot(), s)
	switch {
	case permalink == "false" && smallNumber.MatchString(s):
		c.report(n.spot(), "NotSufficientlyUnique", "%s is likely to be some other item's, too", short(s))
	case permalink == "false":
	case !hasScheme(s), hierarch.MatchString(s) && !withHost.MatchString(s):
		c.report(n.spot(), "InvalidHttpGUID", `%s is not an address (want https://…, or isPermaLink="false")`, short(s))
	case strings.HasPrefix(s, "tag:"), strings.HasPrefix(s, "urn:uuid:"):
		c.report(n.spot(), "InvalidPermalink", `%s cannot be opened (want https://…, or isPermaLink="false")`, short(s))
	default:
		c.address(n.spot(), s, fullURI)
	}
}

func rssSource(c *checker, n *node) {
	c.only(n, "url")
	c.labelLeaf(n)
	if v, ok := c.required(n, "url", "MissingAttribute"); ok {
		c.address(n.at("url"), v, fullURI)
	}
}

func skipHours(c *checker, n *node) {
	c.children(n, table{"hour": {check: leaf(hour), many: true, missing: "MissingElement"}})
	c.twice(n, "hour")
	if len(n.children) > 24 {
		c.report(n.spot(), "NotEnoughHoursInTheDay", "%d hours (want 24 at most)", len(n.children))
	}
}

func hour(c *checker, at spot, s string) {
	switch s = strings.TrimSpace(s); {
	case s == "24":
		c.report(at, "UseZeroForMidnight", "hour 24 (want 0)")
	case !isDigits(s) || number(s) > 24:
		c.report(at, "InvalidHour", "%s is not an hour (want 0 to 23)", short(s))
	}
}

func skipDays(c *checker, n *node) {
	c.children(n, table{"day": {check: leaf(day), many: true, missing: "MissingElement"}})
	c.twice(n, "day")
	if len(n.children) > 7 {
		c.report(n.spot(), "EightDaysAWeek", "%d days (want 7 at most)", len(n.children))
	}
}

func day(c *checker, at spot, s string) {
	if !dayNames[strings.TrimSpace(s)] {
		c.report(at, "InvalidDay", "%s is not a day (want Monday … Sunday)", short(s))
	}
}

// twice tells of children that say the same.
func (c *checker) twice(n *node, name string) {
	seen := map[string]bool{}
	for _, ch := range n.children {
		s := strings.TrimSpace(ch.text)
		if ch.name() == name && seen[s] {
			c.report(ch.spot(), "DuplicateValue", "%s is there twice", short(s))
		}
		seen[s] = true
	}
}

// distinct wants every item to have an identifier of its own.
func (c *checker) distinct(n *node, item, id string) {
	seen := map[string]int{}
	for _, it := range n.children {
		ch := it.child(id)
		if it.name() != item || ch == nil {
			continue
		}
		s := strings.TrimSpace(ch.text)
		if line := seen[s]; line > 0 && s != "" {
			c.report(ch.spot(), "DuplicateValue", "%s is the item's in line %d, too", short(s), line)
		} else {
			seen[s] = ch.line
		}
	}
}

// pair are two elements that say the same.
type pair struct{ a, b string }

var (
	channelPairs = []pair{
		{"title", "dc:title"}, {"description", "dc:description"}, {"language", "dc:language"}, {"copyright", "dc:rights"},
		{"managingEditor", "dc:creator"}, {"webMaster", "dc:publisher"}, {"pubDate", "dc:date"}, {"lastBuildDate", "dcterms:modified"},
		{"generator", "admin:generatorAgent"}, {"category", "dc:subject"},
	}
	itemPairs = []pair{
		{"title", "dc:title"}, {"author", "dc:creator"}, {"pubDate", "dc:date"}, {"source", "dc:source"}, {"category", "dc:subject"},
		{"guid", "dc:identifier"}, {"guid", "atom:id"}, {"pubDate", "dcterms:created"}, {"pubDate", "atom:published"}, {"author", "atom:author"},
		{"title", "atom:title"}, {"description", "dc:description"}, {"description", "atom:summary"},
	}
)

// semantics tells of elements that say the same: readers differ in which they
// show.
func (c *checker) semantics(n *node, pairs []pair, code string) {
	for _, p := range pairs {
		a, b := n.child(p.a), n.child(p.b)
		if a == nil || b == nil {
			continue
		}
		if p.a == "description" && n.local == "item" {
			c.report(b.spot(), "DuplicateDescriptionSemantics", "%s beside %s (want one)", p.b, p.a)
		} else {
			c.report(b.spot(), code, "%s beside %s (want one)", p.b, p.a)
		}
	}
}
