package corpus

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/parser"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// body is an article's text, parsed once and used twice: as HTML and, for
// summaries, as blocks of plain text.
type body struct {
	nodes []*html.Node
	html  string // sanitised, every URL absolute
	cut   bool   // Markdown in it stayed as text, because it went over a limit
}

// parseBody reads Markdown, or HTML if isHTML, whose relative URLs are relative
// to page.
func parseBody(text string, isHTML bool, page *url.URL) (body, error) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	source := &w.first
	source.Reset()
	source.WriteString(text)
	pc := parser.NewContext()
	if !isHTML {
		w.second.Reset()
		if err := markdown.Convert(source.Bytes(), &w.second, parser.WithContext(pc)); err != nil {
			return body{}, fmt.Errorf("broken Markdown: %w", err)
		}
		source = &w.second
	}
	nodes, err := parseHTML(source, page)
	if err != nil {
		return body{}, fmt.Errorf("broken HTML: %w", err)
	}
	sanitised, err := w.sanitise(nodes)
	if err != nil {
		return body{}, fmt.Errorf("broken HTML: %w", err)
	}
	return body{nodes, sanitised, workOf(pc).beyond}, nil
}

// parseHTML gives the tidied nodes of an element's inside.
func parseHTML(source io.Reader, page *url.URL) ([]*html.Node, error) {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(source, context)
	if err != nil {
		return nil, err
	}
	root := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	tidy(root, page)
	nodes = nodes[:0]
	for n := range root.ChildNodes() {
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// workspace is what one body is worked on in. Bodies come by the thousand, and
// memory that each would ask for anew costs more than the work.
type workspace struct{ first, second buffer }

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// buffer is one that goldmark writes to as it is, not through another.
type buffer struct{ bytes.Buffer }

func (*buffer) Buffered() int { return 0 }
func (*buffer) Flush() error  { return nil }

// sanitise gives the HTML of nodes with nothing in it but what policy allows.
func (w *workspace) sanitise(nodes []*html.Node) (string, error) {
	w.first.Reset()
	for _, n := range nodes {
		if err := html.Render(&w.first, n); err != nil {
			return "", err
		}
	}
	w.second.Reset()
	if err := policy.SanitizeReaderToWriter(&w.first, &w.second); err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(w.second.Bytes())), nil
}

// tidy does to a tree what a sanitiser of tags cannot: it makes URLs absolute,
// frames links, and takes out tracking images and what must not even leave its
// text behind.
func tidy(parent *html.Node, page *url.URL) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		switch {
		case n.Type == html.TextNode:
			n.Data = clean(n.Data)
		case n.Type != html.ElementNode, dropped[n.DataAtom], n.Namespace != "", tracking(n):
			parent.RemoveChild(n)
		case n.DataAtom == atom.Iframe:
			frameToLink(n, page)
		default:
			absoluteAttributes(n, page)
			tidy(n, page)
			if n.DataAtom == atom.Img && attribute(n, "src") == "" && attribute(n, "srcset") == "" {
				parent.RemoveChild(n) // its URL was none
			}
		}
		n = next
	}
}

// dropped elements go with all that is in them.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true,
	atom.Object: true, atom.Embed: true, atom.Applet: true, atom.Frameset: true,
	atom.Button: true, atom.Input: true, atom.Select: true, atom.Textarea: true,
	atom.Link: true, atom.Meta: true, atom.Base: true, atom.Title: true,
}

// tracking reports whether n is an image that is there to be counted, not seen.
func tracking(n *html.Node) bool {
	if n.DataAtom != atom.Img {
		return false
	}
	for _, a := range n.Attr {
		if a.Key == "width" || a.Key == "height" {
			if size, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(a.Val), "px")); err == nil && size <= 1 {
				return true
			}
		}
	}
	return false
}

// frameToLink turns a frame into a link to what it would have shown.
func frameToLink(n *html.Node, page *url.URL) {
	target := absolute(page, attribute(n, "src"))
	text := attribute(n, "title")
	if text == "" {
		text = domain(target)
	}
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.Data, n.DataAtom, n.Attr = "a", atom.A, nil
	if target == "" {
		return
	}
	n.Attr = []html.Attribute{{Key: "href", Val: target}}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: clean(text)})
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// absoluteAttributes resolves every URL of an element and drops what is none.
func absoluteAttributes(n *html.Node, page *url.URL) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		switch a.Key {
		case "href", "src", "poster", "cite":
			a.Val = absoluteOrMail(page, a.Val)
			if a.Val == "" {
				continue
			}
		case "srcset":
			if a.Val = absoluteSrcset(page, a.Val); a.Val == "" {
				continue
			}
		default:
			a.Val = clean(a.Val)
		}
		kept = append(kept, a)
	}
	n.Attr = kept
}

func absoluteOrMail(page *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || ref[0] == '{' { // JSX: src={picture}
		return ""
	}
	if u, err := url.Parse(ref); err == nil && (u.Scheme == "mailto" || u.Scheme == "tel") {
		return u.String()
	}
	return absolute(page, ref)
}

// absoluteSrcset resolves "a.jpg 1x, b.jpg 2x" (HTML, section 4.8.4.2).
func absoluteSrcset(page *url.URL, set string) string {
	var out []string
	for _, candidate := range strings.Split(set, ",") {
		parts := strings.Fields(candidate)
		if len(parts) == 0 || len(parts) > 2 {
			continue
		}
		if parts[0] = absolute(page, parts[0]); parts[0] != "" {
			out = append(out, strings.Join(parts, " "))
		}
	}
	return strings.Join(out, ", ")
}

// policy is the last word on what HTML leaves the corpus.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"p", "br", "hr", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote",
		"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary",
		"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
		"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q",
		"s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "ruby", "rt", "rp",
		"img", "picture", "source", "audio", "video", "track")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.AllowAttrs("title", "lang", "dir").Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowAttrs("datetime").OnElements("time", "del", "ins")
	p.AllowAttrs("start", "reversed", "type").OnElements("ol")
	p.AllowAttrs("colspan", "rowspan", "scope").OnElements("th", "td")
	p.AllowAttrs("src", "srcset", "sizes", "alt", "width", "height").OnElements("img")
	p.AllowAttrs("src", "srcset", "sizes", "media", "type").OnElements("source")
	p.AllowAttrs("src", "poster", "width", "height", "controls").OnElements("audio", "video")
	p.AllowAttrs("src", "kind", "srclang", "label").OnElements("track")
	return p
}
