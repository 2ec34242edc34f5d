package corpus

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	gmtext "github.com/yuin/goldmark/text"
)

// markdown passes raw HTML through, because curated bodies are mostly HTML;
// what is unsafe in it is taken out afterwards, from the whole.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify, extension.Footnote, extension.DefinitionList, bounds{}),
	goldmark.WithRendererOptions(gmhtml.WithUnsafe()),
)

// Limits of what one body may cost. Markdown has no broken text, so goldmark
// looks for the other end of each bracket, star and tag in all that is left of a
// block: for some texts that is the square of their length, and a table's short
// rows are filled up to the width of its head. No article that somebody wrote is
// near a limit; what goes over it stays, as text.
const (
	maxWork      = 10_000_000 // characters or pairs of them looked at in vain: a fraction of a second
	maxNesting   = 100        // lists and quotations in each other; HTML's limit is 512 elements
	maxCells     = 200_000    // of all tables
	maxReference = 256 << 10  // bytes that references to links repeat, or the body's own length
)

// bounds holds goldmark's parsers to the limits. It must be the last extension.
type bounds struct{}

func (b bounds) Extend(m goldmark.Markdown) { m.Parser().AddOptions(b) }

// SetParserOption puts a bound around each parser that can be made to work long.
func (bounds) SetParserOption(c *parser.Config) {
	for i, p := range c.InlineParsers {
		c.InlineParsers[i].Value = boundInline{p.Value.(parser.InlineParser)}
	}
	for i, p := range c.BlockParsers {
		if p := p.Value.(parser.BlockParser); nests(p) {
			c.BlockParsers[i].Value = boundBlock{p}
		}
	}
	for i, p := range c.ParagraphTransformers {
		switch p.Value {
		case extension.NewTableParagraphTransformer():
			c.ParagraphTransformers[i].Value = boundTable{extension.NewTableParagraphTransformer()}
		case parser.LinkReferenceParagraphTransformer:
			c.ParagraphTransformers[i].Value = boundDefinitions{parser.LinkReferenceParagraphTransformer}
		}
	}
	for i, p := range c.ASTTransformers {
		if p.Value == extension.NewFootnoteASTTransformer() { // the notes are in the tree then
			c.ASTTransformers[i].Value = boundReferences{p.Value.(parser.ASTTransformer)}
		}
	}
}

// nests reports whether blocks of p can be in each other without end. The items
// of lists are not asked: a list without them is none.
func nests(p parser.BlockParser) bool {
	switch p {
	case parser.NewListParser(), parser.NewBlockquoteParser(), extension.NewDefinitionListParser(), extension.NewFootnoteBlockParser():
		return true
	}
	return false
}

// work is what one body has cost, beyond what its length makes it cost.
type work struct {
	spent      int
	delimiters int   // of emphasis, in this block
	open       []int // offsets of the brackets that are open in this block
	notes      int   // footnotes, and links to them
	cells      int   // of tables
	escaped    int   // bars in cells that are none
	beyond     bool  // a limit was reached
}

var workKey = parser.NewContextKey()

func workOf(pc parser.Context) *work {
	return pc.ComputeIfAbsent(workKey, func() any { return new(work) }).(*work)
}

// may reports whether there is work left to spend, after n.
func (w *work) may(n int) bool {
	if w.spent += n; w.spent > maxWork {
		w.beyond = true
	}
	return w.spent <= maxWork
}

type boundInline struct{ parser.InlineParser }

func (b boundInline) Parse(parent ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	w := workOf(pc)
	if !w.may(0) {
		return nil
	}
	line, at := block.PeekLine()
	left := at.Len()
	if lines := parent.Lines(); lines != nil && lines.Len() > 0 {
		left = max(left, lines.At(lines.Len()-1).Stop-at.Start)
	}
	node := b.InlineParser.Parse(parent, block, pc)
	w.may(w.cost(node, line, at.Start, left))
	return node
}

// cost is what the parser that made node of the start of a line, or nothing, has
// looked at in vain or makes others look at. left is the length of the block from
// there.
func (w *work) cost(node ast.Node, line []byte, at, left int) int {
	var next byte
	if len(line) > 1 {
		next = line[1]
	}
	switch node.(type) {
	case *parser.Delimiter:
		w.delimiters++
		return w.delimiters
	case *ast.Text: // a code span that does not end
		return left / 16
	}
	switch line[0] {
	case '[', '!':
		return w.bracket(node, next, at, left)
	case ']':
		return w.closing(node, next, at, left)
	case '<':
		if node == nil && next > ' ' {
			return left / 16
		}
	}
	return 0
}

// bracket is the cost of "[", "![" and "[^".
func (w *work) bracket(node ast.Node, next byte, at, left int) int {
	const label = 999 // bytes that one may have
	switch {
	case node == nil && next == '^':
		return w.notes + min(left, label)
	case node == nil:
		return 0
	case node.Kind() == extast.KindFootnoteLink:
		w.notes++
		return w.notes
	}
	w.open = append(w.open, at)
	return len(w.open)
}

// closing is the cost of "]".
func (w *work) closing(node ast.Node, next byte, at, left int) int {
	if len(w.open) == 0 {
		return 0
	}
	last := len(w.open) - 1
	inner := at - w.open[last]
	w.open = w.open[:last]
	switch {
	case node != nil:
		return 0
	case next == '(' || next == '[':
		return inner + left
	}
	return inner
}

// CloseBlock ends a block of text.
func (b boundInline) CloseBlock(parent ast.Node, block gmtext.Reader, pc parser.Context) {
	w := workOf(pc)
	w.delimiters, w.open = 0, w.open[:0]
	if c, ok := b.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

type boundBlock struct{ parser.BlockParser }

func (b boundBlock) Open(parent ast.Node, reader gmtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	w := workOf(pc)
	if len(pc.OpenedBlocks()) > maxNesting {
		w.beyond = true
		return nil, parser.NoChildren
	}
	node, state := b.BlockParser.Open(parent, reader, pc)
	if node != nil && node.Kind() == extast.KindFootnote {
		w.notes++
	}
	return node, state
}

type boundTable struct{ parser.ParagraphTransformer }

func (b boundTable) Transform(node *ast.Paragraph, reader gmtext.Reader, pc parser.Context) {
	w := workOf(pc)
	lines, width, escaped := node.Lines(), 0, 0
	for i := range lines.Len() {
		at := lines.At(i)
		line := at.Value(reader.Source())
		if len(bytes.Trim(line, "|:- \t\n")) == 0 { // may be the one under a head
			width = max(width, bytes.Count(line, []byte("|"))+1)
		}
		escaped += bytes.Count(line, []byte(`\|`))
	}
	w.cells += width * lines.Len()
	w.escaped += escaped
	if w.cells > maxCells || !w.may(escaped*w.escaped) {
		w.beyond = w.beyond || width > 0
		return
	}
	b.ParagraphTransformer.Transform(node, reader, pc)
}

// boundDefinitions is for what references refer to: [f]: https://example.com "A title".
type boundDefinitions struct{ parser.ParagraphTransformer }

func (b boundDefinitions) Transform(node *ast.Paragraph, reader gmtext.Reader, pc parser.Context) {
	lines, length, unclosed := node.Lines(), 0, 0
	for i := range lines.Len() {
		at := lines.At(i)
		line := at.Value(reader.Source())
		length += len(line)
		odd := bytes.Count(line, []byte(`"`))%2 + bytes.Count(line, []byte("'"))%2
		if odd > 0 || bytes.Count(line, []byte("(")) > bytes.Count(line, []byte(")")) {
			unclosed++ // a title that may not end before the block does
		}
	}
	may := true
	if lines.Len() > 0 && bytes.HasPrefix(bytes.TrimLeft(firstLine(node, reader), " "), []byte("[")) {
		may = workOf(pc).may(unclosed*length/32 + lines.Len()*lines.Len()/40)
	}
	if may {
		b.ParagraphTransformer.Transform(node, reader, pc)
	}
}

func firstLine(node *ast.Paragraph, reader gmtext.Reader) []byte {
	at := node.Lines().At(0)
	return at.Value(reader.Source())
}

type boundReferences struct{ parser.ASTTransformer }

// Transform lets references go nowhere when what they repeat grows longer than
// the text.
func (b boundReferences) Transform(doc *ast.Document, reader gmtext.Reader, pc parser.Context) {
	b.ASTTransformer.Transform(doc, reader, pc)
	left := max(maxReference, len(reader.Source()))
	repeat := func(reference *ast.ReferenceLink, destination, title *[]byte) {
		if reference == nil {
			return
		}
		if left -= len(*destination) + len(*title); left < 0 {
			*destination, *title = nil, nil
			workOf(pc).beyond = true
		}
	}
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Link:
				repeat(n.Reference, &n.Destination, &n.Title)
			case *ast.Image:
				repeat(n.Reference, &n.Destination, &n.Title)
			}
		}
		return ast.WalkContinue, nil
	})
}
