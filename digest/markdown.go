package digest

import (
	"bufio"
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// A block is a paragraph of an editor's Markdown. Templates show blocks in
// their own styles, in HTML and in text, and escape them as they do all else;
// so a note can hold no markup that a mail should not have. Raw HTML and
// images, which would need checks of their own, are shown as what they say:
// the text that was written, and the image's alternative text.
type block struct {
	Kind   blockKind
	Number int // of an item of a numbered list, from 1; 0 in others
	Spans  []span
}

// blockKind is what a block is.
type blockKind string

// The kinds of blocks. A block of code is a paragraph of Code spans.
const (
	paragraphBlock blockKind = "paragraph"
	headingBlock   blockKind = "heading"
	itemBlock      blockKind = "item"
	quoteBlock     blockKind = "quote"
)

// span is text of one look. A line break is a span that is only Break.
type span struct {
	Text                   string
	URL                    string // absolute http, https or mailto URL; ""
	Strong, Emphasis, Code bool
	Break                  bool
}

var noteMarkdown = goldmark.New(goldmark.WithExtensions(extension.Linkify))

// blocksOf reads an editor's Markdown (CommonMark, with bare URLs as links).
func blocksOf(markdown string) []block {
	source := []byte(markdown)
	r := blockReader{source: source}
	r.blocks(noteMarkdown.Parser().Parse(text.NewReader(source)), paragraphBlock)
	for i, b := range r.all {
		if whole := b.text(); strings.Contains(whole, markHost) {
			r.all[i].Spans = []span{{Text: disarm(whole)}} // a mark can't be put together from spans
		}
	}
	return r.all
}

// text gives a block's text without looks and links.
func (b block) text() string {
	var all strings.Builder
	for _, s := range b.Spans {
		if s.Break {
			all.WriteByte(' ')
		}
		all.WriteString(s.Text)
	}
	return all.String()
}

// blockReader walks the tree of a note.
type blockReader struct {
	source []byte
	all    []block
	number int // of the list item that the walk is in
}

// blocks adds what is below a node. Kind is what a paragraph there becomes.
func (r *blockReader) blocks(parent ast.Node, kind blockKind) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			r.add(headingBlock, n)
		case *ast.Blockquote:
			r.blocks(n, quoteBlock)
		case *ast.List:
			r.list(n)
		case *ast.Paragraph, *ast.TextBlock:
			r.add(kind, n)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			r.lines(kind, n, true)
		case *ast.HTMLBlock:
			r.lines(kind, n, false)
		}
	}
}

func (r *blockReader) list(l *ast.List) {
	outer := r.number
	number := 0
	if l.IsOrdered() {
		number = max(1, l.Start)
	}
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		r.number = number
		r.blocks(item, itemBlock)
		if number > 0 {
			number++
		}
	}
	r.number = outer
}

func (r *blockReader) add(kind blockKind, n ast.Node) {
	b := block{Kind: kind}
	if kind == itemBlock {
		b.Number = r.number
		r.number = 0 // a second paragraph of the item has none
	}
	r.spans(&b, n, span{})
	if len(b.Spans) > 0 {
		r.all = append(r.all, b)
	}
}

// lines adds a block of code, or of HTML as it was written.
func (r *blockReader) lines(kind blockKind, n ast.Node, code bool) {
	b := block{Kind: kind}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		if i > 0 {
			b.Spans = append(b.Spans, span{Break: true})
		}
		b.Spans = append(b.Spans, span{Text: strings.TrimRight(string(line.Value(r.source)), "\r\n"), Code: code})
	}
	if len(b.Spans) > 0 {
		r.all = append(r.all, b)
	}
}

// spans adds the text below a node in the look of those around it.
func (r *blockReader) spans(b *block, parent ast.Node, look span) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		inner := look
		switch n := n.(type) {
		case *ast.Text:
			r.text(b, n, look)
			continue
		case *ast.String:
			b.say(look, string(n.Value))
			continue
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				b.say(look, string(segment.Value(r.source)))
			}
			continue
		case *ast.AutoLink:
			inner.URL = linkURL(string(n.URL(r.source)), n.AutoLinkType == ast.AutoLinkEmail)
			b.say(inner, string(n.Label(r.source)))
			continue
		case *ast.Emphasis:
			inner.Emphasis = look.Emphasis || n.Level == 1
			inner.Strong = look.Strong || n.Level == 2
		case *ast.CodeSpan:
			inner.Code = true
		case *ast.Link:
			inner.URL = linkURL(string(n.Destination), false)
		}
		r.spans(b, n, inner)
	}
}

func (r *blockReader) text(b *block, n *ast.Text, look span) {
	value := n.Segment.Value(r.source)
	if look.Code {
		b.say(look, string(value))
	} else {
		b.say(look, unescape(value))
	}
	switch {
	case n.HardLineBreak():
		b.Spans = append(b.Spans, span{Break: true})
	case n.SoftLineBreak():
		b.say(look, " ")
	}
}

// say adds text, to the last span if that has the same look.
func (b *block) say(look span, text string) {
	if text == "" {
		return
	}
	if n := len(b.Spans); n > 0 {
		last := b.Spans[n-1]
		if last.Text = look.Text; last == look {
			b.Spans[n-1].Text += text
			return
		}
	}
	look.Text = text
	b.Spans = append(b.Spans, look)
}

// unescape gives text as a reader sees it: without the backslashes before
// punctuation and with the characters of entities. What goldmark would write
// as HTML, read back, is exactly that.
func unescape(source []byte) string {
	if !strings.ContainsAny(string(source), `\&`) {
		return string(source)
	}
	var b strings.Builder
	w := bufio.NewWriter(&b)
	gmhtml.DefaultWriter.Write(w, source)
	w.Flush()
	return html.UnescapeString(b.String())
}

// linkURL gives a link's address if it is one that a mail may have.
func linkURL(u string, email bool) string {
	if email {
		return "mailto:" + strings.TrimPrefix(u, "mailto:")
	}
	u = unescape([]byte(u))
	if address, found := strings.CutPrefix(u, "mailto:"); found && strings.Contains(address, "@") {
		if parsed, err := url.Parse(u); err == nil {
			return disarm(parsed.String())
		}
	}
	return webURL(u)
}
