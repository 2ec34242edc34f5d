package editionfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/digest"
)

// source is a file as lines, some of which are a key's.
type source struct {
	mark    string // byte order mark, or ""
	crlf    bool
	lines   []string // with their \n
	regions []region
	doc     yaml.Node
	top     *yaml.Node // nil if there is no key
}

// region is where a key's lines are: from first to before end, counted from 0.
// Comments and empty lines before a key are no part of the key before.
type region struct {
	key        string
	first, end int
}

func split(data []byte) *source {
	f := &source{}
	text := string(data)
	if after, found := strings.CutPrefix(text, "\ufeff"); found {
		f.mark, text = "\ufeff", after
	}
	if n := strings.Count(text, "\n"); n > 0 && n == strings.Count(text, "\r\n") {
		f.crlf, text = true, strings.ReplaceAll(text, "\r\n", "\n")
	}
	if text == "" {
		text = header
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	f.lines = slices.Collect(strings.Lines(text))
	if yaml.Unmarshal([]byte(text), &f.doc) == nil && f.doc.Kind != 0 && !absent(f.doc.Content[0]) {
		f.top = f.doc.Content[0]
		f.find()
	}
	return f
}

// find finds every key's lines.
func (f *source) find() {
	for i := 0; i+1 < len(f.top.Content); i += 2 {
		end := len(f.lines)
		if i+2 < len(f.top.Content) {
			end = f.top.Content[i+2].Line - 1
		}
		first := f.top.Content[i].Line - 1
		for end > first+1 && between(f.lines[end-1]) {
			end--
		}
		f.regions = append(f.regions, region{f.top.Content[i].Value, first, end})
	}
}

// between reports whether a line can stand between two keys.
func between(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "...") || strings.HasPrefix(line, "---")
}

func (f *source) bytes() []byte {
	text := strings.Join(f.lines, "")
	if f.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(f.mark + text)
}

// replace changes the lines of the keys whose values differ.
func (f *source) replace(old, next digest.Choices) error {
	was := pairs(old)
	for i, p := range pairs(next) {
		if equal(was[i].value, p.value) {
			continue
		}
		r := f.region(p.key)
		if r < 0 {
			r = f.insert(p.key)
		}
		text, err := lines(f.lines[f.regions[r].first:f.regions[r].end], p)
		if err != nil {
			return err
		}
		f.set(r, text)
	}
	return nil
}

func (f *source) region(key string) int {
	return slices.IndexFunc(f.regions, func(r region) bool { return r.key == key })
}

// insert makes an empty region for a new key: after those that come before it
// in the order of topFields, else at the end.
func (f *source) insert(key string) int {
	after := len(f.regions) - 1
	for _, field := range topFields(&digest.Choices{}) {
		if field.name == key {
			break
		}
		if r := f.region(field.name); r >= 0 {
			after = r
		}
	}
	at := len(f.lines)
	if after >= 0 {
		at = f.regions[after].end
	}
	f.regions = slices.Insert(f.regions, after+1, region{key, at, at})
	return after + 1
}

// set gives a region other lines.
func (f *source) set(r int, text []string) {
	f.lines = slices.Replace(f.lines, f.regions[r].first, f.regions[r].end, text...)
	by := len(text) - (f.regions[r].end - f.regions[r].first)
	f.regions[r].end += by
	for i := r + 1; i < len(f.regions); i++ {
		f.regions[i].first += by
		f.regions[i].end += by
	}
	if len(text) == 0 {
		f.regions = slices.Delete(f.regions, r, r+1)
	}
}

// lines gives the lines of a key with its value, none for no value. Was are
// those that it had.
func lines(was []string, p pair) ([]string, error) {
	if p.value == nil {
		return nil, nil
	}
	key, value := textNode(p.key), p.value
	if len(was) > 0 {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(strings.Join(was, "")), &doc); err != nil {
			return nil, err
		}
		if doc.Kind == 0 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) != 2 {
			return nil, fmt.Errorf("%s is not in lines of its own", p.key)
		}
		key, value = doc.Content[0].Content[0], merge(doc.Content[0].Content[1], p.value)
	}
	text, err := encode(key, value)
	return slices.Collect(strings.Lines(string(text))), err
}

// rewrite writes the whole file anew from its nodes, which keeps the comments
// but not the lines.
func (f *source) rewrite(c digest.Choices) ([]byte, error) {
	next := &yaml.Node{}
	if n := mappingNode(pairs(c)...); n != nil {
		next = n
	}
	top := &yaml.Node{}
	if f.top != nil {
		top = f.top
		next.Content = mergePairs(top.Content, next.Content)
	}
	text, err := encode(next.Content...)
	f.lines = nil
	for _, part := range []string{f.doc.HeadComment, top.HeadComment, top.LineComment, string(text), top.FootComment, f.doc.FootComment} {
		if part != "" {
			f.lines = append(f.lines, strings.TrimSuffix(part, "\n"), "\n")
		}
	}
	return f.bytes(), err
}

// equal reports whether two values would be written alike.
func equal(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, err := yaml.Marshal(a)
	y, err2 := yaml.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
