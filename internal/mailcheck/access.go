package mailcheck

import (
	"strconv"
	"strings"
)

// access checks what people need who do not see the mail as it was drawn: the
// rules of the Email Markup Consortium.
func (c *checker) access() {
	c.document()
	c.tables()
	c.headings()
	for n := range c.root.elements() {
		for _, d := range n.style {
			c.legible(n, d)
		}
		if index, err := strconv.Atoi(n.attrs["tabindex"]); err == nil && index > 0 {
			c.at(n, Warning, "access-tabindex", "tabindex %d changes the order in which a keyboard goes (want none)", index)
		}
		if n.tag == "center" || n.tag == "font" || n.attrs["align"] == "justify" {
			c.at(n, Note, "access-old-markup", "<%s> says how to look; styles should", n.tag)
		}
	}
}

func (c *checker) legible(n *node, d declaration) {
	switch d.property {
	case "text-align":
		if d.value == "justify" {
			c.at(n, Warning, "access-justify", "justified text has gaps that are hard to read for many")
		}
	case "font-size":
		if px, found := strings.CutSuffix(d.value, "px"); found {
			if size, err := strconv.ParseFloat(px, 64); err == nil && size > 1 && size < 12 {
				c.at(n, Warning, "access-small", "text of %s is too small to read (want 13px or more)", d.value)
			}
		}
	}
}

// document checks what is said once in a mail.
func (c *checker) document() {
	title, root, wrapped := "", (*node)(nil), false
	for n := range c.root.elements() {
		switch n.tag {
		case "html":
			root = n
		case "title":
			title = n.words()
		case "meta":
			content := strings.ReplaceAll(strings.ToLower(n.attrs["content"]), " ", "")
			if n.attrs["name"] == "viewport" && (strings.Contains(content, "user-scalable=no") || strings.Contains(content, "maximum-scale=1")) {
				c.at(n, Warning, "access-zoom", "the viewport forbids to zoom")
			}
		case "div", "table", "body", "td", "main", "article":
			wrapped = wrapped || n.attrs["lang"] != "" && n.attrs["dir"] != ""
		}
	}
	if root == nil {
		c.add(Finding{Severity: Warning, Kind: "access-document", Part: HTML, Line: 1, Text: "there is no <html> element"})
		return
	}
	if root.attrs["lang"] == "" {
		c.at(root, Error, "access-lang", "<html> has no lang: screen readers guess how to say it (want lang=\"en\")")
	}
	if root.attrs["dir"] == "" {
		c.at(root, Warning, "access-dir", "<html> has no dir (want dir=\"ltr\" or \"rtl\")")
	}
	if !wrapped {
		c.at(root, Warning, "access-lang-inside", "no element inside the body has lang and dir: webmail takes <html> out")
	}
	if title == "" {
		c.at(root, Warning, "access-title", "there is no title: a mail in a tab of its own has no name")
	}
}

// tables checks that a table for looks says so.
func (c *checker) tables() {
	for t := range c.root.elements("table") {
		role := t.attrs["role"]
		if role == "presentation" || role == "none" {
			continue
		}
		heads := false
		for range t.elements("th") {
			heads = true
		}
		if !heads {
			c.at(t, Warning, "access-table", "a table for looks is read out as one of data (want role=\"presentation\")")
		}
	}
}

// headings checks that they are there and leave out no level.
func (c *checker) headings() {
	last, none := 0, true
	for h := range c.root.elements("h1", "h2", "h3", "h4", "h5", "h6") {
		none = false
		level := int(h.tag[1] - '0')
		if last > 0 && level > last+1 {
			c.at(h, Warning, "access-heading-order", "h%d follows h%d: a level is left out", level, last)
		}
		if h.words() == "" {
			c.at(h, Warning, "access-heading-empty", "a heading says nothing")
		}
		last = level
	}
	if none {
		c.add(Finding{Severity: Warning, Kind: "access-headings", Part: HTML, Text: "there is no heading: screen readers can't skip through the mail"})
	}
}
