package feedcheck

import "strings"

// archive checks paged, archived and complete feeds (RFC 5005) by their links.
func (c *checker) archive(n *node, at spot) {
	links := map[string]*node{}
	for _, l := range n.children {
		if rel := l.rel(); l.name() == "atom:link" && links[rel] == nil {
			links[rel] = l
		}
	}
	href := func(rel string) string {
		if l := links[rel]; l != nil {
			return strings.TrimSpace(l.value("href"))
		}
		return ""
	}
	self := href("self")
	if n.child("fh:complete") != nil {
		for _, rel := range []string{"first", "last", "next", "previous", "prev-archive", "next-archive"} {
			if l := links[rel]; l != nil {
				c.report(l.spot(), "FeedRelInCompleteFeed", "a link with rel=%q in a complete feed (RFC 5005, 2: it is one document)", rel)
			}
		}
		if l := links["current"]; l != nil && href("current") != self {
			c.report(l.spot(), "CurrentNotSelfInCompleteFeed", "the complete feed's current is %s (want self)", short(href("current")))
		}
	} else if n.child("fh:archive") != nil {
		if links["current"] == nil {
			c.report(at, "MissingCurrentInArchive", `the archived page lacks <link rel="current">`)
		}
		if links["prev-archive"] == nil && links["next-archive"] == nil {
			c.report(at, "ArchiveIncomplete", "the archived page links to no other (want prev-archive or next-archive)")
		}
	}
	for end, beyond := range map[string]string{"first": "previous", "last": "next", "prev-archive": "prev-archive", "next-archive": "next-archive"} {
		if l := links[beyond]; l != nil && self != "" && href(end) == self {
			c.report(l.spot(), "LinkPastEnd", "the page is its own %s, and has a link with rel=%q", end, beyond)
		}
	}
}
