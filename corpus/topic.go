package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// topics reads the topics of one article. Names, URLs and labels are parallel
// lists; they are used together only if their lengths agree, else slug and
// label are made from the name "Vocabulary: Label".
func (r *reader) topics(front value) []*Topic {
	names := r.list(front, FieldTopics)
	urls, labels := r.list(front, FieldTopicURLs), r.list(front, FieldTopicLabels)
	if n := len(names); len(urls) != n && len(urls) > 0 || len(labels) != n && len(labels) > 0 {
		v, _ := r.find(front, FieldTopics)
		r.warn("topic-lists", v.line, FieldTopics, fmt.Sprintf(
			"%d names, %d URLs and %d labels do not belong together (want the same number of each); made from the names", n, len(urls), len(labels)))
		urls, labels = nil, nil
		r.because(FieldTopics, "the parallel lists disagree: made from the names")
	}
	topics := make([]*Topic, 0, len(names))
	for i, name := range names {
		at := func(list []string) string {
			if len(list) == 0 {
				return ""
			}
			return list[i]
		}
		t := r.topic(topicKey{name, at(urls), at(labels)})
		if t != nil && !slices.ContainsFunc(topics, func(other *Topic) bool { return other.Slug == t.Slug }) {
			topics = append(topics, t)
		}
	}
	return topics
}

// topicKey is a topic as a front matter writes it; url and label may be "".
type topicKey struct{ name, url, label string }

// topic gives the topic of a name, or nil if the name is blank. A corpus has few
// topics and names each a thousand times, so each is made once.
func (s *settings) topic(key topicKey) *Topic {
	if t, ok := s.topicMemo.Load(key); ok {
		return t.(*Topic)
	}
	t, _ := s.topicMemo.LoadOrStore(key, s.newTopic(key))
	return t.(*Topic)
}

func (s *settings) newTopic(key topicKey) *Topic {
	name := oneLine(key.name)
	if name == "" {
		return nil
	}
	t := s.namedTopic(name)
	if slug := slugify(path.Base(strings.TrimRight(key.url, "/"))); slug != "" {
		t.Slug = shortSlug(slug)
		t.URL = s.topicURL(t.Slug)
	}
	if label := oneLine(key.label); label != "" {
		t.Label = label
	}
	return t
}

// namedTopic makes a topic of a name such as "Healthcare IT News: Cybersecurity".
func (s *settings) namedTopic(name string) *Topic {
	t := &Topic{Slug: nameSlug(name, "topic-"), Name: name, Label: name}
	if vocabulary, label, ok := strings.Cut(name, ": "); ok && label != "" && vocabulary != "" {
		t.Vocabulary, t.Label = vocabulary, label
		t.Scheme = s.topicURL("") + "#" + slugify(vocabulary)
	}
	t.URL = s.topicURL(t.Slug)
	return t
}

// nameSlug gives a slug of any name. One of signs only, such as "🙂", is hashed,
// after a prefix.
func nameSlug(name, prefix string) string {
	slug := slugify(name)
	if slug == "" {
		sum := sha256.Sum256([]byte(name))
		slug = prefix + hex.EncodeToString(sum[:4])
	}
	return shortSlug(slug)
}

// Slug folds a name to a slug as topics' names are: lower case, letters and
// digits of any script, one hyphen for all between them. It is "" for a name
// without letters and digits.
func Slug(name string) string { return shortSlug(slugify(name)) }

// shortSlug shortens a slug that no file system would take for a folder's name,
// and keeps it apart from others that begin alike.
func shortSlug(slug string) string {
	const most = 120
	if len(slug) <= most {
		return slug
	}
	sum := sha256.Sum256([]byte(slug))
	cut := most - 9
	for !utf8.RuneStart(slug[cut]) {
		cut--
	}
	return strings.TrimRight(slug[:cut], "-") + "-" + hex.EncodeToString(sum[:4])
}

func (s *settings) topicURL(slug string) string {
	if slug != "" {
		slug += "/"
	}
	return s.own("/topic/" + slug)
}

// list gives a field as texts; absent members are "".
func (r *reader) list(front value, field Field) []string {
	v, ok := r.find(front, field)
	if !ok {
		return nil
	}
	var texts []string
	for _, member := range v.many() {
		texts = append(texts, member.text)
	}
	return texts
}
