package feed

import (
	"bytes"
	"fmt"
	"html"
)

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
		fmt.Fprintf(b, "<p>%s</p>", link(i.URL, i.Title))
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
