package feedcheck

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// node is an element. Its text is the character data directly in it, CDATA too.
type node struct {
	prefix, local string // prefix as in prefixes, "" if the element is in no namespace, "?" if in one not known
	line, column  int    // where its tag begins
	textLine      int    // where its content begins
	text          string
	raw           []byte // the same as written
	attrs         []attribute
	children      []*node
	parent        *node
	index         int // of those before it with its name, from 1
	twins         int // of those with its name, for the first of them
}

type attribute struct{ prefix, local, value string }

// name is how the tables call an element: pubDate, dc:date, atom:link.
func (n *node) name() string { return qualified(n.prefix, n.local) }

func qualified(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

// attr gives an attribute's value and whether it is there.
func (n *node) attr(name string) (string, bool) {
	for _, a := range n.attrs {
		if qualified(a.prefix, a.local) == name {
			return a.value, true
		}
	}
	return "", false
}

// value gives an attribute's value, "" if it is not there.
func (n *node) value(name string) string {
	v, _ := n.attr(name)
	return v
}

// child gives the first child of a name, or nil.
func (n *node) child(name string) *node {
	for _, ch := range n.children {
		if ch.name() == name {
			return ch
		}
	}
	return nil
}

// inherited gives an attribute of the element or of the nearest one around it.
func (n *node) inherited(name string) string {
	for ; n != nil; n = n.parent {
		if v, ok := n.attr(name); ok {
			return v
		}
	}
	return ""
}

// spot is where the element stands.
func (n *node) spot() spot { return spot{n.line, n.column, "", n} }

// at is where an attribute stands: in the element's tag.
func (n *node) at(attr string) spot { return spot{n.line, n.column, "/@" + attr, n} }

// path gives the way to the element, with a number where its parent has more of
// the name. Atom's elements have no prefix in Atom.
func (n *node) path() string {
	var steps []string
	for ; n != nil; n = n.parent {
		step := n.name()
		if n.root().prefix == "atom" {
			step = strings.TrimPrefix(step, "atom:")
		}
		if n.parent != nil && n.parent.count(n) > 1 {
			step += "[" + strconv.Itoa(n.index) + "]"
		}
		steps = append([]string{step}, steps...)
	}
	return strings.Join(steps, "/")
}

func (n *node) root() *node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// count tells how many children have the name of one.
func (n *node) count(one *node) int {
	for _, ch := range n.children {
		if ch.local == one.local && ch.prefix == one.prefix {
			return ch.twins
		}
	}
	return 0
}

// parser builds the tree of one document.
type parser struct {
	*checker
	d      *xml.Decoder
	source []byte
	root   *node
	open   *node
	before int // the offset of the token that is read
	depth  int
	nodes  int
	text   map[*node]*strings.Builder
	counts map[*node]map[string]*node // first child of a name
	scopes []map[string]bool          // the namespaces that each open element declares
}

// parse reads strictly well-formed XML with namespaces. It returns nil after
// telling why, if it is not.
func (c *checker) parse(text []byte) *node {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	p := &parser{checker: c, d: d, source: text, text: map[*node]*strings.Builder{}, counts: map[*node]map[string]*node{}}
	for {
		line, column := d.InputPos()
		p.before = int(d.InputOffset())
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.token(t, line, column)
		}
		if err != nil {
			p.fault(err)
			return nil
		}
	}
	if p.root == nil {
		c.report(spot{line: 1}, "SAXError", "there is no element in it")
	}
	return p.root
}

// limitError is a document that is well-formed, for all we know, but too much.
type limitError string

func (e limitError) Error() string { return string(e) }

func (p *parser) fault(err error) {
	line, column := p.d.InputPos()
	code := "SAXError"
	if _, ok := errors.AsType[limitError](err); ok {
		code = "ValidatorLimit"
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		line, err = syntax.Line, errors.New(syntax.Msg)
	}
	p.report(spot{line, column, "", p.open}, code, "%v", err)
}

func (p *parser) token(t xml.Token, line, column int) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t, line, column)
	case xml.EndElement:
		n := p.open
		if b := p.text[n]; b != nil {
			n.text = b.String()
			delete(p.text, n)
		}
		n.raw = n.raw[:max(0, len(n.raw)-len(p.source)+p.before)]
		delete(p.counts, n)
		p.open, p.depth, p.scopes = n.parent, p.depth-1, p.scopes[:len(p.scopes)-1]
	case xml.CharData:
		if p.open != nil {
			p.add(t)
		} else if len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text outside of the first element")
		}
	case xml.ProcInst:
		if t.Target == "xml" && (line > 1 || column > 1) {
			p.report(spot{line: line, column: column}, "WPBlankLine", "something stands before the XML declaration (want it at the file's very beginning)")
		}
	case xml.Directive:
		p.doctype(t, spot{line: line, column: column})
	}
	return nil
}

func (p *parser) add(text []byte) {
	b := p.text[p.open]
	if b == nil {
		b = new(strings.Builder)
		p.text[p.open] = b
	}
	b.Write(text)
}

func (p *parser) start(t xml.StartElement, line, column int) error {
	p.nodes++
	p.depth++
	switch {
	case p.open == nil && p.root != nil:
		return errors.New("there is a second outermost element (want one)")
	case p.depth > maxDepth:
		return limitError(fmt.Sprintf("elements stand more than %d deep in each other", maxDepth))
	case p.nodes > maxNodes:
		return limitError(fmt.Sprintf("there are more than %d elements", maxNodes))
	}
	textLine, _ := p.d.InputPos()
	from := p.d.InputOffset()
	n := &node{local: t.Name.Local, line: line, column: column, textLine: textLine, parent: p.open, raw: p.source[from:]}
	if err := p.names(n, t); err != nil {
		return err
	}
	if p.open == nil {
		p.root = n
	} else {
		p.open.children = append(p.open.children, n)
		p.twin(n)
	}
	p.open = n
	return nil
}

// twin numbers a child among those of its name.
func (p *parser) twin(n *node) {
	counts := p.counts[n.parent]
	if counts == nil {
		counts = map[string]*node{}
		p.counts[n.parent] = counts
	}
	first := counts[n.name()]
	if first == nil {
		counts[n.name()], first = n, n
	}
	first.twins++
	n.index = first.twins
}

// doctype tells of document types: the one of RSS 0.91 went away with its server.
func (p *parser) doctype(t xml.Directive, at spot) {
	switch s := string(t); {
	case !strings.HasPrefix(s, "DOCTYPE"):
	case strings.Contains(s, "<!ENTITY"), strings.Contains(s, "["):
		p.report(at, "InvalidDoctype", "a document type that declares things of its own (want none: entities are not expanded)")
	case strings.Contains(s, "my.netscape.com"):
		p.report(at, "DeprecatedDTD", "the document type of RSS 0.91 (want none)")
	}
}
