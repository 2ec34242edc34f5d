package editionfile

import (
	"net/url"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/digest"
)

// topFields are the keys of a file in the order in which Update writes them.
func topFields(c *digest.Choices) []field {
	return []field{
		{"subject", line(&c.Subject)},
		{"preheader", line(&c.Preheader)},
		{"intro", text(&c.Intro)},
		{"closing", text(&c.Closing)},
		{"lead", line(&c.Lead)},
		{"pins", list(&c.Pins)},
		{"order", list(&c.Order)},
		{"include", list(&c.Include)},
		{"exclude", list(&c.Exclude)},
		{"articles", overrides(&c.Articles)},
		{"sponsor", sponsor(&c.Sponsor)},
		{"approved", approved(&c.Approved)},
	}
}

// text reads a scalar as it is written, in NFC: 2021 and yes are texts, too.
func text(to *string) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		if n.Kind != yaml.ScalarNode {
			p.fault(n, key, "want a text")
			return
		}
		*to = tidy(n.Value)
	}
}

// line reads a text of one line.
func line(to *string) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		if text(to)(p, n, key); strings.ContainsAny(*to, "\r\n") {
			p.fault(n, key, "has a line break (want one line)")
			*to = strings.Join(strings.Fields(*to), " ")
		}
	}
}

// address reads an absolute http or https URL, or one of the words.
func address(to *string, words ...string) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		line(to)(p, n, key)
		for _, word := range words {
			if *to == word {
				return
			}
		}
		u, err := url.Parse(*to)
		if *to != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			p.fault(n, key, "%q is not a web address (want https://…%s)", *to, strings.Join(append([]string{""}, words...), " or "))
			*to = ""
		}
	}
}

// list reads names of articles; one alone is a list of it.
func list(to *[]string) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		items := n.Content
		if n.Kind == yaml.ScalarNode {
			items = []*yaml.Node{n}
		} else if n.Kind != yaml.SequenceNode {
			p.fault(n, key, "want a list of articles, each a path in the content folder or an ID")
			return
		}
		seen := make(map[string]bool)
		for _, item := range items {
			var name string
			switch line(&name)(p, item, key); {
			case name == "":
			case seen[name]:
				p.fault(item, key, "%s is in the list already", name)
			default:
				seen[name] = true
				*to = append(*to, name)
			}
		}
	}
}

func overrides(to *map[string]digest.Override) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		p.pairs(n, key+".", func(name, value *yaml.Node, key string) {
			var o digest.Override
			if !absent(value) {
				p.mapping(value, key+".", []field{
					{"title", line(&o.Title)}, {"summary", text(&o.Summary)}, {"image", address(&o.Image, "none")},
				})
			}
			if o != (digest.Override{}) {
				if *to == nil {
					*to = make(map[string]digest.Override)
				}
				(*to)[name.Value] = o
			}
		})
	}
}

func sponsor(to **digest.Sponsor) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		var s digest.Sponsor
		p.mapping(n, key+".", []field{
			{"name", line(&s.Name)}, {"text", text(&s.Text)}, {"url", address(&s.URL)}, {"image", address(&s.Image)},
		})
		if s.Name == "" {
			p.fault(n, key, "name is missing: readers must see who pays")
			return
		}
		*to = &s
	}
}

func approved(to **digest.Approval) func(*parser, *yaml.Node, string) {
	return func(p *parser, n *yaml.Node, key string) {
		var a digest.Approval
		var at string
		p.mapping(n, key+".", []field{{"by", line(&a.By)}, {"at", line(&at)}, {"hash", line(&a.Hash)}})
		var err error
		if a.At, err = time.Parse(time.RFC3339, at); err != nil {
			p.fault(n, key, "at: %q is not a time (want 2021-10-04T07:00:00-04:00)", at)
		}
		if a.Hash == "" {
			p.fault(n, key, "hash is missing (newsdesk digest approve writes it)")
			return
		}
		*to = &a
	}
}

// contradictions finds choices that can't both be meant.
func (p *parser) contradictions(top *yaml.Node, c *digest.Choices) {
	out := make(map[string]bool)
	for _, name := range c.Exclude {
		out[name] = true
	}
	for _, choice := range []struct {
		key   string
		names []string
	}{{"lead", []string{c.Lead}}, {"pins", c.Pins}, {"include", c.Include}} {
		for _, name := range choice.names {
			if out[name] {
				p.fault(find(top, choice.key), choice.key, "%s is in exclude, too", name)
			}
		}
	}
}

// find gives the node of a key that is there.
func find(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i]
		}
	}
	return mapping
}
