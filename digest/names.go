package digest

import (
	"fmt"
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// names are the articles that an editor's choices name.
type names struct {
	heads            map[string]*corpus.Head // by path and by ID
	include, exclude map[*corpus.Head]bool
	unknown          []string // what names no article, in the choices' order
}

func newNames(heads []*corpus.Head, c Choices) names {
	n := names{heads: map[string]*corpus.Head{}}
	said := c.names()
	if len(said) == 0 {
		return n
	}
	wanted := make(map[string]bool)
	for _, one := range said {
		wanted[one.name] = true
	}
	for _, h := range heads {
		if wanted[h.Path] {
			n.heads[h.Path] = h
		}
		if wanted[h.ID] {
			n.heads[h.ID] = h
		}
	}
	for _, one := range said {
		if n.heads[one.name] == nil {
			n.unknown = append(n.unknown, fmt.Sprintf("%s: %s: there is no such article", one.key, one.name))
		}
	}
	n.include, n.exclude = n.set(c.Include), n.set(c.Exclude)
	return n
}

// set gives the articles of a list that there are.
func (n names) set(list []string) map[*corpus.Head]bool {
	all := make(map[*corpus.Head]bool, len(list))
	for _, name := range list {
		if h := n.heads[name]; h != nil {
			all[h] = true
		}
	}
	return all
}

// said is an article's name and the key under which the choices have it.
type said struct{ key, name string }

// names gives the articles that the choices name.
func (c Choices) names() []said {
	var all []said
	if c.Lead != "" {
		all = append(all, said{"lead", c.Lead})
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"pins", c.Pins}, {"order", c.Order}, {"include", c.Include}, {"exclude", c.Exclude}, {"articles", overridden(c.Articles)}} {
		for _, name := range list.names {
			all = append(all, said{list.key, name})
		}
	}
	return all
}

func overridden(articles map[string]Override) []string {
	var all []string
	for name := range articles {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
