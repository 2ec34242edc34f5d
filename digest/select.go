package digest

import (
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// Selection is the part of an edition that a segment of the subscribers gets.
// The zero Selection is the whole edition.
type Selection struct {
	Topics   []string // slugs: the articles with at least one of them; none: all
	Language string   // BCP 47: the articles in this language, whatever the region; "": all
}

func (s Selection) whole() bool { return len(s.Topics) == 0 && s.Language == "" }

// Select gives the part of e that s asks for, with its own lead, sections,
// offerings, subject and preheader, unless the editor has worded these. It is
// empty if nothing matches. Its decisions are e's.
func (e *Edition) Select(s Selection) *Edition {
	if s.whole() {
		return e
	}
	part := *e
	part.chosen = nil
	for _, p := range e.chosen {
		if s.matches(p.head) || slices.ContainsFunc(p.also, func(a *corpus.Article) bool { return s.matches(a.Head) }) {
			part.chosen = append(part.chosen, p)
		}
	}
	part.arrange()
	return &part
}

func (s Selection) matches(h *corpus.Head) bool {
	if !speaks(h, s.Language) {
		return false
	}
	return len(s.Topics) == 0 || slices.ContainsFunc(h.Topics, func(t *corpus.Topic) bool { return slices.Contains(s.Topics, t.Slug) })
}
