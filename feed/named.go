package feed

import (
	"cmp"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Named is a feed of the articles that match every list that is not empty, each
// by one of its members. Members are names or slugs, which fold to the same.
type Named struct {
	Slug         string // of its folder: named/<slug>/
	Title        string // the slug if ""
	Description  string // one sentence, or ""
	Topics       []string
	Vocabularies []string
	Languages    []string // BCP 47; en is en-US, too
	Sources      []string // names or domains
	Authors      []string
	Offerings    []string // names, or what their pages' addresses end in
}

// values are the list of a kind.
func (n Named) values(kind Kind) []string {
	switch kind {
	case KindTopic:
		return n.Topics
	case KindVocabulary:
		return n.Vocabularies
	case KindLanguage:
		return n.Languages
	case KindSource:
		return n.Sources
	case KindAuthor:
		return n.Authors
	case KindOffering:
		return n.Offerings
	}
	return nil
}

func namedFeed(n Named, o Options) *Feed {
	title := cmp.Or(n.Title, n.Slug)
	f := newFeed(KindNamed, n.Slug, title, title, o.voice.Words.AboutSelection, o)
	f.Description = cmp.Or(n.Description, f.Description)
	return f
}

// filter is a Named for many articles. What of their topics and marks matches, it
// finds out once.
type filter struct {
	feed       *Feed
	conditions []condition
}

// condition is one list of a Named.
type condition struct {
	kind   Kind
	slugs  []string
	topics map[*corpus.Topic]bool
	marks  map[*corpus.Mark]bool
}

func newFilter(n Named, o Options) *filter {
	f := &filter{feed: namedFeed(n, o)}
	for _, kind := range Kinds {
		c := condition{kind, nil, map[*corpus.Topic]bool{}, map[*corpus.Mark]bool{}}
		for _, value := range n.values(kind) {
			c.slugs = append(c.slugs, corpus.Slug(value))
		}
		if c.slugs != nil {
			f.conditions = append(f.conditions, c)
		}
	}
	return f
}

// has reports whether an article matches.
func (f *filter) has(h *corpus.Head) bool {
	for _, c := range f.conditions {
		if !c.holds(h) {
			return false
		}
	}
	return true
}

func (c condition) holds(h *corpus.Head) bool {
	switch c.kind {
	case KindLanguage:
		tag := strings.ToLower(h.Language)
		return slices.ContainsFunc(c.slugs, func(s string) bool { return tag == s || strings.HasPrefix(tag, s+"-") })
	case KindTopic, KindVocabulary:
		return slices.ContainsFunc(h.Topics, c.holdsTopic)
	}
	return slices.ContainsFunc(h.Marks, c.holdsMark)
}

func (c condition) holdsTopic(t *corpus.Topic) bool {
	holds, known := c.topics[t]
	if !known {
		slug := t.Slug
		if c.kind == KindVocabulary {
			slug = corpus.Slug(t.Vocabulary)
		}
		holds = slug != "" && slices.Contains(c.slugs, slug)
		c.topics[t] = holds
	}
	return holds
}

func (c condition) holdsMark(m *corpus.Mark) bool {
	holds, known := c.marks[m]
	if !known {
		holds = string(m.Kind) == string(c.kind) && (slices.Contains(c.slugs, m.Slug) || slices.Contains(c.slugs, corpus.Slug(m.Name)))
		c.marks[m] = holds
	}
	return holds
}
