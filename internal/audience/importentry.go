package audience

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
)

// entry is a row of a list that can be read.
type entry struct {
	address, key, name string
	choice             *choiceText
	raw                string
	line               int
	story              *story // nil if the list tells none
}

// entrySize is what an entry takes in memory without its strings.
const entrySize = 120

// choiceText is a Choice and a state as the database has them. Rows that follow each other
// and want the same share one.
type choiceText struct {
	topics, language, digests string
	state                     State // "" is active
}

func (c Choice) text() choiceText {
	return choiceText{words(c.Topics), c.Language, words(c.Digests), ""}
}

// fields gives the strings of an entry, in the order in which a file has them.
func (e *entry) fields() [9]string {
	c := e.choice
	return [9]string{e.address, e.key, e.name, c.topics, c.language, c.digests, string(c.state), e.told().from, e.raw}
}

// told is the story, which may be empty.
func (e *entry) told() story {
	if e.story == nil {
		return story{}
	}
	return *e.story
}

// append encodes an entry: the length of the rest, the line, the story's times, the
// lengths of the fields, and the fields.
func (e *entry) append(to []byte) []byte {
	fields := e.fields()
	if e.key == e.address {
		fields[1] = "" // nobody's key is empty
	}
	var head [13 * binary.MaxVarintLen64]byte
	start := head[:0:len(head)]
	start = binary.AppendUvarint(start, uint64(e.line))
	told := e.told()
	for _, seconds := range []int64{told.since, told.left, told.until} {
		start = binary.AppendVarint(start, seconds)
	}
	size := 0
	for _, f := range fields {
		start = binary.AppendUvarint(start, uint64(len(f)))
		size += len(f)
	}
	to = binary.AppendUvarint(to, uint64(len(start)+size))
	to = append(to, start...)
	for _, f := range fields {
		to = append(to, f...)
	}
	return to
}

// readEntry decodes what append has written.
func readEntry(r *bufio.Reader) (e entry, err error) {
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return e, err
	}
	var record []byte
	if size <= uint64(r.Size()) {
		record, err = r.Peek(int(size))
		defer r.Discard(int(size))
	} else {
		record = make([]byte, size)
		_, err = io.ReadFull(r, record)
	}
	if err != nil {
		return e, fmt.Errorf("is cut off: %w", err)
	}
	line, n := binary.Uvarint(record)
	var told story
	for _, seconds := range []*int64{&told.since, &told.left, &told.until} {
		var m int
		*seconds, m = binary.Varint(record[n:])
		n += m
	}
	var lengths [9]int
	for i := range lengths {
		length, m := binary.Uvarint(record[n:])
		lengths[i], n = int(length), n+m
	}
	text := string(record[n:])
	var f [9]string
	for i, length := range lengths {
		f[i], text = text[:length], text[length:]
	}
	e = entry{address: f[0], key: cmp.Or(f[1], f[0]), name: f[2], raw: f[8], line: int(line), choice: &noChoice}
	if c := (choiceText{f[3], f[4], f[5], State(f[6])}); c != noChoice {
		e.choice = &c
	}
	if told.from = f[7]; told != (story{}) {
		e.story = &told
	}
	return e, nil
}

var noChoice choiceText
