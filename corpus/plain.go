package corpus

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
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
// Lines count from first. The tree shares no memory with data, and holds until m
// is reset.
func readPlain(data []byte, first int, want func(key []byte) bool, m *treeMemory) (v value, ok bool) {
	if !printable(data) {
		return value{}, false
	}
	v, end, _, ok := readPlainFront(data, first, want, m)
	return v, ok && end == len(data)
}

// readPlainFront is readPlain for a front matter that something may follow. The
// front matter ends at a line that starts with "---" or "...", the marks of a
// document's start and end, or with text; end is where and line that line's number.
// Only if text[:end] is printable does it hold what readPlain promises.
func readPlainFront(text []byte, first int, want func(key []byte) bool, m *treeMemory) (v value, end, line int, ok bool) {
	r := plainReaders.Get().(*plainReader)
	r.line, r.want, r.tree = first-1, want, m
	defer func() {
		if r.declined {
			recover()
			v, ok = value{}, false
		}
		*r = plainReader{plainMemory: r.plainMemory}
		r.entries, r.members = r.entries[:0], r.members[:0]
		plainReaders.Put(r)
	}()
	// A node takes a byte at least: so these cannot be too many for parseYAML.
	r.data = text[:min(len(text), maxNodes-1)]
	r.data = r.data[:bytes.LastIndexByte(r.data, '\n')+1]
	r.next(-1)
	r.must(r.col >= 0)
	r.mapping(&v, 0)
	r.must(r.col < 0)
	return v, r.at, r.line, true
}

// plainReaders keeps readers for their memory.
var plainReaders = sync.Pool{New: func() any {
	return &plainReader{plainMemory: plainMemory{texts: new(textMemo)}}
}}

// plainMemory is what a reader keeps from file to file.
type plainMemory struct {
	entries []entry // of the mappings being read, the innermost last
	members []value // of the sequences being read
	buf     []byte  // a scalar being put together

	texts *textMemo
}

// treeMemory is what the collections of a tree are made of.
type treeMemory struct {
	entries slab[entry]
	values  slab[value]
}

func (m *treeMemory) reset() {
	m.entries.reset()
	m.values.reset()
}

// plainReader reads line by line. Between nodes it stands at the first byte of
// the next line that holds more than blanks and a comment. Since data ends in a
// line break, the byte after one that is no line break is always there.
type plainReader struct {
	data []byte
	want func(key []byte) bool
	tree *treeMemory

	at   int // where in data it stands
	line int // the line's number in the file
	col  int // the column where the line's text, or the node in it, starts; -1 at the end

	blanks    int  // how many blank lines came before this one
	commented bool // a comment came before this line

	skip     bool // this is an unwanted value: make nothing
	declined bool

	seen [256]uint32 // the hashes of the keys of the top level, each near its place
	keys int         // how many they are

	plainMemory
}

// must declines unless ok. The panic ends in readPlain.
func (r *plainReader) must(ok bool) {
	if !ok {
		r.declined = true
		panic("declined")
	}
}

// next moves from the line break at i to the next line with text, or to the end.
func (r *plainReader) next(i int) {
	r.blanks, r.commented, r.col = 0, false, -1
	data := r.data
	for i++; i < len(data); i++ {
		r.line++
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
		case '-', '.':
			if mark := data[i:min(i+3, len(data))]; i == start && (string(mark) == "---" || string(mark) == "...") {
				r.at = i
				return
			}
			fallthrough
		default:
			r.at, r.col = i, i-start
			return
		}
	}
	r.at = len(data)
}

// finish leaves a line in which only blanks and a comment may be left.
func (r *plainReader) finish() {
	comment := false
	if r.data[r.at] != '\n' && r.skipBlanks() != '\n' {
		r.must(r.data[r.at] == '#' && r.data[r.at-1] == ' ')
		comment = true
		r.at = r.lineEnd()
	}
	r.next(r.at)
	r.commented = r.commented || comment
}

func (r *plainReader) lineEnd() int {
	if r.data[r.at] == '\n' {
		return r.at
	}
	return r.at + bytes.IndexByte(r.data[r.at:], '\n')
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
	switch c := r.data[r.at]; {
	case r.atPlain():
		if end := plainEnd(r.data, r.at); r.data[end] == ':' {
			r.mapping(v, depth)
		} else {
			r.plain(v, r.at, end, parent)
		}
	case c == '-':
		r.sequence(v, depth)
	case c == '\'' || c == '"':
		text, after := r.simpleQuoted()
		if after >= 0 && r.afterColon(after) >= 0 {
			r.mapping(v, depth)
		} else {
			r.quoted(v, text, after)
		}
	default:
		r.scalar(v, parent)
	}
}

func (r *plainReader) atDash() bool {
	return r.data[r.at] == '-' && r.blankAt(r.at+1)
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

// pop takes what was pushed since base.
func (r *plainReader) pop(base int) []value {
	popped := r.tree.values.copy(r.members[base:])
	r.members = r.members[:base]
	return popped
}

func (r *plainReader) mapping(v *value, depth int) {
	v.kind, v.line = mapping, r.line
	col, base := r.col, len(r.entries)
	var e entry // declared out here it stays off the heap
	for r.col == col {
		key, after := r.key()
		if depth == 0 && r.want != nil {
			r.once(key)
			r.skip = !r.want(key)
		}
		if !r.skip {
			e = entry{key: r.text(key), line: r.line}
		}
		if r.data[after] == ' ' && startsPlain[r.data[after+1]] { // nearly always; member would do it too
			r.plain(&e.value, after+1, plainEnd(r.data, after+1), col)
		} else {
			r.at = after
			r.member(&e.value, col, depth+1, false)
		}
		if !r.skip {
			r.entries = append(r.entries, e)
		}
		r.skip = r.skip && depth > 0
	}
	v.entries = r.tree.entries.copy(r.entries[base:])
	r.entries = r.entries[:base]
}

// once declines a key like one seen before. It compares hashes: seldom it
// declines two that differ, never it takes two that are alike.
func (r *plainReader) once(key []byte) {
	hash := uint32(hashFold(key)>>32) | 1 // 0 is a free place
	i := hash >> 24
	for r.seen[i] != 0 {
		r.must(r.seen[i] != hash)
		i = (i + 1) % uint32(len(r.seen))
	}
	r.seen[i] = hash
	r.keys++
	r.must(r.keys <= len(r.seen)/2)
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

// key gives the key that starts here and what is after its colon. YAML allows both
// 1024 characters. It does not move.
func (r *plainReader) key() (key []byte, after int) {
	if r.atQuote() {
		key, after = r.simpleQuoted()
		r.must(after >= 0)
		after = r.afterColon(after)
	} else {
		end := plainEnd(r.data, r.at)
		key, after = trimBlanks(r.data[r.at:end]), end+1
		r.must(r.data[end] == ':' && r.atPlain() && string(key) != "<<")
	}
	r.must(after >= 0 && after-r.at < 1000)
	return key, after
}

// afterColon gives what is after the colon that makes the quoted text which ends
// before i a key, or -1.
func (r *plainReader) afterColon(i int) int {
	for r.data[i] == ' ' {
		i++
	}
	if r.data[i] == ':' && r.blankAt(i+1) {
		return i + 1
	}
	return -1
}

// atPlain reports whether a plain scalar can start here.
func (r *plainReader) atPlain() bool {
	return startsPlain[r.data[r.at]] || r.data[r.at] == '-' && !r.blankAt(r.at+1)
}

func (r *plainReader) atQuote() bool { return r.data[r.at] == '\'' || r.data[r.at] == '"' }

func (r *plainReader) blankAt(i int) bool { return r.data[i] == ' ' || r.data[i] == '\n' }

// scalar reads a scalar or a flow collection. Lines further right than column
// parent may belong to it.
func (r *plainReader) scalar(v *value, parent int) {
	v.kind, v.line = scalar, r.line
	switch r.data[r.at] {
	case '!': // older Ruby writes ! 'text' for 'text'
		r.at += len("! ")
		r.must(r.data[r.at-1] == ' ' && r.atQuote())
		fallthrough
	case '\'', '"':
		text, after := r.simpleQuoted()
		r.quoted(v, text, after)
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
		r.must(r.atPlain())
		r.plain(v, r.at, plainEnd(r.data, r.at), parent)
	}
}

// text makes a string for the tree.
func (r *plainReader) text(b []byte) string {
	if r.skip {
		return ""
	}
	return r.texts.get(b)
}

// plain reads a plain scalar or null, of which plainEnd gave the first line's end.
// Lines further right than column parent continue it, unless a comment has ended it.
func (r *plainReader) plain(v *value, start, end, parent int) {
	v.kind, v.line = scalar, r.line
	r.at = start
	text := r.plainLine(end)
	if r.col > parent {
		text = r.plainLines(text, parent)
	}
	r.plainText(v, text)
}

// plainLines reads the lines that continue a plain scalar.
func (r *plainReader) plainLines(text []byte, parent int) []byte {
	r.buf = append(r.buf[:0], text...)
	for r.col > parent {
		r.must(!r.commented)
		r.buf = appendFolded(r.buf, r.blanks)
		r.buf = append(r.buf, r.plainLine(plainEnd(r.data, r.at))...)
	}
	return r.buf
}

// plainLine reads plain text up to end, which must be the line's end or a comment,
// and leaves the line.
func (r *plainReader) plainLine(end int) []byte {
	r.must(r.data[end] != ':')
	text := trimBlanks(r.data[r.at:end])
	if r.data[end] == '\n' {
		r.next(end)
	} else {
		r.at = end
		r.finish()
	}
	return text
}

// plainText tells a plain scalar from null.
func (r *plainReader) plainText(v *value, text []byte) {
	if r.skip {
		return
	}
	switch string(text) {
	case "~", "null", "Null", "NULL":
		v.kind = null
	default:
		v.text = r.text(text)
	}
}

// plainEnd gives where the plain text that starts at i ends: the line break, the
// hash of a comment or the colon of a key.
func plainEnd(data []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; ; i++ {
		for ; i+8 <= len(data); i += 8 { // skip what cannot be the end, eight bytes at once
			eight := binary.LittleEndian.Uint64(data[i:])
			hash := eight ^ '#'*ones               // a byte is 0 for "#"
			other := (eight | '0'*ones) ^ ':'*ones // a byte is 0 for ":", "\n" and "*"
			zero := ((hash-ones)&^hash | (other-ones)&^other) & high
			if zero != 0 {
				i += bits.TrailingZeros64(zero) / 8
				break
			}
		}
		switch data[i] {
		case '\n':
			return i
		case ':':
			if data[i+1] == ' ' || data[i+1] == '\n' {
				return i
			}
		case '#':
			if data[i-1] == ' ' {
				return i
			}
		}
	}
}

// startsPlain are the bytes that can start plain text whatever follows.
var startsPlain = func() (set [256]bool) {
	for c := range set {
		set[c] = strings.IndexByte(" \n-?:,[]{}#&*!|>'\"%@`", byte(c)) < 0
	}
	return set
}()

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

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

// simpleQuoted gives the text from the quote here to the next one and what is after
// that. after is -1 if that does not end the scalar or something in it needs
// decoding.
func (r *plainReader) simpleQuoted() (text []byte, after int) {
	quote := r.data[r.at]
	for i := r.at + 1; ; i++ {
		switch c := r.data[i]; {
		case c == quote:
			if quote == '\'' && r.data[i+1] == quote {
				return nil, -1
			}
			return r.data[r.at+1 : i], i + 1
		case c == '\n' || c == '\\' && quote == '"':
			return nil, -1
		}
	}
}

// quoted reads the quoted scalar of which simpleQuoted gave text and after.
func (r *plainReader) quoted(v *value, text []byte, after int) {
	v.kind, v.line = scalar, r.line
	v.text = r.text(r.quotedText(text, after))
	r.finish()
}

// quotedText is quoted for what may not end the line.
func (r *plainReader) quotedText(text []byte, after int) []byte {
	if after >= 0 {
		r.at = after
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
	r.next(r.at)
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
		if r.atQuote() {
			member.text = r.text(r.quotedText(r.simpleQuoted()))
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
	text := r.data[r.at:r.lineEnd()]
	if i := bytes.IndexAny(text, ",]"); i >= 0 {
		text = text[:i]
	}
	r.at += len(text)
	text = trimBlanks(text)
	r.must(len(text) > 0 && startsPlain[text[0]] && !bytes.ContainsAny(text, ":#?[{}"))
	return text
}

// block reads a literal or folded scalar.
func (r *plainReader) block(parent int) []byte {
	folded := r.data[r.at] == '>'
	chomp, indent := r.blockHeader(parent)
	b := r.buf[:0]
	breaks := 0     // line breaks since the last text
	var before byte // what the last text began with: lines inset by a blank do not fold
	for r.at+1 < len(r.data) {
		line := r.data[r.at+1:]
		line = line[:bytes.IndexByte(line, '\n')]
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
	r.next(r.at)
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
	end := r.lineEnd()
	for _, c := range trimBlanks(r.data[r.at+1 : end]) {
		switch {
		case (c == '+' || c == '-') && chomp == 0:
			chomp = c
		default:
			r.must('1' <= c && c <= '9' && indent == 0)
			indent = parent + int(c-'0')
		}
	}
	r.at = end
	if indent == 0 {
		indent = r.blockIndent(parent)
	}
	return chomp, indent
}

// blockIndent gives the column of the next text, but one right of parent. No
// blank line before the text may be wider.
func (r *plainReader) blockIndent(parent int) int {
	col, widest := 0, 0
	for i := r.at + 1; i < len(r.data); i++ {
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
