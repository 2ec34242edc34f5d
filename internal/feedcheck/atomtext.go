package feedcheck

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

var (
	xmlType  = regexp.MustCompile(`(?i)^[^;]*[+/]xml(\s*;.*)?$`)
	htmlType = regexp.MustCompile(`(?i)^text/(x-)?html(\s*;.*)?$`)
)

// textConstruct checks a title, summary or the like: text, html or xhtml (RFC
// 4287, 3.1).
func textConstruct(c *checker, n *node) {
	c.only(n, "type")
	kind, ok := n.attr("type")
	if !ok {
		kind = "text"
	}
	switch kind {
	case "text":
		c.noChildren(n)
		c.undeclared(n)
	case "html":
		c.noChildren(n)
		c.html(n.spot(), n.textLine, n.text, c.atomBase(n))
	case "xhtml":
		c.xhtml(n)
		return
	default:
		c.report(n.at("type"), "InvalidTextType", "%s (want text, html or xhtml)", short(kind))
	}
	if len(n.children) == 0 {
		notBlank(c, n.spot(), n.text)
	}
}

// undeclared tells of HTML in a text that says it is plain.
func (c *checker) undeclared(n *node) {
	if m := markup(n.doubtful()); m != "" {
		c.report(n.spot(), "ContainsUndeclaredHTML", `%s is HTML in a plain text (want type="html")`, short(m))
	}
}

// atomBase tells whether relative addresses have a base: xml:base, or the feed's
// own address.
func (c *checker) atomBase(n *node) bool { return c.based || c.relative(n) }

// hasSelf tells whether a feed of Atom names its own address.
func hasSelf(root *node) bool {
	return slices.ContainsFunc(root.children, func(l *node) bool {
		return l.name() == "atom:link" && l.rel() == "self" && hasScheme(l.value("href"))
	})
}

// base64Type is a type whose content is bytes (RFC 4287, 4.1.3.3).
func base64Type(kind string) bool {
	return strings.Contains(kind, "/") && !xmlType.MatchString(kind) && !strings.HasPrefix(strings.ToLower(kind), "text/")
}

// content checks an entry's content (RFC 4287, 4.1.3).
func content(c *checker, n *node) {
	c.only(n, "type src")
	kind, typed := n.attr("type")
	if typed && kind == "" {
		c.report(n.at("type"), "AttrNotBlank", "the type is empty")
		return
	}
	if src, ok := n.attr("src"); ok {
		c.remote(n, src, kind)
		return
	}
	switch lower := strings.ToLower(kind); {
	case kind == "", kind == "text", kind == "html", kind == "xhtml":
		textConstruct(c, n)
	case !mimeType.MatchString(kind), strings.HasPrefix(lower, "multipart/"), strings.HasPrefix(lower, "message/"):
		c.report(n.at("type"), "InvalidMIMEType", "%s (want text, html, xhtml or a media type that is not composite)", short(kind))
	case base64Type(kind):
		c.noChildren(n)
		if _, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.text), "")); err != nil {
			c.report(n.spot(), "NotBase64", "the content of type %s is not in base64", short(kind))
		}
	case htmlType.MatchString(kind):
		c.noChildren(n)
		if !strings.Contains(strings.ToLower(n.text), "<html") {
			c.report(n.spot(), "HtmlFragment", `a piece of HTML as %s, which is for whole pages (want type="html")`, short(kind))
		}
	case strings.HasPrefix(strings.ToLower(kind), "application/xhtml+xml"):
		if root := firstElement(n); root == nil || root.local != "html" {
			c.report(n.spot(), "HtmlFragment", `a piece of XHTML as %s, which is for whole pages (want type="xhtml")`, short(kind))
		}
	case strings.HasPrefix(lower, "text/"):
		c.noChildren(n)
	}
}

func firstElement(n *node) *node {
	if len(n.children) == 0 {
		return nil
	}
	return n.children[0]
}

// remote checks content that stands elsewhere.
func (c *checker) remote(n *node, src, kind string) {
	c.address(n.at("src"), src, anyIRI)
	if kind == "" {
		c.report(n.spot(), "MissingTypeAttr", "content with src lacks its type")
	} else if kind == "text" || kind == "html" || kind == "xhtml" || !mimeType.MatchString(kind) {
		c.report(n.at("type"), "InvalidMIMEType", "%s (want the media type of what is at src)", short(kind))
	}
	if strings.TrimSpace(n.text) != "" || len(n.children) > 0 {
		c.report(n.spot(), "UnexpectedText", "content with src is not empty")
	}
}

// xhtml checks a div of XHTML, which is the only thing in its element.
func (c *checker) xhtml(n *node) {
	div := firstElement(n)
	if div == nil || div.name() != "xhtml:div" {
		c.report(n.spot(), "MissingXhtmlDiv", `%s of type xhtml lacks its div (want <div xmlns="http://www.w3.org/1999/xhtml">)`, n.shown())
		return
	}
	if strings.TrimSpace(n.text) != "" {
		c.report(n.spot(), "UnexpectedText", "the text %s is outside of the div", short(n.text))
	}
	for _, ch := range n.children[1:] {
		c.report(ch.spot(), "UndefinedElement", "%s is outside of the div", ch.shown())
	}
	f := &fragment{c: c, relative: c.atomBase(n), told: map[string]bool{}}
	f.tree(div)
}

// tree checks an element of XHTML and what is in it.
func (f *fragment) tree(n *node) {
	f.at = n.spot()
	switch name := n.local; {
	case n.prefix == "svg" || n.prefix == "mathml":
	case n.prefix != "xhtml":
		f.not("%s is not in XHTML's namespace", n.shown())
	case riskyElements[name]:
		f.tell("SecurityRisk", name, "<%s> in a text (want none)", name)
	case !plainElements[name]:
		f.not("XHTML has no <%s>", short(name))
	}
	for _, a := range n.attrs {
		if a.prefix == "" {
			f.attribute(n.local, a.local, a.value)
		}
	}
	for _, ch := range n.children {
		f.tree(ch)
	}
}
