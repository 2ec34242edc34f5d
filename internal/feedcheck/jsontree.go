package feedcheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// value is a value of JSON with the place where it stands. One of text, members
// and elements is set, by its kind.
type value struct {
	spot
	kind     string // string, number, boolean, null, object, array
	text     string // of a string, number or boolean
	members  []member
	elements []*value
}

type member struct {
	key string
	*value
}

// member gives the last member of a key, which is the one that counts, or nil.
func (v *value) member(key string) *value {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].key == key {
			return v.members[i].value
		}
	}
	return nil
}

// jsonParser reads JSON with positions.
type jsonParser struct {
	*checker
	d            *json.Decoder
	data         []byte
	line, offset int // the line of an offset, counted on as it grows
	lineStart    int
	values       int
}

// parseJSON reads JSON (RFC 8259). It returns nil after telling why, if it is
// not.
func (c *checker) parseJSON(data []byte) *value {
	if at := invalidUTF8(data); at >= 0 {
		line, column := position(data, at)
		c.report(spot{line: line, column: column}, "UnicodeError", "the byte %#02x is not UTF-8", data[at])
		return nil
	}
	p := &jsonParser{checker: c, d: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	p.d.UseNumber()
	v, err := p.value("", 0)
	if err == nil {
		if _, err = p.d.Token(); errors.Is(err, io.EOF) {
			return v
		}
		err = errors.New("something follows the feed")
	}
	p.fault(err)
	return nil
}

func (p *jsonParser) fault(err error) {
	code, at := "InvalidJSON", int(p.d.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = int(syntax.Offset)
	} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = len(p.data), errors.New("the file ends in the middle of a value")
	} else if _, ok := errors.AsType[limitError](err); ok {
		code = "ValidatorLimit"
	}
	line, column := position(p.data, at)
	p.report(spot{line: line, column: column}, code, "%v", err)
}

// here is the place of the next value, after white space, a comma or a colon.
func (p *jsonParser) here(path string) spot {
	at := int(p.d.InputOffset())
	for at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[at]) >= 0 {
		at++
	}
	for ; p.offset < at; p.offset++ {
		if p.data[p.offset] == '\n' {
			p.line, p.lineStart = p.line+1, p.offset+1
		}
	}
	return spot{line: p.line, column: at - p.lineStart + 1, path: path}
}

func (p *jsonParser) value(path string, depth int) (*value, error) {
	if p.values++; p.values > maxNodes || depth > maxDepth {
		return nil, limitError(fmt.Sprintf("there are more than %d values, or they stand more than %d deep in each other", maxNodes, maxDepth))
	}
	v := &value{spot: p.here(path)}
	t, err := p.d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		return v, p.inside(v, t, depth)
	case string:
		v.kind, v.text = "string", t
	case json.Number:
		v.kind, v.text = "number", t.String()
	case bool:
		v.kind, v.text = "boolean", fmt.Sprint(t)
	default:
		v.kind = "null"
	}
	return v, nil
}

// inside reads an object or array to its end.
func (p *jsonParser) inside(v *value, start json.Delim, depth int) error {
	v.kind = "array"
	if start == '{' {
		v.kind = "object"
	}
	seen := map[string]bool{}
	for p.d.More() {
		path := fmt.Sprintf("%s[%d]", v.path, len(v.elements)+1)
		key := ""
		if v.kind == "object" {
			at := p.here(v.path)
			t, err := p.d.Token()
			if err != nil {
				return err
			}
			key, _ = t.(string) // encoding/json takes nothing else for a key
			if path = key; v.path != "" {
				path = v.path + "." + key
			}
			if seen[key] {
				p.report(spot{line: at.line, column: at.column, path: path}, "DuplicateElement", "%s is there twice (want one)", short(key))
			}
			seen[key] = true
		}
		inner, err := p.value(path, depth+1)
		if err != nil {
			return err
		}
		if v.kind == "object" {
			v.members = append(v.members, member{key, inner})
		} else {
			v.elements = append(v.elements, inner)
		}
	}
	_, err := p.d.Token()
	return err
}
