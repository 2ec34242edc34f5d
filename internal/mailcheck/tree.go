package mailcheck

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"golang.org/x/net/html"
)

// node is an element or a text of the HTML, with the line where it begins.
type node struct {
	tag      string // in lower case; "" of a text, "!" of a comment, "!doctype"
	text     string // of a text or comment, without entities
	attrs    map[string]string
	line     int
	parent   *node
	children []*node
	style    []declaration // of the style attribute
}

// void elements have no end tag (HTML, 13.1.2).
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

// maxDepth is how deep elements nest before the rest is taken as flat.
const maxDepth = 500

// parseHTML reads HTML as it is written: unlike a browser it moves and adds nothing,
// so lines are those of the source. An end tag closes the nearest element of its
// name; one that has none is passed over.
func parseHTML(source []byte) *node {
	root := &node{line: 1}
	at, line, depth := root, 1, 0
	styles := inlines{}
	z := html.NewTokenizer(bytes.NewReader(source))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return root
		}
		raw := bytes.Count(z.Raw(), []byte("\n"))
		switch t := z.Token(); kind {
		case html.TextToken:
			at.append(&node{text: t.Data, line: line})
		case html.CommentToken:
			at.append(&node{tag: "!", text: t.Data, line: line})
		case html.DoctypeToken:
			at.append(&node{tag: "!doctype", text: t.Data, line: line})
		case html.StartTagToken, html.SelfClosingTagToken:
			n := at.append(&node{tag: t.Data, line: line, attrs: attributes(t.Attr)})
			n.style = styles.read(n.attrs["style"])
			if kind == html.StartTagToken && !void[t.Data] && depth < maxDepth {
				at, depth = n, depth+1
			}
		case html.EndTagToken:
			for open := at; open != root; open = open.parent {
				if open.tag == t.Data {
					for ; at != open; depth-- {
						at = at.parent
					}
					at, depth = open.parent, depth-1
					break
				}
			}
		}
		line += raw
	}
}

func attributes(all []html.Attribute) map[string]string {
	m := make(map[string]string, len(all))
	for _, a := range all {
		if _, twice := m[a.Key]; !twice {
			m[a.Key] = a.Val
		}
	}
	return m
}

func (n *node) append(child *node) *node {
	child.parent = n
	n.children = append(n.children, child)
	return child
}

// all gives n and what is below it in the order of the source.
func (n *node) all() iter.Seq[*node] {
	return func(yield func(*node) bool) { n.walk(yield) }
}

func (n *node) walk(yield func(*node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, child := range n.children {
		if !child.walk(yield) {
			return false
		}
	}
	return true
}

// elements gives the elements of some names, or every element.
func (n *node) elements(tags ...string) iter.Seq[*node] {
	return func(yield func(*node) bool) {
		for e := range n.all() {
			if e.tag == "" || e.tag[0] == '!' {
				continue
			}
			for i := 0; i < max(1, len(tags)); i++ {
				if len(tags) == 0 || e.tag == tags[i] {
					if !yield(e) {
						return
					}
					break
				}
			}
		}
	}
}

// attr gives an attribute and whether it is there.
func (n *node) attr(name string) (string, bool) {
	value, ok := n.attrs[name]
	return strings.TrimSpace(value), ok
}

// words gives the text below n, one blank between words, with the alternative
// texts of images.
func (n *node) words() string {
	var b strings.Builder
	for e := range n.all() {
		switch {
		case e.tag == "" && e.parent != nil && e.parent.tag != "style" && e.parent.tag != "script":
			b.WriteString(e.text)
		case e.tag == "img":
			b.WriteString(" " + e.attrs["alt"] + " ")
		case e.tag == "br" || e.tag == "p" || e.tag == "td" || e.tag == "div":
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// within gives the nearest element of a name around n, or nil.
func (n *node) within(tag string) *node {
	for p := n.parent; p != nil; p = p.parent {
		if p.tag == tag {
			return p
		}
	}
	return nil
}

// selector names an element for people.
func (n *node) selector() string {
	for _, name := range []string{"href", "src", "class", "style"} {
		if value := n.attrs[name]; value != "" {
			return fmt.Sprintf("%s[%s=%q]", n.tag, name, brief(value, 60))
		}
	}
	return n.tag
}

// brief cuts a value to n bytes at most, at the end of a character.
func brief(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
