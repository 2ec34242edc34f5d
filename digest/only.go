package digest

import (
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// Only says which articles a digest is of: those that match every list that is
// not empty, each by one of its members. Members are names or slugs, which fold
// to the same. The zero Only is every article.
type Only struct {
	Language     string // BCP 47, whatever the region; "" is every language
	Topics       []string
	Vocabularies []string
	Sources      []string // names or domains; heads must have corpus.MarkSource
}

// In gives those of heads that match.
func (o Only) In(heads []*corpus.Head) []*corpus.Head {
	if o.Language == "" && len(o.Topics)+len(o.Vocabularies)+len(o.Sources) == 0 {
		return heads
	}
	f := o.filter()
	f.known = make(map[*corpus.Topic]topicMatch)
	var in []*corpus.Head
	for _, h := range heads {
		if f.why(h) == "" {
			in = append(in, h)
		}
	}
	return in
}

// filter is an Only with its members as slugs. For many articles, and for one
// goroutine, known keeps what was found of each topic; it may be nil.
type filter struct {
	Only
	topics, vocabularies, sources []string
	known                         map[*corpus.Topic]topicMatch
}

type topicMatch struct{ topic, vocabulary bool }

func (o Only) filter() filter {
	return filter{o, slugs(o.Topics), slugs(o.Vocabularies), slugs(o.Sources), nil}
}

func slugs(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = corpus.Slug(name)
	}
	return all
}

// why gives the reason why the digest is not of an article, or "".
func (f filter) why(h *corpus.Head) string {
	if !speaks(h, f.Language) {
		return "written in " + h.Language + ", and this digest is in " + f.Language
	}
	var topic, vocabulary bool
	for _, t := range h.Topics {
		m := f.match(t)
		topic, vocabulary = topic || m.topic, vocabulary || m.vocabulary
	}
	switch {
	case len(f.topics) > 0 && !topic:
		return "this digest is about " + strings.Join(f.Topics, ", ") + " only"
	case len(f.vocabularies) > 0 && !vocabulary:
		return "this digest is about topics of " + strings.Join(f.Vocabularies, ", ") + " only"
	case len(f.sources) > 0 && !slices.ContainsFunc(h.Marks, f.from):
		return "this digest is of articles from " + strings.Join(f.Sources, ", ") + " only"
	}
	return ""
}

func (f filter) match(t *corpus.Topic) topicMatch {
	m, known := f.known[t]
	if !known {
		m = topicMatch{
			topic:      slices.Contains(f.topics, t.Slug),
			vocabulary: t.Vocabulary != "" && slices.Contains(f.vocabularies, corpus.Slug(t.Vocabulary)),
		}
		if f.known != nil {
			f.known[t] = m
		}
	}
	return m
}

// from reports whether a mark is one of the digest's sources.
func (f filter) from(m *corpus.Mark) bool {
	return m.Kind == corpus.MarkSource && (slices.Contains(f.sources, m.Slug) || slices.Contains(f.sources, corpus.Slug(m.Name)))
}
