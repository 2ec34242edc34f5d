package audience

import (
	"bufio"
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
}

// entrySize is what an entry takes in memory without its strings.
const entrySize = 112

// choiceText is a Choice as the database has it. Rows that follow each other
// and want the same share one.
type choiceText struct{ topics, language, digests string }

func (c Choice) text() choiceText {
	return choiceText{words(c.Topics), c.Language, words(c.Digests)}
}

// fields gives the strings of an entry, in the order in which a file has them.
func (e *entry) fields() [7]string {
	return [7]string{e.address, e.key, e.name, e.choice.topics, e.choice.language, e.choice.digests, e.raw}
}

// append encodes an entry: the length of the rest, the line, the lengths of the
// fields, and the fields.
func (e *entry) append(to []byte) []byte {
	fields := e.fields()
	if e.key == e.address {
		fields[1] = "" // nobody's key is empty
	}
	var head [9 * binary.MaxVarintLen64]byte
	start := head[:0:len(head)]
	start = binary.AppendUvarint(start, uint64(e.line))
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
	var lengths [7]int
	for i := range lengths {
		length, m := binary.Uvarint(record[n:])
		lengths[i], n = int(length), n+m
	}
	text := string(record[n:])
	var fields [7]string
	for i, length := range lengths {
		fields[i], text = text[:length], text[length:]
	}
	e = entry{address: fields[0], key: fields[1], name: fields[2], raw: fields[6], line: int(line), choice: &noChoice}
	if e.key == "" {
		e.key = e.address
	}
	if c := (choiceText{fields[3], fields[4], fields[5]}); c != noChoice {
		e.choice = &c
	}
	return e, nil
}

var noChoice choiceText
