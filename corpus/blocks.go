package corpus

import (
	"bytes"
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// block is one paragraph, heading, list item or the like of a body, as one
// line of plain text.
type block struct {
	text  string
	prose bool // a paragraph or list item: fit for a summary
}

// blocks gives the plain text of a body, block by block, as far as somebody
// wants it: a summary is mostly made of the first two.
func (b body) blocks() iter.Seq[block] {
	return func(yield func(block) bool) {
		w := blockWriter{yield: yield, prose: true}
		for _, n := range b.nodes {
			w.node(n)
		}
		w.end()
	}
}

type blockWriter struct {
	yield  func(block) bool
	done   bool // nobody wants more
	text   []byte
	prose  bool
	breaks int // <br> since the last text
}

var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Blockquote: true, atom.Section: true, atom.Article: true, atom.Hr: true, atom.Details: true, atom.Aside: true,
	atom.Header: true, atom.Footer: true, atom.Main: true, atom.Nav: true, atom.Form: true, atom.Tr: true, atom.Td: true, atom.Th: true,
}

// notProse elements are blocks whose text would make a poor summary.
var notProse = map[atom.Atom]bool{
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Pre: true, atom.Table: true, atom.Figcaption: true, atom.Figure: true, atom.Summary: true,
}

func (w *blockWriter) node(n *html.Node) {
	if w.done {
		return
	}
	if n.Type == html.TextNode {
		w.write(n.Data)
		return
	}
	if n.DataAtom == atom.Br {
		w.br()
		return
	}
	if strings.HasPrefix(attribute(n, "class"), "footnote") { // goldmark's notes and references
		return
	}
	plain := notProse[n.DataAtom]
	if plain || blockElements[n.DataAtom] {
		w.end()
		defer w.end()
	}
	if plain && w.prose {
		w.prose = false
		defer func() {
			w.end()
			w.prose = true
		}()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *blockWriter) write(text string) {
	if strings.TrimSpace(text) != "" {
		w.breaks = 0
	}
	w.text = append(w.text, text...)
}

// br ends a block if it is the second in a row, or if a sentence has ended; a
// single one inside a sentence is a blank.
func (w *blockWriter) br() {
	w.breaks++
	text := bytes.TrimSpace(w.text)
	if w.breaks > 1 || len(text) > 0 && strings.IndexByte(".!?:", text[len(text)-1]) >= 0 {
		w.end()
		return
	}
	w.text = append(w.text, ' ')
}

func (w *blockWriter) end() {
	line := w.text[:0] // never longer than what has been read of it
	for word := range bytes.FieldsSeq(w.text) {
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, word...)
	}
	if len(line) > 0 && !w.done {
		w.done = !w.yield(block{string(line), w.prose})
	}
	w.text = w.text[:0]
}
