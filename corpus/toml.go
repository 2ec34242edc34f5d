package corpus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads a TOML document whose first line is line first of the file.
//
// It reads go-toml's syntax tree instead of decoding, because only that keeps
// scalars as written and their lines. What TOML forbids about defining a key
// twice is read leniently: equal keys stay, as in YAML, for a warning and the
// last to win; a table that is opened twice is continued. Only a key that is
// both a table and something else is an error.
func parseTOML(data []byte, first int) (value, error) {
	data = data[:len(data):len(data)] // unstable.Parser tells offsets by capacity
	c := tomlConverter{lines: lineCounter{data: data, line: first}}
	c.parser.Reset(data)
	root := &tomlTable{line: first}
	table := root
	for c.parser.NextExpression() {
		n := c.parser.Expression()
		var err error
		if n.Kind == unstable.KeyValue {
			err = c.keyValue(table, n)
		} else {
			table, err = c.header(root, n)
		}
		if err != nil {
			return value{}, err
		}
	}
	if err := c.parser.Error(); err != nil {
		return value{}, c.error(err)
	}
	return root.value(), nil
}

// tomlTable is a mapping while it can still grow: a later line of the document
// may name it again.
type tomlTable struct {
	line  int
	depth int
	keys  []tomlKey
	last  map[string]int // index in keys of the last one of that name
}

// tomlKey has one of three things: a finished value, a table ([a], a.b = 1), or
// an array of tables ([[a]]).
type tomlKey struct {
	name   string
	line   int
	value  value
	table  *tomlTable
	tables []*tomlTable
}

func (t *tomlTable) add(k tomlKey) *tomlKey {
	if t.last == nil {
		t.last = map[string]int{}
	}
	t.last[k.name] = len(t.keys)
	t.keys = append(t.keys, k)
	return &t.keys[len(t.keys)-1]
}

func (t *tomlTable) find(name string) *tomlKey {
	if i, ok := t.last[name]; ok {
		return &t.keys[i]
	}
	return nil
}

// value finishes a table.
func (t *tomlTable) value() value {
	v := value{kind: mapping, line: t.line}
	for _, k := range t.keys {
		switch {
		case k.table != nil:
			k.value = k.table.value()
		case k.tables != nil:
			k.value = value{kind: list, line: k.line}
			for _, member := range k.tables {
				k.value.list = append(k.value.list, member.value())
			}
		}
		v.entries = append(v.entries, entry{k.name, k.line, k.value})
	}
	return v
}

type tomlConverter struct {
	parser unstable.Parser
	lines  lineCounter
	nodes  int
}

// count refuses a document that is too deep or too large.
func (c *tomlConverter) count(line, depth int) error {
	if c.nodes++; depth > maxDepth || c.nodes > maxNodes {
		return &lineError{line, tooDeep(depth)}
	}
	return nil
}

// header gives the table that a line [a.b] or [[a.b]] opens.
func (c *tomlConverter) header(root *tomlTable, n *unstable.Node) (*tomlTable, error) {
	parent, name, line, err := c.walk(root, n.Key())
	if err != nil || n.Kind == unstable.Table {
		if err == nil {
			parent, err = c.open(parent, name, line)
		}
		return parent, err
	}
	k := parent.find(name)
	if k == nil {
		k = parent.add(tomlKey{name: name, line: line})
	} else if k.tables == nil {
		return nil, conflict(k, line, "an array of tables")
	}
	member := &tomlTable{line: line, depth: parent.depth + 2}
	k.tables = append(k.tables, member)
	return member, c.count(line, member.depth)
}

// walk follows a dotted key to the table of its last part.
func (c *tomlConverter) walk(t *tomlTable, key unstable.Iterator) (parent *tomlTable, name string, line int, err error) {
	for key.Next() {
		n := key.Node()
		name, line = string(n.Data), c.lines.at(int(n.Raw.Offset))
		if key.IsLast() {
			break
		}
		if t, err = c.open(t, name, line); err != nil {
			return nil, "", 0, err
		}
	}
	return t, name, line, nil
}

// open gives the table name of t, made if it is not there. Of an array of
// tables it is the last (TOML 1.0, "Array of Tables").
func (c *tomlConverter) open(t *tomlTable, name string, line int) (*tomlTable, error) {
	k := t.find(name)
	switch {
	case k == nil:
		child := &tomlTable{line: line, depth: t.depth + 1}
		t.add(tomlKey{name: name, line: line, table: child})
		return child, c.count(line, child.depth)
	case k.table != nil:
		return k.table, nil
	case k.tables != nil:
		return k.tables[len(k.tables)-1], nil
	}
	return nil, conflict(k, line, "a table")
}

func conflict(k *tomlKey, line int, what string) error {
	return &lineError{line, fmt.Sprintf("broken TOML: %s is already a key at line %d and cannot be %s too", k.name, k.line, what)}
}

// keyValue adds what a line a.b = value says.
func (c *tomlConverter) keyValue(t *tomlTable, n *unstable.Node) error {
	parent, name, line, err := c.walk(t, n.Key())
	if err != nil {
		return err
	}
	k := tomlKey{name: name, line: line}
	if n := n.Value(); n.Kind == unstable.InlineTable {
		k.table, err = c.inlineTable(n, line, parent.depth+1)
	} else {
		k.value, err = c.value(n, line, parent.depth+1)
	}
	parent.add(k)
	return err
}

func (c *tomlConverter) inlineTable(n *unstable.Node, line, depth int) (*tomlTable, error) {
	t := &tomlTable{line: line, depth: depth}
	if err := c.count(line, depth); err != nil {
		return nil, err
	}
	for members := n.Children(); members.Next(); {
		if err := c.keyValue(t, members.Node()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// value converts a value; line is where it starts if the syntax tree does not
// say so, which of arrays it does not.
func (c *tomlConverter) value(n *unstable.Node, line, depth int) (value, error) {
	if err := c.count(line, depth); err != nil {
		return value{}, err
	}
	switch n.Kind {
	case unstable.InlineTable:
		t, err := c.inlineTable(n, c.lines.at(int(n.Raw.Offset)), depth)
		if err != nil {
			return value{}, err
		}
		return t.value(), nil
	case unstable.Array:
		v := value{kind: list, line: line}
		for members := n.Children(); members.Next(); {
			m, err := c.value(members.Node(), line, depth+1)
			if err != nil {
				return v, err
			}
			v.list, line = append(v.list, m), m.line
		}
		return v, nil
	}
	return value{kind: scalar, line: c.lines.at(int(n.Raw.Offset)), text: string(n.Data)}, nil
}

// error turns go-toml's error into one with the file's line.
func (c *tomlConverter) error(err error) error {
	line := c.lines.line
	if at, ok := errors.AsType[*unstable.ParserError](err); ok {
		line = c.lines.at(int(c.parser.Range(at.Highlight).Offset))
	}
	text := "broken TOML: " + err.Error()
	if strings.HasSuffix(text, "at start of value") {
		text += " (want text in quotes)"
	}
	return &lineError{line, text}
}
