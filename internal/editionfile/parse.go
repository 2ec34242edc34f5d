package editionfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/digest"
)

// maxSize is how large a file may be, in bytes. One of an edition of hundreds of
// articles has a tenth of it.
const maxSize = 256 << 10

// Error is a fault of a file.
type Error struct {
	File string
	Line int    // from 1
	Key  string // "articles.2021/a.md.title"; "" if the file as a whole is meant
	Text string // what is wrong, and what is wanted
}

func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.Key, e.Text)
}

// Parse reads an edition file, of which name is told in errors. An empty file
// has no choices. The error joins an *Error for each fault, in the order of
// their lines; the choices that are right are given all the same.
func Parse(name string, data []byte) (digest.Choices, error) {
	var c digest.Choices
	p := parser{file: name}
	top, fault := p.document(data)
	if fault != nil {
		return c, fault
	}
	if top != nil {
		p.mapping(top, "", topFields(&c))
		p.contradictions(top, &c)
	}
	return c, p.err()
}

// parser collects the faults of a file.
type parser struct {
	file   string
	faults []*Error
}

func (p *parser) fault(n *yaml.Node, key, format string, args ...any) {
	p.faults = append(p.faults, &Error{p.file, n.Line, key, fmt.Sprintf(format, args...)})
}

func (p *parser) err() error {
	slices.SortStableFunc(p.faults, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	all := make([]error, len(p.faults))
	for i, f := range p.faults {
		all[i] = f
	}
	return errors.Join(all...)
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)`)

// document gives the file's mapping, or nil if it is empty.
func (p *parser) document(data []byte) (*yaml.Node, error) {
	if len(data) > maxSize {
		return nil, &Error{p.file, 1, "", fmt.Sprintf("is too large: %d bytes (want at most %d)", len(data), maxSize)}
	}
	var doc, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	err := d.Decode(&doc)
	if err == nil && d.Decode(&second) == nil {
		return nil, &Error{p.file, second.Line, "", "a second document begins here (want one)"}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			return nil, &Error{p.file, line, "", "broken YAML: " + m[2]}
		}
		return nil, &Error{p.file, 1, "", "broken YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if doc.Kind == 0 || absent(doc.Content[0]) {
		return nil, nil
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return nil, &Error{p.file, doc.Content[0].Line, "", "want key: value, such as subject: Clinics share their nights"}
	}
	if n := alias(&doc); n != nil {
		return nil, &Error{p.file, n.Line, "", "anchors and aliases are not read here (want the text itself)"}
	}
	return doc.Content[0], nil
}

// alias finds a node that stands for another or is stood for.
func alias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n
	}
	for _, child := range n.Content {
		if found := alias(child); found != nil {
			return found
		}
	}
	return nil
}

func absent(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// A field reads the value of one key into the choices.
type field struct {
	name string
	read func(p *parser, n *yaml.Node, key string)
}

// mapping reads the keys of a mapping, which are the fields' names.
func (p *parser) mapping(n *yaml.Node, parent string, fields []field) {
	p.pairs(n, parent, func(name, value *yaml.Node, key string) {
		for _, f := range fields {
			if f.name == name.Value {
				if !absent(value) {
					f.read(p, value, key)
				}
				return
			}
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.name
		}
		p.fault(name, key, "unknown key (want one of %s)", strings.Join(names, ", "))
	})
}

// pairs gives each key and value of a mapping once.
func (p *parser) pairs(n *yaml.Node, parent string, each func(name, value *yaml.Node, key string)) {
	if n.Kind != yaml.MappingNode {
		p.fault(n, strings.TrimSuffix(parent, "."), "want keys below it")
		return
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := parent + name.Value
		if first := lines[name.Value]; first > 0 {
			p.fault(name, key, "is already at line %d", first)
			continue
		}
		lines[name.Value] = name.Line
		each(name, value, key)
	}
}
