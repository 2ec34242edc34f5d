package feedcheck

import (
	"slices"
	"strings"
)

var (
	// The relations of IANA's register that feeds use, in it or not (RFC 4287,
	// 4.2.7.2; RFC 5005; WebSub).
	relations = set(`alternate related self enclosure via first last next previous prev current prev-archive next-archive hub
		license edit edit-media replies service payment monitor search help author bookmark canonical cite-as collection
		contents copyright describedby duplicate icon index item latest-version memento original predecessor-version preview
		privacy-policy shortlink start status successor-version tag terms-of-service type up version-history webmention working-copy
		appendix chapter glossary section stylesheet subsection describes disclosure edit-form monitor-group profile
		amphtml acl about blocked-by convertedfrom create-form dns-prefetch prefetch preload manifest sponsored timegate timemap
		nofollow noreferrer pingback preconnect prerender working-copy-of hosts lrdd sitemap`)
	historyRels = set("first last next previous prev current prev-archive next-archive")
)

// own tells whether an element has others that are not of an extension.
func own(n *node) bool {
	return slices.ContainsFunc(n.children, func(ch *node) bool { return ch.prefix == "" || ch.prefix == "atom" })
}

// rel is what a link is to, in the short form of IANA's register.
func (n *node) rel() string {
	rel, ok := n.attr("rel")
	if !ok {
		return "alternate"
	}
	return strings.TrimPrefix(rel, "http://www.iana.org/assignments/relation/")
}

// link checks a link of Atom (RFC 4287, 4.2.7).
func (c *checker) link(n *node) {
	c.only(n, "href rel type hreflang title length")
	if own(n) || strings.TrimSpace(n.text) != "" {
		c.report(n.spot(), "AtomLinkNotEmpty", "there is something in the link (want attributes only)")
	}
	if v, ok := c.required(n, "href", "MissingHref"); ok {
		c.address(n.at("href"), v, anyIRI)
	}
	if rel := n.rel(); strings.Contains(rel, ":") {
		c.address(n.at("rel"), rel, fullIRI)
	} else if !relations[rel] {
		c.report(n.at("rel"), "UnregisteredAtomLinkRel", "the relation %s is not registered (want one of IANA's, or an address)", short(rel))
	}
	c.linkDetails(n)
}

func (c *checker) linkDetails(n *node) {
	if v, ok := n.attr("type"); ok {
		c.mediaType(n.at("type"), v, "InvalidMIMEType")
		if n.rel() == "self" && n.parent.local == "entry" && strings.HasPrefix(v, "text/html") {
			c.report(n.at("type"), "SelfNotAtom", "the link to the entry itself is HTML (want rel=alternate for a page)")
		}
	}
	if v, ok := n.attr("hreflang"); ok {
		c.language(n.at("hreflang"), v)
	}
	if v, ok := n.attr("length"); ok {
		integer("InvalidNonNegativeInteger")(c, n.at("length"), v)
	}
	if v, ok := n.attr("title"); ok {
		plainText(c, n.at("title"), v)
	}
}

// foreignLink checks a link of Atom in RSS.
func foreignLink(c *checker, n *node) { c.link(n) }

// alternates tells of links between which a reader cannot choose: same type and
// language (RFC 4287, 4.1.1).
func (c *checker) alternates(n *node) {
	seen := map[string]int{}
	for _, l := range n.children {
		if l.name() != "atom:link" || l.rel() != "alternate" {
			continue
		}
		key := l.value("type") + " " + l.value("hreflang")
		if line := seen[key]; line > 0 {
			c.report(l.spot(), "DuplicateAtomLink", "another alternate of the same type and language is in line %d (want one)", line)
		} else {
			seen[key] = l.line
		}
	}
}
