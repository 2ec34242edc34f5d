package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// cutJSON gives the JSON object that text begins with and what follows it.
// first is the line of the object's first byte.
func cutJSON(text []byte, first int) (object, rest []byte, err error) {
	dec := json.NewDecoder(bytes.NewReader(text[:min(len(text), maxFrontMatter+1)]))
	var raw json.RawMessage
	err = dec.Decode(&raw)
	switch end := dec.InputOffset(); {
	case errors.Is(err, io.ErrUnexpectedEOF) && len(text) > maxFrontMatter, err == nil && end > maxFrontMatter:
		return nil, nil, &lineError{first, tooLong("}")}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, nil, &lineError{first, "broken JSON: it does not end (want a closing })"}
	case err != nil:
		return nil, nil, jsonError(err, text, first)
	default:
		return raw, text[end:], nil
	}
}

// parseJSON reads what cutJSON has cut; its first line is line first of the
// file.
func parseJSON(object []byte, first int) (value, error) {
	c := jsonConverter{dec: json.NewDecoder(bytes.NewReader(object)), lines: lineCounter{data: object, line: first}}
	c.dec.UseNumber()
	token, err := c.next()
	if err != nil {
		return value{}, err
	}
	return c.value(token, 0)
}

// parseFencedJSON reads what is between two lines ";;;", which may leave out
// the braces, as Middleman's front matter does.
func parseFencedJSON(data []byte, first int) (value, error) {
	trimmed := bytes.TrimLeft(data, " \t\n")
	if bytes.HasPrefix(trimmed, []byte("{")) {
		first += bytes.Count(data[:len(data)-len(trimmed)], []byte("\n"))
	} else {
		trimmed = fmt.Appendf(nil, "{%s}", data)
	}
	object, rest, err := cutJSON(trimmed, first)
	if err == nil && len(bytes.TrimSpace(rest)) > 0 {
		err = &lineError{first + bytes.Count(object, []byte("\n")), "broken JSON: there is more after the closing }"}
	}
	if err != nil {
		return value{}, err
	}
	return parseJSON(object, first)
}

// jsonConverter makes values of tokens, which keep what decoding into Go's
// types would lose: order, equal keys, numbers as written.
type jsonConverter struct {
	dec   *json.Decoder
	lines lineCounter
	nodes int
}

func (c *jsonConverter) next() (json.Token, error) {
	token, err := c.dec.Token()
	if err != nil {
		return nil, jsonError(err, c.lines.data, c.lines.line)
	}
	return token, nil
}

// line gives the line of the last token; JSON has none that spans two.
func (c *jsonConverter) line() int { return c.lines.at(int(c.dec.InputOffset())) }

// value makes the value that starts with token.
func (c *jsonConverter) value(token json.Token, depth int) (value, error) {
	v := value{line: c.line()}
	if c.nodes++; depth > maxDepth || c.nodes > maxNodes {
		return v, &lineError{v.line, tooDeep(depth)}
	}
	switch t := token.(type) {
	case string:
		v.kind, v.text = scalar, t
	case json.Number:
		v.kind, v.text = scalar, t.String()
	case bool:
		v.kind, v.text = scalar, fmt.Sprint(t)
	case json.Delim:
		if t == '{' {
			v.kind = mapping
		} else {
			v.kind = list
		}
		return v, c.members(&v, depth)
	}
	return v, nil
}

// members reads the members of a list or mapping and its closing token.
func (c *jsonConverter) members(v *value, depth int) error {
	for {
		token, err := c.next()
		if err != nil {
			return err
		}
		if end, ok := token.(json.Delim); ok && (end == ']' || end == '}') {
			return nil
		}
		var e entry
		if v.kind == mapping {
			e.key, _ = token.(string)
			e.line = c.line()
			if token, err = c.next(); err != nil {
				return err
			}
		}
		if e.value, err = c.value(token, depth+1); err != nil {
			return err
		}
		if v.kind == mapping {
			v.entries = append(v.entries, e)
		} else {
			v.list = append(v.list, e.value)
		}
	}
}

// jsonError turns encoding/json's error into one with the file's line.
func jsonError(err error, data []byte, first int) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		first += lineAt(data, max(0, min(int(syntax.Offset)-1, len(data)))) - 1
	}
	return &lineError{first, "broken JSON: " + err.Error()}
}
