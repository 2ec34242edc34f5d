package corpus

import (
	"bytes"
	"slices"
	"sync"
)

// readPlain reads the plain subset of YAML that nearly all front matter is
// written in: block mappings and sequences; plain, quoted, literal and folded
// scalars; flow sequences of scalars; comments. It takes less than a tenth of
// the time of parseYAML and gives the very same tree, or ok is false: then
// parseYAML must read the data. It declines what is broken and what is rare or
// subtle (anchors, tags, merge keys, flow mappings, tabs, documents, most
// escapes), for declining only costs time. FuzzPlain holds the two readers
// against each other.
//
// want selects keys of the top level, nil all of them. An unwanted key has no
// entry and its value costs no memory, but must be in the subset too. As the
// caller cannot see all keys, a selective read also declines two keys of the top
// level that are alike but for case.
//
// Lines count from first. The tree shares no memory with data.
func readPlain(data []byte, first int, want func(key []byte) bool) (v value, ok bool) {
	r := plainReaders.Get().(*plainReader)
	r.data, r.line, r.want = data, first, want
	defer func() {
		if r.declined {
			recover()
			v, ok = value{}, false
		}
		*r = plainReader{entries: r.entries[:0], members: r.members[:0], buf: r.buf}
		plainReaders.Put(r)
	}()
	// A node takes a byte at least: this many cannot be too many for parseYAML.
	r.must(len(data) < maxNodes && bytes.HasSuffix(data, []byte("\n")) && printable(data))
	r.next()
	r.must(r.col >= 0)
	r.mapping(&v, 0)
	r.must(r.at == len(data))
	return v, true
}

// plainReaders keeps readers for the memory they have grown.
var plainReaders = sync.Pool{New: func() any { return new(plainReader) }}

// plainReader reads line by line. Between nodes it stands at the first byte of
// the next line that holds more than blanks and a comment. Since data ends in a
// line break, the byte after one that is no line break is always there.
type plainReader struct {
	data []byte
	want func(key []byte) bool

	at   int // where in data it stands
	end  int // the line break that ends the line
	line int // the line's number in the file
	col  int // the column where the line's text, or the node in it, starts; -1 behind the last line

	blanks    int  // how many blank lines came before this one
	commented bool // a comment came before this line

	skip     bool // this is an unwanted value: make nothing
	declined bool

	entries []entry // of the mappings being read, the innermost last
	members []value // of the sequences being read
	buf     []byte  // a scalar being put together
	seen    [128]uint32
	keys    int // how many places of seen are used
}

// must declines unless ok. The panic ends in readPlain.
func (r *plainReader) must(ok bool) {
	if !ok {
		r.declined = true
		panic("declined")
	}
}

// next moves from the start of a line to the next line with text.
func (r *plainReader) next() {
	r.blanks, r.commented, r.col = 0, false, -1
	data := r.data
	for i := r.at; i < len(data); i++ {
		start := i
		for data[i] == ' ' {
			i++
		}
		switch data[i] {
		case '\n':
			r.blanks++
		case '#':
			r.commented = true
			i += bytes.IndexByte(data[i:], '\n')
		default:
			r.at, r.col = i, i-start
			r.end = i + bytes.IndexByte(data[i:], '\n')
			// The marks of a document's start and end.
			r.must(r.col > 0 || !bytes.HasPrefix(data[i:], []byte("---")) && !bytes.HasPrefix(data[i:], []byte("...")))
			return
		}
		r.line++
	}
	r.at = len(data)
}

// finish leaves a line in which only blanks and a comment may be left.
func (r *plainReader) finish() {
	from := r.at
	comment := r.skipBlanks() == '#' && r.at > from
	r.must(comment || r.data[r.at] == '\n')
	r.at = r.end + 1
	r.line++
	r.next()
	r.commented = r.commented || comment
}

// skipBlanks gives the byte after the blanks.
func (r *plainReader) skipBlanks() byte {
	for r.data[r.at] == ' ' {
		r.at++
	}
	return r.data[r.at]
}

// node reads the node that starts at the reader's column into v. It belongs to
// a collection at column parent.
func (r *plainReader) node(v *value, parent, depth int) {
	r.must(depth < maxDepth)
	if r.atDash() {
		r.sequence(v, depth)
	} else if _, ok := r.key(); ok {
		r.mapping(v, depth)
	} else {
		r.scalar(v, parent)
	}
}

func (r *plainReader) atDash() bool {
	return r.data[r.at] == '-' && (r.data[r.at+1] == ' ' || r.data[r.at+1] == '\n')
}

func (r *plainReader) sequence(v *value, depth int) {
	v.kind, v.line = list, r.line
	col, base := r.col, len(r.members)
	var member value // declared out here it stays off the heap
	for r.col == col && r.atDash() {
		r.at++
		r.col++
		member = value{}
		r.member(&member, col, depth+1, true)
		r.push(member)
	}
	v.list = r.pop(base)
}

func (r *plainReader) push(member value) {
	if !r.skip {
		r.members = append(r.members, member)
	}
}

// pop takes what was pushed since base in a slice of just that size.
func (r *plainReader) pop(base int) []value {
	popped := append([]value(nil), r.members[base:]...)
	r.members = r.members[:base]
	return popped
}

func (r *plainReader) mapping(v *value, depth int) {
	v.kind, v.line = mapping, r.line
	col, base := r.col, len(r.entries)
	var e entry // declared out here it stays off the heap
	for r.col == col {
		e = entry{line: r.line}
		key := r.takeKey()
		if depth == 0 && r.want != nil {
			r.once(key)
			r.skip = !r.want(key)
		}
		e.key = r.text(key)
		r.member(&e.value, col, depth+1, false)
		if !r.skip {
			r.entries = append(r.entries, e)
		}
		r.skip = r.skip && depth > 0
	}
	v.entries = append([]entry(nil), r.entries[base:]...)
	r.entries = r.entries[:base]
}

// once declines a key like one seen before. It compares hashes: seldom it
// declines two that differ, never it takes two that are alike.
func (r *plainReader) once(key []byte) {
	hash := uint32(2166136261) // FNV-1a; b|0x20 is lower case
	for _, b := range key {
		hash = (hash ^ uint32(b|0x20)) * 16777619
	}
	r.must(r.keys < len(r.seen) && !slices.Contains(r.seen[:r.keys], hash))
	r.seen[r.keys] = hash
	r.keys++
}

// member reads what follows a key's ":" or a "-" of a collection at column col:
// a node in this line or in the next ones, or none, which is null.
func (r *plainReader) member(v *value, col, depth int, dash bool) {
	v.line = r.line
	from := r.at
	switch c := r.skipBlanks(); {
	case c == '\n' || c == '#' && !dash:
		r.finish()
		// A sequence may stand as far left as the key it belongs to.
		if r.col > col || r.col == col && !dash && r.atDash() {
			r.node(v, col, depth)
		}
	case dash:
		r.col += r.at - from
		r.node(v, col, depth)
	default:
		r.scalar(v, col)
	}
}

// key gives the key that starts here, if one does: text before a colon that is
// the line's end or before a blank. It does not move.
func (r *plainReader) key() (key []byte, ok bool) {
	line := r.data[r.at:r.end]
	if line[0] == '\'' || line[0] == '"' {
		key, ok = r.simpleQuoted()
		return key, ok && keyColon(bytes.TrimLeft(line[len(key)+len("''"):], " ")) == 0
	}
	i := keyColon(line)
	return trimBlanks(line[:max(i, 0)]), i >= 0
}

// keyColon finds the first colon before a blank or at the end.
func keyColon(text []byte) int {
	for i := 0; i < len(text); i++ {
		j := bytes.IndexByte(text[i:], ':')
		if j < 0 {
			break
		}
		if i += j; i+1 == len(text) || text[i+1] == ' ' {
			return i
		}
	}
	return -1
}

// takeKey reads a key and its colon, for which YAML allows 1024 characters.
func (r *plainReader) takeKey() []byte {
	start := r.at
	key, ok := r.key()
	r.must(ok)
	if c := r.data[r.at]; c == '\'' || c == '"' {
		r.at += len("''")
	} else {
		r.must(plainStart(key) && comment(key) < 0 && string(key) != "<<")
	}
	r.at += len(key)
	r.must(r.skipBlanks() == ':' && r.at-start < 1000)
	r.at++
	return key
}

// scalar reads a scalar or a flow collection. Lines further right than column
// parent may belong to it.
func (r *plainReader) scalar(v *value, parent int) {
	v.kind, v.line = scalar, r.line
	switch r.data[r.at] {
	case '!': // older Ruby writes ! 'text' for 'text'
		r.at += len("! ")
		r.must(r.data[r.at-1] == ' ' && (r.data[r.at] == '\'' || r.data[r.at] == '"'))
		fallthrough
	case '\'', '"':
		v.text = r.text(r.quoted())
		r.finish()
	case '|', '>':
		v.text = r.text(r.block(parent))
	case '[':
		v.kind, v.list = list, r.flow()
		r.finish()
	case '{':
		v.kind = mapping
		r.must(r.data[r.at+1] == '}')
		r.at += len("{}")
		r.finish()
	default:
		r.plainText(v, r.plain(parent))
	}
}

// text makes a string for the tree.
func (r *plainReader) text(b []byte) string {
	if r.skip {
		return ""
	}
	return string(b)
}

// plainText tells a plain scalar from null.
func (r *plainReader) plainText(v *value, text []byte) {
	switch string(text) {
	case "~", "null", "Null", "NULL":
		v.kind = null
	default:
		v.text = r.text(text)
	}
}

// plain reads a plain scalar. Lines further right than column parent continue
// it, unless a comment has ended it.
func (r *plainReader) plain(parent int) []byte {
	text := r.plainLine()
	r.must(plainStart(text))
	r.finish()
	if r.col <= parent {
		return text
	}
	r.buf = append(r.buf[:0], text...)
	for r.col > parent {
		r.must(!r.commented)
		r.buf = appendFolded(r.buf, r.blanks)
		r.buf = append(r.buf, r.plainLine()...)
		r.finish()
	}
	return r.buf
}

// plainLine reads plain text to the end of the line or a comment.
func (r *plainReader) plainLine() []byte {
	text := r.data[r.at:r.end]
	if i := comment(text); i >= 0 {
		text = text[:i]
	}
	text = trimBlanks(text)
	r.must(keyColon(text) < 0)
	r.at += len(text)
	return text
}

// comment finds the blank before a comment in plain text, or gives -1.
func comment(text []byte) int {
	if bytes.IndexByte(text, '#') < 0 { // mostly, and this is quicker
		return -1
	}
	return bytes.Index(text, []byte(" #"))
}

// plainStart reports whether text can begin a plain scalar.
func plainStart(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch text[0] {
	case '-':
		return len(text) > 1 && text[1] != ' '
	case '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	}
	return true
}

func trimBlanks(b []byte) []byte { return bytes.TrimRight(b, " ") }

// appendFolded appends what a line break and the blank lines after it stand for
// in a plain, quoted or folded scalar.
func appendFolded(b []byte, blanks int) []byte {
	if blanks == 0 {
		return append(b, ' ')
	}
	return appendBreaks(b, blanks)
}

func appendBreaks(b []byte, n int) []byte {
	for range n {
		b = append(b, '\n')
	}
	return b
}

// simpleQuoted gives the text from the quote here to the next one, if that ends
// the scalar and nothing in it needs decoding.
func (r *plainReader) simpleQuoted() (text []byte, ok bool) {
	quote, line := r.data[r.at], r.data[r.at+1:r.end]
	i := bytes.IndexByte(line, quote)
	if i < 0 {
		return nil, false
	}
	text = line[:i]
	if quote == '"' {
		return text, bytes.IndexByte(text, '\\') < 0
	}
	return text, i+1 == len(line) || line[i+1] != quote
}

// quoted reads a quoted scalar.
func (r *plainReader) quoted() []byte {
	if text, ok := r.simpleQuoted(); ok {
		r.at += len(text) + len("''")
		return text
	}
	quote := r.data[r.at]
	b, solid := r.buf[:0], 0 // solid is b's length less the blanks at its end
	for r.at++; ; r.at++ {
		switch c := r.data[r.at]; {
		case c == ' ':
			b = append(b, c)
			continue
		case c == '\n':
			b = appendFolded(b[:solid], r.breaks())
		case c == '\\' && quote == '"':
			r.at++
			b = r.escape(b)
		case c == quote && r.data[r.at+1] == quote && quote == '\'':
			r.at++ // two of them stand for one
			b = append(b, c)
		case c == quote:
			r.at++
			r.buf = b
			return b
		default:
			b = append(b, c)
		}
		solid = len(b)
	}
}

// breaks moves from a line break inside a scalar or flow sequence to the byte
// before the next text and counts the blank lines in between.
func (r *plainReader) breaks() (blanks int) {
	r.at++
	r.line++
	r.next()
	r.must(r.col >= 0 && !r.commented) // "#" might be text there
	r.at--
	return r.blanks
}

// escape appends what the byte after a backslash stands for.
func (r *plainReader) escape(b []byte) []byte {
	switch c := r.data[r.at]; c {
	case '"', '\\', ' ':
		return append(b, c)
	case 'n':
		return append(b, '\n')
	case '\n':
		return appendBreaks(b, r.breaks())
	}
	r.must(false)
	return nil
}

// flow reads a flow sequence of scalars.
func (r *plainReader) flow() []value {
	base := len(r.members)
	r.at++
	for r.flowBlanks() != ']' {
		member := value{kind: scalar, line: r.line}
		if c := r.data[r.at]; c == '\'' || c == '"' {
			member.text = r.text(r.quoted())
		} else {
			r.plainText(&member, r.flowPlain())
		}
		r.push(member)
		if r.flowBlanks() == ',' {
			r.at++
		} else {
			r.must(r.data[r.at] == ']')
		}
	}
	r.at++
	return r.pop(base)
}

// flowBlanks gives the byte after blanks and line breaks.
func (r *plainReader) flowBlanks() byte {
	if r.skipBlanks() == '\n' {
		r.breaks()
		r.at++
	}
	return r.data[r.at]
}

// flowPlain reads a plain scalar of a flow sequence. It has one line and
// nothing in it that might be a mapping or a sequence.
func (r *plainReader) flowPlain() []byte {
	text := r.data[r.at:r.end]
	if i := bytes.IndexAny(text, ",]"); i >= 0 {
		text = text[:i]
	}
	r.at += len(text)
	text = trimBlanks(text)
	r.must(plainStart(text) && text[0] != '-' && !bytes.ContainsAny(text, ":#?[{}"))
	return text
}

// block reads a literal or folded scalar.
func (r *plainReader) block(parent int) []byte {
	folded := r.data[r.at] == '>'
	chomp, indent := r.blockHeader(parent)
	b := r.buf[:0]
	breaks := 0     // line breaks since the last text
	var before byte // what the last text began with: lines inset by a blank do not fold
	for r.at < len(r.data) {
		line := r.data[r.at : r.at+bytes.IndexByte(r.data[r.at:], '\n')]
		col := 0
		for col < min(indent, len(line)) && line[col] == ' ' {
			col++
		}
		if text := line[col:]; len(text) > 0 {
			if col < indent {
				break
			}
			if folded && before > ' ' && text[0] > ' ' {
				b = appendFolded(b, breaks-1)
			} else {
				b = appendBreaks(b, breaks)
			}
			b = append(b, text...)
			before, breaks = text[0], 0
		}
		r.at += len(line) + 1
		r.line++
		breaks++
	}
	r.buf = b
	r.next()
	switch {
	case chomp == '+':
		return appendBreaks(b, breaks)
	case chomp == 0 && before > 0:
		return append(b, '\n')
	}
	return b
}

// blockHeader reads what follows "|" or ">": what to do with the line breaks at
// the end ('+' keep all, '-' keep none, 0 keep one) and the column of the text.
func (r *plainReader) blockHeader(parent int) (chomp byte, indent int) {
	for _, c := range trimBlanks(r.data[r.at+1 : r.end]) {
		switch {
		case (c == '+' || c == '-') && chomp == 0:
			chomp = c
		default:
			r.must('1' <= c && c <= '9' && indent == 0)
			indent = parent + int(c-'0')
		}
	}
	r.at = r.end + 1
	r.line++
	if indent == 0 {
		indent = r.blockIndent(parent)
	}
	return chomp, indent
}

// blockIndent gives the column of the next text, but one right of parent. No
// blank line before the text may be wider.
func (r *plainReader) blockIndent(parent int) int {
	col, widest := 0, 0
	for i := r.at; i < len(r.data); i++ {
		start := i
		for r.data[i] == ' ' {
			i++
		}
		if col = i - start; r.data[i] != '\n' {
			break
		}
		col, widest = 0, max(widest, col)
	}
	indent := max(col, parent+1)
	r.must(widest <= indent)
	return indent
}
