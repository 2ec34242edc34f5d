package feedcheck

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

var (
	nmtoken        = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	rssVersions    = set("2.0 2.0.1 2.0.2 0.90 0.91 0.92 0.93 0.94")
	dayNames       = set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	webImage       = regexp.MustCompile(`(?i)\.(tiff?|bmp|psd|ico|eps|pdf)([?#].*)?$`)
	loneTag        = regexp.MustCompile(`<[A-Za-z/]`)
	certain        = regexp.MustCompile(`(?i)&#x(3c|26);`)
	smallNumber    = regexp.MustCompile(`^\d{1,8}$`)
	channelTable   table
	itemTable      table
	imageTable     table
	textInputTable table
)

// rssTables makes the tables of RSS.
func rssTables() {
	date := leaf((*checker).rfc822Date)
	channelTable = table{
		"title":          {check: (*checker).labelLeaf, missing: "MissingTitle"},
		"link":           {check: trimmed(address(fullURI)), missing: "MissingLink"},
		"description":    {check: (*checker).about, missing: "MissingDescription"},
		"language":       {check: trimmed((*checker).language)},
		"copyright":      {check: (*checker).plainLeaf},
		"managingEditor": {check: leaf((*checker).contact)},
		"webMaster":      {check: leaf((*checker).contact)},
		"pubDate":        {check: date},
		"lastBuildDate":  {check: date},
		"category":       {check: rssCategory, many: true},
		"generator":      {check: (*checker).plainLeaf},
		"docs":           {check: trimmed(address(fullURI))},
		"cloud":          {check: cloud},
		"ttl":            {check: leaf(positive("InvalidPositiveInteger"))},
		"image":          {check: image},
		"rating":         {check: (*checker).plainLeaf},
		"textInput":      {check: textInput},
		"skipHours":      {check: skipHours},
		"skipDays":       {check: skipDays},
		"item":           {check: item, many: true},
	}.with(forChannel, mediaTable)
	itemTable = table{
		"title":       {check: itemTitle},
		"link":        {check: trimmed(address(fullURI))},
		"description": {check: (*checker).description},
		"author":      {check: leaf((*checker).contact)},
		"category":    {check: rssCategory, many: true},
		"comments":    {check: trimmed(address(fullURI))},
		"enclosure":   {check: enclosure, many: true},
		"guid":        {check: guid},
		"pubDate":     {check: date},
		"source":      {check: rssSource},
	}.with(forItem, mediaTable)
	imageTable = table{
		"url": {check: imageURL, missing: "MissingElement"}, "title": {check: (*checker).labelLeaf, missing: "MissingTitle"},
		"link": {check: trimmed(address(fullURI)), missing: "MissingLink"}, "description": {check: (*checker).plainLeaf},
		"width": {check: leaf(side("InvalidWidth", 144))}, "height": {check: leaf(side("InvalidHeight", 400))},
	}
	textInputTable = table{
		"title": {check: (*checker).labelLeaf, missing: "MissingTitle"}, "description": {check: (*checker).labelLeaf, missing: "MissingDescription"},
		"link": {check: trimmed(address(fullURI)), missing: "MissingLink"}, "name": {check: leaf(formName), missing: "MissingElement"},
	}
}

// rss checks RSS 2.0 (rssboard.org/rss-specification) and what its profile
// recommends.
func (c *checker) rss(root *node) {
	if v, ok := c.required(root, "version", "MissingAttribute"); ok && !rssVersions[v] {
		c.report(root.at("version"), "InvalidRSSVersion", "there is no RSS %s of this kind (want 2.0)", short(v))
	} else if ok && strings.HasPrefix(v, "0.") {
		c.report(root.at("version"), "ObsoleteVersion", "RSS %s (want 2.0)", v)
	}
	c.children(root, table{"channel": {check: channel, missing: "MissingElement"}})
}

func channel(c *checker, n *node) {
	c.children(n, channelTable)
	items, late := false, false
	for _, ch := range n.children {
		items = items || ch.name() == "item"
		if items && ch.prefix == "" && ch.local != "item" && !late {
			late = true
			c.report(ch.spot(), "MisplacedItem", "%s stands after an item (want items last)", ch.local)
		}
	}
	c.channelSelf(n)
	c.archive(n, n.root().spot())
	c.semantics(n, channelPairs, "DuplicateSemantics")
	c.distinct(n, "item", "guid")
}

// channelSelf wants the feed to name its address.
func (c *checker) channelSelf(n *node) {
	var self *node
	for _, ch := range n.children {
		if ch.name() == "atom:link" && ch.value("rel") == "self" {
			self = ch
		}
	}
	if self == nil {
		c.report(n.spot(), "MissingAtomSelfLink", `the channel lacks <atom:link href="…" rel="self" type="application/rss+xml"/>`)
		return
	}
	c.self(self.at("href"), self.value("href"))
}

// self compares the address that a feed gives itself with the one it came from.
func (c *checker) self(at spot, href string) {
	if c.URL != "" && href != c.URL {
		c.report(at, "SelfDoesntMatchLocation", "the feed calls itself %s, but is at %s", short(href), short(c.URL))
	}
}

func item(c *checker, n *node) {
	c.children(n, itemTable)
	if n.child("title") == nil && n.child("description") == nil {
		c.report(n.spot(), "ItemMustContainTitleOrDescription", "the item has neither title nor description (want one at least)")
	}
	if n.child("guid") == nil && n.child("atom:id") == nil {
		c.report(n.spot(), "MissingGuid", "the item lacks its guid")
	}
	for _, ch := range n.children {
		if ch.name() == "content:encoded" && n.child("description") == nil {
			c.report(ch.spot(), "NeedDescriptionBeforeContent", "content:encoded stands alone (want a description before it)")
		} else if ch.name() == "content:encoded" && ch.after(n.child("description")) {
			c.report(ch.spot(), "NeedDescriptionBeforeContent", "content:encoded stands before description (want it after)")
		} else {
			continue
		}
		break
	}
	c.semantics(n, itemPairs, "DuplicateItemSemantics")
}

// after tells whether another element stands later in the file than this one.
func (n *node) after(other *node) bool {
	return other.line > n.line || other.line == n.line && other.column > n.column
}

func itemTitle(c *checker, n *node) {
	c.noChildren(n)
	notBlank(c, n.spot(), n.text)
	c.certainText(n)
}

// certainText wants plain text that no reader can take for HTML.
func (c *checker) certainText(n *node) {
	text := n.doubtful()
	if m := markup(text); m != "" {
		c.report(n.spot(), "ContainsHTML", "%s is HTML in a plain text (want none; a < or & that is meant is &#x3C; or &#x26;)", short(m))
	} else if loneTag.MatchString(text) {
		c.report(n.spot(), "CharacterData", "%s looks like HTML in a plain text (want a < that is meant as &#x3C;)", short(text))
	}
}

// doubtful is an element's text without the < and & that are written as &#x3C;
// and &#x26;: RSS does not say whether a title is HTML, and these, by its profile,
// are the letters themselves in every reader. W3C's validator takes them for that
// in Atom, too.
func (n *node) doubtful() string {
	if bytes.Contains(n.raw, []byte("<")) { // CDATA, comments
		return n.text
	}
	return html.UnescapeString(string(certain.ReplaceAll(n.raw, []byte(" "))))
}

// about checks the description of a channel, which is plain text.
func (c *checker) about(n *node) {
	c.noChildren(n)
	c.certainText(n)
}

// description checks the HTML of an item.
func (c *checker) description(n *node) {
	c.noChildren(n)
	c.html(n.spot(), n.textLine, n.text, c.relative(n))
}

// relative tells whether relative addresses in an element have a base. In RSS
// that is xml:base only; in Atom readers know the feed's own address, too.
func (c *checker) relative(n *node) bool {
	return hasScheme(n.inherited("xml:base"))
}

func rssCategory(c *checker, n *node) {
	c.only(n, "domain")
	leaf(notBlank)(c, n)
	c.certainText(n)
}

func cloud(c *checker, n *node) {
	c.empty(n)
	c.only(n, "domain port path registerProcedure protocol")
	for _, name := range []string{"domain", "path", "registerProcedure"} {
		c.required(n, name, "MissingAttribute")
	}
	if v, ok := c.required(n, "protocol", "MissingAttribute"); ok {
		oneOf("InvalidValue", "xml-rpc soap http-post https-post")(c, n.at("protocol"), v)
	}
	if v, ok := c.required(n, "port", "MissingAttribute"); ok {
		positive("InvalidIntegerAttribute")(c, n.at("port"), v)
	}
}

func image(c *checker, n *node) {
	c.children(n, imageTable)
	if title := n.child("title"); title != nil && n.parent.child("title") != nil && title.text != n.parent.child("title").text {
		c.report(title.spot(), "ImageTitleDoesntMatch", "the image's title is %s (want the channel's)", short(title.text))
	}
	link := n.parent.child("link")
	if l := n.child("link"); l != nil && link != nil && strings.TrimSpace(l.text) != strings.TrimSpace(link.text) {
		c.report(l.spot(), "ImageLinkDoesntMatch", "the image's link is %s (want the channel's)", short(l.text))
	}
}

func imageURL(c *checker, n *node) {
	trimmed(address(fullURI))(c, n)
	if webImage.MatchString(strings.TrimSpace(n.text)) {
		c.report(n.spot(), "ImageUrlFormat", "%s is no GIF, JPEG or PNG", short(n.text))
	}
}

func side(code string, most int) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) {
		if s = strings.TrimSpace(s); !isDigits(s) || number(s) > most || number(s) == 0 {
			c.report(at, code, "%s (want a number of pixels from 1 to %d)", short(s), most)
		}
	}
}

func textInput(c *checker, n *node) {
	c.report(n.spot(), "AvoidTextInput", "a textInput (want none)")
	c.children(n, textInputTable)
}

func formName(c *checker, at spot, s string) {
	if !nmtoken.MatchString(strings.TrimSpace(s)) {
		c.report(at, "InvalidFormComponentName", "%s is not the name of a field (want letters and digits, a letter first)", short(s))
	}
}
