package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Limits of one article file.
const (
	maxArticle     = 4 << 20
	maxFrontMatter = 256 << 10
)

// document is an article file taken apart.
type document struct {
	front    value
	body     []byte
	bodyLine int // line of the body's first byte, counted from 1 at the file's top
	memory   *treeMemory
}

// release gives back the memory of the front matter, of which nothing but texts
// may be used any more. It need not be called.
func (d document) release() {
	d.memory.reset()
	treeMemories.Put(d.memory)
}

var treeMemories = sync.Pool{New: func() any { return new(treeMemory) }}

// parseDocument decodes a file, splits it into its front matter and body, and
// reads the front matter, which may be YAML, TOML or JSON. Of its top level, keys
// that want does not select may be left out; nil selects all. Errors are
// *lineError.
func parseDocument(data []byte, fallback string, want func(key []byte) bool) (document, error) {
	m := treeMemories.Get().(*treeMemory)
	if doc, ok := plainDocument(data, want, m); ok {
		return doc, nil
	}
	text, err := decode(data, fallback)
	if err != nil {
		return document{}, err
	}
	s, err := split(text)
	if err != nil {
		return document{}, err
	}
	front, err := s.read(want, m)
	if err != nil {
		return document{}, s.explain(err, s.front, s.line)
	}
	return document{front, s.body, s.bodyLine, m}, nil
}

// plainDocument is parseDocument for a file such as nearly all are: there is
// nothing to decode, and plain YAML stands between two lines "---". It does not
// look for the second one before it reads what is above it.
func plainDocument(data []byte, want func(key []byte) bool, m *treeMemory) (doc document, ok bool) {
	const fence = "---\n"
	text, ok := bytes.CutPrefix(data, []byte(fence))
	if !ok {
		return document{}, false
	}
	front, end, line, ok := readPlainFront(text, 2, want, m)
	if !ok || !printable(text[:end]) {
		return document{}, false
	}
	body, ok := bytes.CutPrefix(text[end:], []byte(fence))
	return document{front, body, line + 1, m}, ok && (printable(body) || decoded(body))
}

// read reads the front matter, by the fast reader where it is plain.
func (s sections) read(want func(key []byte) bool, m *treeMemory) (value, error) {
	if s.mark == "---" {
		if v, ok := readPlain(s.front, s.line, want, m); ok {
			return v, nil
		}
	}
	return s.parse(s.front, s.line)
}

// sections are the two parts of an article's text, as text.
type sections struct {
	fence
	front    []byte
	line     int // of front's first byte
	body     []byte
	bodyLine int
}

// fence is the line that front matter stands between.
type fence struct {
	mark  string
	end   string // another line that ends it, or ""
	parse func(data []byte, first int) (value, error)
}

// The second fence of YAML may be the mark of a document's end (YAML 1.2.2,
// section 9.1.2). Jekyll takes it; Hugo does not, but reads no key after it.
var fences = []fence{
	{"---", "...", parseYAML},
	{"+++", "", parseTOML},
	{";;;", "", parseFencedJSON},
}

// split finds where front matter and body are. Blank lines may precede the
// front matter, as they may for Hugo.
func split(text []byte) (sections, error) {
	line := 1
	for {
		first, rest, more := bytes.Cut(text, []byte("\n"))
		if !blank(first) {
			break
		}
		if !more {
			return sections{}, &lineError{1, "the file is empty"}
		}
		text = rest
		line++
	}
	if text[0] == '{' && !bytes.HasPrefix(text, []byte("{{")) && !bytes.HasPrefix(text, []byte("{%")) {
		return splitJSON(text, line)
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	for _, f := range fences {
		if isLine(first, f.mark) {
			return f.split(rest, line+1)
		}
	}
	if isLine(first, "---js") || isLine(first, "---javascript") {
		return sections{}, &lineError{line, "the front matter is JavaScript, which newsdesk does not run (write it in YAML between two lines ---)"}
	}
	for _, f := range fences {
		if f.missed(first) {
			return sections{}, &lineError{line, fmt.Sprintf("the first line is %s (want %s)", quote(first), f.mark)}
		}
	}
	return sections{}, &lineError{line, fmt.Sprintf("no front matter: the first line is %s (want ---, +++ or {)", quote(first))}
}

// splitJSON splits after the object that text begins with.
func splitJSON(text []byte, line int) (sections, error) {
	object, body, err := cutJSON(text, line)
	if err != nil {
		return sections{}, err
	}
	s := sections{fence{parse: parseJSON}, object, line, body, line + bytes.Count(object, []byte("\n"))}
	first, rest, _ := bytes.Cut(body, []byte("\n"))
	switch trimmed := bytes.TrimLeft(first, " \t"); {
	case len(trimmed) == 0:
		s.body = rest
		s.bodyLine++
	case strings.IndexByte("}],", trimmed[0]) >= 0:
		return sections{}, &lineError{s.bodyLine, fmt.Sprintf("broken JSON: %s stands after the closing }", quote(trimmed))}
	}
	return s, nil
}

// split cuts text, whose first line is line first, at the next fence. Later
// lines that look like a fence belong to the body.
func (f fence) split(text []byte, first int) (sections, error) {
	within := text[:min(len(text), maxFrontMatter+len(f.mark)+1)]
	at, number := f.next(within, first)
	if at < 0 {
		err := &lineError{first - 1, fmt.Sprintf("the front matter does not end (want a second line %s)", f.mark)}
		if len(within) < len(text) {
			err.text = tooLong("line " + f.mark)
		}
		return sections{}, f.explain(err, within, first)
	}
	line, body, _ := bytes.Cut(text[at:], []byte("\n"))
	if !isLine(line, f.mark) && !isLine(line, f.end) {
		return sections{}, &lineError{number, fmt.Sprintf("this line of the front matter is %s (want %s)", quote(line), f.mark)}
	}
	return sections{f, text[:at], first, body, number + 1}, nil
}

// next gives the offset and the number of the first line that starts as a fence
// does, or -1. Every article comes by here, so it looks at no more of a line;
// other near misses are looked for when something is wrong.
func (f fence) next(text []byte, number int) (offset, line int) {
	for at := 0; len(text)-at >= len(f.mark); number++ {
		if start := text[at : at+len(f.mark)]; string(start) == f.mark || string(start) == f.end {
			return at, number
		}
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return -1, 0
}

// explain adds to an error of a front matter, whose first line is line first,
// that a line of it was perhaps meant to end it. In a block of text such a line
// may be right, so it is no error of its own.
func (f fence) explain(err error, front []byte, first int) error {
	var at *lineError
	if !errors.As(err, &at) {
		return err
	}
	number := first
	for line := range bytes.Lines(front) {
		if at.line >= first && number > at.line {
			break // not the cause of what is wrong before it
		}
		if f.missed(line) {
			return &lineError{at.line, fmt.Sprintf("%s; line %d is %s (want %s if the front matter ends there)", at.text, number, quote(line), f.mark)}
		}
		number++
	}
	return err
}

// isLine reports whether line is mark, but for blanks after it.
func isLine(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && blank(line[len(mark):])
}

func blank(line []byte) bool { return len(bytes.TrimLeft(line, " \t")) == 0 }

// dashes are what word processors make of hyphens.
const dashes = "-‐‑‒–—―−"

// missed reports whether a line that is not a fence was likely meant to be:
// indented, longer, with something behind it, or with other dashes.
func (f fence) missed(line []byte) bool {
	line = bytes.Trim(line, " \t\n\u00a0\ufeff")
	if f.mark == "---" && len(line) > 1 && len(bytes.Trim(line, dashes)) == 0 {
		return true
	}
	return f.mark != "" && bytes.HasPrefix(line, []byte(f.mark))
}

// quote quotes a line, or its beginning if it is long.
func quote(line []byte) string {
	text := strings.TrimRight(string(line), " \t\n")
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:40]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

func tooLong(end string) string {
	return fmt.Sprintf("the front matter is over %d KiB or does not end (want a %s)", maxFrontMatter>>10, end)
}

func tooDeep(depth int) string {
	if depth > maxDepth {
		return fmt.Sprintf("the front matter is nested over %d levels deep", maxDepth)
	}
	return fmt.Sprintf("the front matter has over %d values", maxNodes)
}

// lineCounter tells lines of offsets. It counts on from the last one asked for.
type lineCounter struct {
	data   []byte
	offset int
	line   int // of offset
}

func (c *lineCounter) at(offset int) int {
	from, to := min(c.offset, offset), max(c.offset, offset)
	lines := bytes.Count(c.data[from:to], []byte("\n"))
	if offset < c.offset {
		lines = -lines
	}
	c.offset, c.line = offset, c.line+lines
	return c.line
}
