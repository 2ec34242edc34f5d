package feed

import (
	"bytes"
	"fmt"
	"html"
)

// Content is how much of an article an item has. Its title, links, people,
// topics and image it always has.
type Content string

// An article's summary and its content; the summary alone; neither.
const (
	ContentFull    Content = "full"
	ContentSummary Content = "summary"
	ContentNone    Content = "none"
)

// Link is where the title of an item leads.
type Link string

// The article's own page or, where it has one, its original.
const (
	LinkPage     Link = "page"
	LinkOriginal Link = "original"
)

// target is where the item's title leads.
func (i *Item) target() string {
	if i.link == LinkOriginal && i.Original != "" {
		return i.Original
	}
	return i.URL
}

// related is the other page of an item that has an original.
func (i *Item) related() string {
	if i.link == LinkOriginal {
		return i.URL
	}
	return i.Original
}

// title is the article's or, if its characters are all such as no feed may hold,
// the address that it leads to.
func (i *Item) title() string {
	if plain(i.Title) == "" {
		return i.target()
	}
	return i.Title
}

// shortText is the text of an item without content. Atom and JSON Feed want some:
// the title, if there is no other.
func (i *Item) shortText() string {
	if i.content == ContentSummary && plain(i.Summary) != "" {
		return i.Summary
	}
	return i.title()
}

// writeContent writes the item's HTML, the same in every format: the article's,
// a line that names the source, and the related offerings. It is never empty: an
// article without any of them has a link to its page.
func (i *Item) writeContent(b *bytes.Buffer) {
	b.WriteString(clean(i.HTML))
	if line := i.sourceLine(); line != "" {
		fmt.Fprintf(b, "\n<p>Source: %s</p>", line)
	}
	if len(i.Offerings) > 0 {
		b.WriteString("\n<p>Related offerings:</p>\n<ul>")
		for _, o := range i.Offerings {
			fmt.Fprintf(b, "\n<li>%s</li>", link(o.URL, o.Name))
		}
		b.WriteString("\n</ul>")
	}
	if b.Len() == 0 {
		fmt.Fprintf(b, "<p>%s</p>", link(i.URL, i.title()))
	}
}

func (i *Item) sourceLine() string {
	switch {
	case i.Source.Name != "":
		return link(i.Original, i.Source.Name)
	case i.Original != "":
		return link(i.Original, i.Original)
	}
	return ""
}

func link(url, name string) string {
	name = html.EscapeString(plain(name))
	if url == "" {
		return name
	}
	return `<a href="` + html.EscapeString(encodeURL(url)) + `">` + name + "</a>"
}
