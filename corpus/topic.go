package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
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
	var topics []*Topic
	seen := map[string]bool{}
	for i, name := range names {
		if name = oneLine(name); name == "" {
			continue
		}
		t := r.topic(name)
		if len(urls) > 0 {
			if slug := Slugify(path.Base(strings.TrimRight(urls[i], "/"))); slug != "" {
				t.Slug, t.URL = slug, r.topicURL(slug)
			}
		}
		if len(labels) > 0 && oneLine(labels[i]) != "" {
			t.Label = oneLine(labels[i])
		}
		if !seen[t.Slug] {
			seen[t.Slug] = true
			topics = append(topics, t)
		}
	}
	return topics
}

// topic makes a topic of a name such as "Healthcare IT News: Cybersecurity".
func (r *reader) topic(name string) *Topic {
	t := &Topic{Slug: Slugify(name), Name: name, Label: name}
	if vocabulary, label, ok := strings.Cut(name, ": "); ok && label != "" && vocabulary != "" {
		t.Vocabulary, t.Label = vocabulary, label
		t.Scheme = r.topicURL("") + "#" + Slugify(vocabulary)
	}
	if t.Slug == "" { // a name of signs only, such as "🙂"
		sum := sha256.Sum256([]byte(name))
		t.Slug = "topic-" + hex.EncodeToString(sum[:4])
	}
	t.URL = r.topicURL(t.Slug)
	return t
}

func (r *reader) topicURL(slug string) string {
	if slug != "" {
		slug += "/"
	}
	return absolute(r.site, "/topic/"+slug)
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
