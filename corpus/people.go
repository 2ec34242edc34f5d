package corpus

import (
	"fmt"
	"strings"
)

// people reads a list of names, each once. A member is a name or a mapping
// with a name.
func (r *reader) people(front value, field Field) []Person {
	v, ok := r.find(front, field)
	if !ok {
		return nil
	}
	var people []Person
	seen := map[string]bool{}
	for _, member := range v.many() {
		if member.kind == mapping {
			member = member.get("name")
		}
		name := oneLine(member.text)
		if name != "" && !seen[name] {
			seen[name] = true
			people = append(people, Person{Name: name})
		}
	}
	return people
}

// source reads who published the original: the name that the original gives
// itself, else its domain.
func (r *reader) source(front value, original string) Source {
	var s Source
	if v, ok := r.text(front, FieldSourceDomain); ok {
		s.Domain = strings.TrimPrefix(strings.ToLower(oneLine(v.text)), "www.")
	}
	if s.Domain == "" {
		s.Domain = domain(original)
	}
	s.Name = s.Domain
	if v, ok := r.text(front, FieldSourceName); ok {
		s.Name = oneLine(v.text)
	}
	if v, ok := r.text(front, FieldSourceFeed); ok {
		s.FeedURL = absolute(r.site, v.text)
	}
	return s
}

// original reads the URL of the curated article, which must be absolute: a
// relative one belongs to a site that is not known.
func (r *reader) original(front value) string {
	v, ok := r.text(front, FieldOriginal)
	if !ok {
		return ""
	}
	u := strings.TrimSpace(v.text)
	if strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") {
		if u = absolute(r.site, u); u != "" {
			return u
		}
	}
	r.warn("bad-original", v.line, FieldOriginal, fmt.Sprintf("%q is not an absolute http URL; the article has no original", v.text))
	return ""
}

// offerings reads the related offerings, each ID and each URL once.
func (r *reader) offerings(front value) []Offering {
	v, ok := r.find(front, FieldOfferings)
	if !ok {
		return nil
	}
	var offerings []Offering
	seen := map[string]bool{}
	for _, member := range v.many() {
		name, ref := member, value{}
		if member.kind == mapping {
			name, ref = first(member, "label", "name", "title"), first(member, "permalink", "url", "href", "link")
		}
		o := Offering{Name: oneLine(name.text), URL: absolute(r.site, ref.text)}
		if o.Name == "" || ref.text == "" || o.URL == "" {
			r.warn("bad-offering", member.line, FieldOfferings, "an offering needs a label and a permalink; left out")
			continue
		}
		if o.ID = first(member, "offeringId", "id").text; o.ID == "" {
			o.ID = o.URL
		}
		if seen[o.URL] || seen[o.ID] {
			continue
		}
		seen[o.URL], seen[o.ID] = true, true
		for _, topic := range first(member, "categories", "topics").many() {
			if t := r.topic(topicKey{name: topic.text}); t != nil {
				o.Topics = append(o.Topics, t)
			}
		}
		offerings = append(offerings, o)
	}
	return offerings
}

// first gives the first of a mapping's keys that says something.
func first(v value, keys ...string) value {
	for _, key := range keys {
		if found := v.get(key); !found.absent() {
			return found
		}
	}
	return value{}
}
