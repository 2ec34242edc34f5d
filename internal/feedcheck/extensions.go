package feedcheck

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	hitParade = regexp.MustCompile(`^\d+(,\d+)*$`)
	periods   = "hourly daily weekly monthly yearly"
)

// What any format can have of the usual extensions: in a channel or feed, in an
// item or entry, and in both.
var (
	dublinCore = table{
		"dc:title": {check: (*checker).labelLeaf, many: true}, "dc:creator": {check: (*checker).labelLeaf, many: true}, "dc:subject": {check: (*checker).labelLeaf, many: true},
		"dc:description": {check: (*checker).description, many: true}, "dc:publisher": {check: (*checker).labelLeaf, many: true}, "dc:contributor": {check: (*checker).labelLeaf, many: true},
		"dc:type": {check: (*checker).labelLeaf, many: true}, "dc:format": {check: (*checker).labelLeaf, many: true}, "dc:identifier": {check: (*checker).labelLeaf, many: true},
		"dc:source": {check: (*checker).labelLeaf, many: true}, "dc:relation": {check: (*checker).labelLeaf, many: true}, "dc:coverage": {check: (*checker).labelLeaf, many: true},
		"dc:rights": {check: (*checker).labelLeaf, many: true}, "dc:date": {check: trimmed((*checker).w3cDate)}, "dc:language": {check: trimmed((*checker).language)},
	}
	dublinTerms = func() table {
		t := table{}
		for name := range set(`abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience available bibliographicCitation
			conformsTo contributor coverage creator date description educationLevel extent format hasFormat hasPart hasVersion identifier
			instructionalMethod isFormatOf isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf language license mediator medium
			provenance publisher references relation replaces requires rights rightsHolder source spatial subject tableOfContents temporal
			title type valid`) {
			t["dcterms:"+name] = rule{check: anything, many: true}
		}
		for name := range set("created dateAccepted dateCopyrighted dateSubmitted issued modified") {
			t["dcterms:"+name] = rule{check: trimmed((*checker).w3cDate)}
		}
		return t
	}()
	forChannel = table{
		"sy:updatePeriod": {check: leaf(period)}, "sy:updateFrequency": {check: leaf(integer("InvalidPositiveInteger"))}, "sy:updateBase": {check: trimmed((*checker).w3cDate)},
		"fh:complete": {check: (*checker).empty}, "fh:archive": {check: (*checker).empty},
		"atom:link": {check: foreignLink, many: true},
	}.with(dublinCore, dublinTerms, atomInRSS)
	forItem = table{
		"content:encoded": {check: encoded}, "content:items": {check: anything},
		"slash:section": {check: (*checker).labelLeaf}, "slash:department": {check: (*checker).labelLeaf}, "slash:comments": {check: comments}, "slash:hit_parade": {check: leaf(parade)},
		"wfw:comment": {check: trimmed(address(fullURI))}, "wfw:commentRss": {check: trimmed(address(fullURI))}, "wfw:commentRSS": {check: commentRSS},
		"thr:total": {check: leaf(integer("InvalidNonNegativeInteger"))}, "thr:in-reply-to": {check: inReplyTo, many: true},
		"atom:link": {check: foreignLink, many: true},
	}.with(dublinCore, dublinTerms, atomInRSS)
	atomInRSS = table{
		"atom:author": {check: person, many: true}, "atom:contributor": {check: person, many: true}, "atom:category": {check: atomCategory, many: true},
		"atom:id": {check: atomID}, "atom:title": {check: textConstruct}, "atom:subtitle": {check: textConstruct}, "atom:rights": {check: textConstruct},
		"atom:summary": {check: textConstruct}, "atom:content": {check: content}, "atom:updated": {check: leaf((*checker).rfc3339Date)},
		"atom:published": {check: leaf((*checker).rfc3339Date)}, "atom:generator": {check: generator}, "atom:icon": {check: leaf(address(anyIRI))},
		"atom:logo": {check: leaf(address(anyIRI))}, "atom:source": {check: anything},
	}
)

func period(c *checker, at spot, s string) {
	oneOf("InvalidUpdatePeriod", periods)(c, at, strings.TrimSpace(s))
}

// encoded checks content:encoded, which is HTML as text.
func encoded(c *checker, n *node) {
	c.noChildren(n)
	c.html(n.spot(), n.textLine, n.text, c.relative(n))
}

func comments(c *checker, n *node) {
	leaf(integer("InvalidNonNegativeInteger"))(c, n)
}

func parade(c *checker, at spot, s string) {
	if !hitParade.MatchString(strings.TrimSpace(s)) {
		c.report(at, "InvalidCommaSeparatedIntegers", "%s (want numbers with commas between them)", short(s))
	}
}

func commentRSS(c *checker, n *node) {
	c.report(n.spot(), "CommentRSS", "wfw:commentRSS (want wfw:commentRss)")
}

func inReplyTo(c *checker, n *node) {
	if v, ok := c.required(n, "ref", "MissingAttribute"); ok {
		c.address(n.at("ref"), v, fullIRI)
	}
	if v, ok := n.attr("href"); ok {
		c.address(n.at("href"), v, anyIRI)
	}
	if v, ok := n.attr("type"); ok {
		c.mediaType(n.at("type"), v, "InvalidMIMEType")
	}
}

// Numbers of attributes.

func decimal(code string) func(c *checker, at spot, s string) {
	return func(c *checker, at spot, s string) {
		if f, err := strconv.ParseFloat(s, 64); err != nil || f < 0 || strings.Trim(s, "0123456789.") != "" {
			c.report(at, code, "%s is not a number", short(s))
		}
	}
}
