package feedcheck

import (
	"regexp"
	"strings"
)

var (
	mediaTable, mediaContentTable table

	playTime = regexp.MustCompile(`^(now|\d+(\.\d+)?|\d+:[0-5]\d:[0-5]\d(\.\d+)?)$`)
	hexMD5   = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
	hexSHA1  = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)
	country  = regexp.MustCompile(`^[A-Za-z]{2}$`)
	mpaa     = set("g pg pg-13 r nc-17")
	vchip    = set("tv-y tv-y7 tv-y7-fv tv-g tv-pg tv-14 tv-ma")
	// The roles of the European Broadcasting Union that need no scheme are in lower
	// case.
	role = regexp.MustCompile(`^[a-z][a-z ,/()'-]*$`)
)

// mediaTables makes the tables of Media RSS.
func mediaTables() {
	details := table{
		"media:title": {check: mediaText}, "media:description": {check: mediaText}, "media:keywords": {check: (*checker).plainLeaf},
		"media:thumbnail": {check: thumbnail, many: true}, "media:category": {check: mediaCategory, many: true}, "media:hash": {check: hash, many: true},
		"media:player": {check: player}, "media:credit": {check: credit, many: true}, "media:copyright": {check: copyright},
		"media:text": {check: mediaSpeech, many: true}, "media:restriction": {check: restriction, many: true}, "media:rating": {check: rating, many: true},
		"media:adult": {check: adult}, "media:license": {check: anything, many: true},
	}
	for _, name := range strings.Fields("community comments embed responses backLinks status price subTitle peerLink location rights scenes") {
		details["media:"+name] = rule{check: anything, many: true}
	}
	mediaContentTable = table{}.with(details, dublinTerms)
	group := table{"media:content": {check: mediaContent, many: true}}.with(details)
	mediaTable = table{"media:content": {check: mediaContent, many: true}, "media:group": {check: func(c *checker, n *node) { mediaGroup(c, n, group) }, many: true}}.with(details)
}

func mediaGroup(c *checker, n *node, t table) {
	c.children(n, t)
	contents := 0
	for _, ch := range n.children {
		if ch.name() == "media:content" {
			contents++
		}
	}
	if contents < 2 {
		c.report(n.spot(), "MediaGroupWithoutAlternatives", "the group has %d media:content (want two forms of one thing at least)", contents)
	}
}

// mediaContent checks a file of Media RSS (rssboard.org/media-rss).
func mediaContent(c *checker, n *node) {
	c.only(n, "url fileSize type medium isDefault expression bitrate framerate samplingrate channels duration height width lang")
	c.children(n, mediaContentTable)
	if v, ok := n.attr("url"); ok && v != "" {
		c.address(n.at("url"), v, fullURI)
	}
	checks := map[string]func(c *checker, at spot, s string){
		"fileSize": positive("InvalidPositiveInteger"), "height": positive("InvalidPositiveInteger"), "width": positive("InvalidPositiveInteger"),
		"channels": integer("InvalidNonNegativeInteger"), "duration": decimal("InvalidFloat"),
		"bitrate": decimal("InvalidFloat"), "framerate": decimal("InvalidFloat"), "samplingrate": decimal("InvalidFloat"),
		"medium": oneOf("InvalidMediaMedium", "image audio video document executable"), "expression": oneOf("InvalidMediaExpression", "sample full nonstop"),
		"isDefault": oneOf("InvalidTrueFalse", "true false"), "lang": (*checker).language,
		"type": func(c *checker, at spot, s string) { c.mediaType(at, s, "InvalidMIMEAttribute") },
	}
	c.attributes(n, checks)
}

// attributes checks those attributes that are there.
func (c *checker) attributes(n *node, checks map[string]func(c *checker, at spot, s string)) {
	for _, a := range n.attrs {
		if f := checks[a.local]; f != nil && a.prefix == "" {
			f(c, n.at(a.local), a.value)
		}
	}
}

// mediaText checks text that is plain unless it says html.
func mediaText(c *checker, n *node) {
	c.only(n, "type lang start end")
	c.noChildren(n)
	switch kind := n.value("type"); kind {
	case "", "plain":
		if m := markup(n.doubtful()); m != "" {
			c.report(n.spot(), "ContainsUndeclaredHTML", `%s is HTML in a plain text (want type="html")`, short(m))
		}
	case "html":
		c.html(n.spot(), n.textLine, n.text, c.relative(n))
	default:
		c.report(n.at("type"), "InvalidMediaTextType", "%s (want plain or html)", short(kind))
	}
}

func mediaSpeech(c *checker, n *node) {
	mediaText(c, n)
	c.attributes(n, map[string]func(c *checker, at spot, s string){"start": nptTime, "end": nptTime, "lang": (*checker).language})
}

func nptTime(c *checker, at spot, s string) {
	if !playTime.MatchString(s) {
		c.report(at, "InvalidNPTTime", "%s is not a time of RFC 2326 (want 12.5 or 1:02:03)", short(s))
	}
}

func thumbnail(c *checker, n *node) {
	c.empty(n)
	c.only(n, "url height width time")
	c.mediaURL(n)
	c.attributes(n, map[string]func(c *checker, at spot, s string){
		"height": positive("InvalidPositiveInteger"), "width": positive("InvalidPositiveInteger"), "time": nptTime,
	})
}

func player(c *checker, n *node) {
	c.only(n, "url height width")
	c.mediaURL(n)
	c.attributes(n, map[string]func(c *checker, at spot, s string){"height": positive("InvalidPositiveInteger"), "width": positive("InvalidPositiveInteger")})
}

func (c *checker) mediaURL(n *node) {
	if v, ok := c.required(n, "url", "MissingAttribute"); ok {
		c.address(n.at("url"), v, fullURI)
	}
}

func mediaCategory(c *checker, n *node) {
	c.plainLeaf(n)
	c.attributes(n, map[string]func(c *checker, at spot, s string){"scheme": address(fullURI), "label": plainText})
}

func hash(c *checker, n *node) {
	algorithm, s := n.value("algo"), strings.TrimSpace(n.text)
	switch {
	case algorithm != "" && algorithm != "md5" && algorithm != "sha-1":
		c.report(n.at("algo"), "InvalidMediaHash", "%s (want md5 or sha-1)", short(algorithm))
	case algorithm == "sha-1" && !hexSHA1.MatchString(s), algorithm != "sha-1" && !hexMD5.MatchString(s):
		c.report(n.spot(), "InvalidMediaHash", "%s is not a hash in hexadecimal", short(s))
	}
}

func credit(c *checker, n *node) {
	c.plainLeaf(n)
	scheme, ok := n.attr("scheme")
	if ok {
		c.address(n.at("scheme"), scheme, fullURI)
	}
	if v := n.value("role"); v != "" && (!ok || scheme == "urn:ebu") && !role.MatchString(v) {
		c.report(n.at("role"), "InvalidCreditRole", "%s is not a role of the EBU (want lower case)", short(v))
	}
}

func copyright(c *checker, n *node) {
	c.plainLeaf(n)
	if v, ok := n.attr("url"); ok {
		c.address(n.at("url"), v, fullURI)
	}
}

func restriction(c *checker, n *node) {
	if v, ok := c.required(n, "relationship", "MissingAttribute"); ok {
		oneOf("InvalidMediaRestrictionRel", "allow deny")(c, n.at("relationship"), v)
	}
	kind, text := n.value("type"), strings.TrimSpace(n.text)
	switch kind {
	case "country":
		for code := range strings.FieldsSeq(text) {
			if !country.MatchString(code) || strings.EqualFold(code, "XX") {
				c.report(n.spot(), "InvalidCountryCode", "%s is no country of ISO 3166", short(code))
			}
		}
	case "uri":
		for uri := range strings.FieldsSeq(text) {
			c.address(n.spot(), uri, fullURI)
		}
	case "":
		if text != "" && text != "all" && text != "none" {
			c.report(n.spot(), "InvalidMediaRestriction", "%s (want all or none, or a type)", short(text))
		}
	case "sharing":
	default:
		c.report(n.at("type"), "InvalidMediaRestrictionType", "%s (want country, uri or sharing)", short(kind))
	}
}

func rating(c *checker, n *node) {
	s := strings.ToLower(strings.TrimSpace(n.text))
	scheme, ok := n.attr("scheme")
	good := true
	switch {
	case !ok || scheme == "urn:simple":
		good = s == "adult" || s == "nonadult"
	case scheme == "urn:mpaa":
		good = mpaa[s]
	case scheme == "urn:v-chip":
		good = vchip[s]
	case scheme == "urn:icra":
		good = strings.HasPrefix(s, "r (") && strings.HasSuffix(s, ")") && n.text == strings.TrimSpace(n.text)
	default:
		c.address(n.at("scheme"), scheme, fullURI)
	}
	if !good {
		c.report(n.spot(), "InvalidMediaRating", "%s is no rating of %s", short(n.text), short(scheme))
	}
}

func adult(c *checker, n *node) {
	c.report(n.spot(), "DeprecatedMediaAdult", "media:adult (want media:rating)")
}
