package editionfile

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/digest"
)

// pair is a key with its value; no node if the key is not to be there.
type pair struct {
	key   string
	value *yaml.Node
}

// pairs gives what the file says for c, in the order of topFields.
func pairs(c digest.Choices) []pair {
	all := []pair{
		{"subject", textNode(c.Subject)},
		{"preheader", textNode(c.Preheader)},
		{"intro", textNode(c.Intro)},
		{"closing", textNode(c.Closing)},
		{"lead", textNode(c.Lead)},
		{"pins", listNode(c.Pins)},
		{"order", listNode(c.Order)},
		{"include", listNode(c.Include)},
		{"exclude", listNode(c.Exclude)},
		{"articles", articlesNode(c.Articles)},
	}
	if s := c.Sponsor; s != nil {
		all = append(all, pair{"sponsor", mappingNode(
			pair{"name", textNode(s.Name)}, pair{"text", textNode(s.Text)},
			pair{"url", textNode(s.URL)}, pair{"image", textNode(s.Image)},
		)})
	} else {
		all = append(all, pair{key: "sponsor"})
	}
	if a := c.Approved; a != nil {
		return append(all, pair{"approved", mappingNode(
			pair{"by", textNode(a.By)}, pair{"at", timeNode(a.At)}, pair{"hash", textNode(a.Hash)},
		)})
	}
	return append(all, pair{key: "approved"})
}

// textNode writes a text of several lines as a block, as people would.
func textNode(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") {
		n.Value, n.Style = s+"\n", yaml.LiteralStyle
	}
	return n
}

func timeNode(t time.Time) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: t.Format(time.RFC3339)}
}

func listNode(names []string) *yaml.Node {
	if len(names) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, name := range names {
		n.Content = append(n.Content, textNode(name))
	}
	return n
}

func articlesNode(overrides map[string]digest.Override) *yaml.Node {
	var all []pair
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		o := overrides[name]
		all = append(all, pair{name, mappingNode(
			pair{"title", textNode(o.Title)}, pair{"summary", textNode(o.Summary)}, pair{"image", textNode(o.Image)},
		)})
	}
	return mappingNode(all...)
}

// mappingNode gives the mapping of the pairs that have a value, or nil if none
// has.
func mappingNode(all ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range all {
		if p.value != nil {
			n.Content = append(n.Content, textNode(p.key), p.value)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// merge gives what next says with the comments and the style of old.
func merge(old, next *yaml.Node) *yaml.Node {
	if old.Kind != next.Kind {
		next.HeadComment, next.LineComment, next.FootComment = old.HeadComment, old.LineComment, old.FootComment
		return next
	}
	merged := *old
	switch old.Kind {
	case yaml.ScalarNode:
		if strings.TrimSpace(old.Value) != strings.TrimSpace(next.Value) || absent(old) {
			merged.Value, merged.Tag, merged.Style = next.Value, next.Tag, next.Style
		}
	case yaml.SequenceNode:
		merged.Content = nil
		for _, item := range next.Content {
			for _, was := range old.Content {
				if was.Kind == yaml.ScalarNode && strings.TrimSpace(was.Value) == item.Value {
					item = was
					break
				}
			}
			merged.Content = append(merged.Content, item)
		}
	case yaml.MappingNode:
		merged.Content = mergePairs(old.Content, next.Content)
	}
	return &merged
}

// mergePairs keeps the order of what was there and adds what is new.
func mergePairs(old, next []*yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	had := make(map[string]bool)
	for i := 0; i+1 < len(old); i += 2 {
		for j := 0; j+1 < len(next); j += 2 {
			if name := old[i].Value; name == next[j].Value && !had[name] {
				had[name] = true
				all = append(all, old[i], merge(old[i+1], next[j+1]))
			}
		}
	}
	for j := 0; j+1 < len(next); j += 2 {
		if !had[next[j].Value] {
			all = append(all, next[j], next[j+1])
		}
	}
	return all
}

// encode writes a mapping in block style, two blanks a level.
func encode(content ...*yaml.Node) ([]byte, error) {
	if len(content) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: content}); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}
