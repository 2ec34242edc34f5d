package corpus

import (
	"bytes"
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
	if !printable(data) {
		return value{}, false
	}
	v, end, _, ok := readPlainFront(data, first, want)
	return v, ok && end == len(data)
}

// readPlainFront is readPlain for a front matter that something may follow. The
// front matter ends at a line that starts with "---" or "...", the marks of a
// document's start and end, or with text; end is where and line that line's number.
// Only if text[:end] is printable does it hold what readPlain promises.
func readPlainFront(text []byte, first int, want func(key []byte) bool) (v value, end, line int, ok bool) {
	r := plainReaders.Get().(*plainReader)
	r.line, r.want = first-1, want
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

	texts       *textMemo
	treeEntries slab[entry]
	treeValues  slab[value]
}

// plainReader reads line by line. Between nodes it stands at the first byte of
// the next line that holds more than blanks and a comment. Since data ends in a
// line break, the byte after one that is no line break is always there.
type plainReader struct {
	data []byte
	want func(key []byte) bool

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
