package corpus

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits that keep a hostile front matter cheap.
const (
	maxDepth = 64     // nesting
	maxNodes = 50_000 // after aliases are followed
)

// lineError is an error at a line of the file.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

// parseYAML reads one YAML document whose first line is line first of the file.
func parseYAML(data []byte, first int) (value, error) {
	breaks, data := hideBreaks(data)
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return value{}, yamlError(err, first)
	}
	if doc.Kind == 0 {
		return value{kind: mapping, line: first}, nil
	}
	c := yamlConverter{offset: first - 1, breaks: breaks}
	v, err := c.value(doc.Content[0], 0)
	if err == nil && v.kind != mapping {
		err = &lineError{first, "the front matter is not a list of key: value"}
	}
	return v, err
}

// hideBreaks puts private characters in the place of the line breaks that YAML
// 1.1 knows and nobody else does (NEL, LS, PS): yaml.v3 would end a scalar there
// and count the line. The replacer brings them back.
func hideBreaks(data []byte) (back *strings.Replacer, hidden []byte) {
	if !bytes.ContainsAny(data, "\u0085\u2028\u2029") {
		return nil, data
	}
	there := strings.NewReplacer("\u0085", "\uF785", "\u2028", "\uF728", "\u2029", "\uF729")
	back = strings.NewReplacer("\uF785", "\u0085", "\uF728", "\u2028", "\uF729", "\u2029")
	return back, []byte(there.Replace(string(data)))
}

type yamlConverter struct {
	offset int               // added to YAML's line numbers
	breaks *strings.Replacer // brings hidden line breaks back; nil if there are none
	nodes  int
}

func (c *yamlConverter) value(n *yaml.Node, depth int) (value, error) {
	c.nodes++
	if depth > maxDepth || c.nodes > maxNodes {
		return value{}, &lineError{n.Line + c.offset, tooDeep(depth)}
	}
	v := value{line: n.Line + c.offset}
	switch n.Kind {
	case yaml.AliasNode:
		return c.value(n.Alias, depth+1)
	case yaml.ScalarNode:
		if n.Tag != "!!null" {
			v.kind, v.text = scalar, c.text(n.Value)
		}
		return v, nil
	case yaml.SequenceNode:
		v.kind = list
		for _, member := range n.Content {
			m, err := c.value(member, depth+1)
			if err != nil {
				return v, err
			}
			v.list = append(v.list, m)
		}
		return v, nil
	}
	v.kind = mapping
	return v, c.entries(&v, n, depth)
}

func (c *yamlConverter) text(s string) string {
	if c.breaks == nil {
		return s
	}
	return c.breaks.Replace(s)
}

// entries converts a mapping. What "<<" merges in comes first, so that the
// mapping's own keys win.
func (c *yamlConverter) entries(v *value, n *yaml.Node, depth int) error {
	var merged []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		member, err := c.value(node, depth+1)
		if err != nil {
			return err
		}
		if key.Tag == "!!merge" {
			for _, m := range member.many() {
				merged = append(merged, m.entries...)
			}
			continue
		}
		if key.Kind != yaml.ScalarNode {
			return &lineError{key.Line + c.offset, "a key is not plain text"}
		}
		v.entries = append(v.entries, entry{c.text(key.Value), key.Line + c.offset, member})
	}
	if merged != nil {
		v.entries = append(merged, v.entries...)
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// yamlError turns yaml.v3's error into one with the file's line.
func yamlError(err error, first int) error {
	text, line := err.Error(), first
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		line, text = n+first-1, text[len(m[0]):]
	}
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		text = strings.Join(e.Errors, "; ")
	}
	return &lineError{line, "broken YAML: " + strings.TrimPrefix(text, "yaml: ")}
}
