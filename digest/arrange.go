package digest

import (
	"cmp"
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// largeWidth is the least width, in pixels, of an image that can stand over
// the whole column of the mail.
const largeWidth = 600

func large(a *corpus.Article) bool { return a.Image != nil && a.Image.Width >= largeWidth }

// arrange makes of the chosen articles a lead, sections and offerings, and
// words the subject and the preheader.
func (e *Edition) arrange() {
	e.Lead, e.Sections, e.Offerings, e.Subject, e.Preheader = nil, nil, nil, "", ""
	if len(e.chosen) == 0 {
		return
	}
	lead := max(0, slices.IndexFunc(e.chosen, large))
	rest := slices.Delete(slices.Clone(e.chosen), lead, lead+1)
	e.Lead = &Story{Article: e.chosen[lead], Kicker: e.kicker(e.chosen[lead])}
	e.Sections = sections(rest, e.options.Topics)
	e.Offerings = offerings(e.chosen, e.options.Offerings)
	e.Subject = subject(e.Stories(), e.Language)
	e.Preheader = preheader(e.Stories())
}

// kicker gives the label of the topic that a would be filed under, were all
// articles in sections.
func (e *Edition) kicker(a *corpus.Article) string {
	for _, s := range sections(e.chosen, e.options.Topics) {
		if s.Topic != nil && a.HasTopic(s.Topic) {
			return s.Topic.Label
		}
	}
	return ""
}

// sections files every article under one topic. The configured topics come
// first and take what is theirs. Then the topic that most of the remaining
// articles have makes a section of them, again and again, so that the sections
// are few and large. What has no topic is in the last one.
func sections(articles []*corpus.Article, configured []string) []Section {
	var first, others []Section
	left := slices.Clone(articles)
	for _, slug := range configured {
		if t := topicOf(left, slug); t != nil {
			first = append(first, file(&left, t))
		}
	}
	for t := largest(left); t != nil; t = largest(left) {
		others = append(others, file(&left, t))
	}
	all := append(first, others...)
	if len(left) > 0 {
		last := Section{}
		for _, a := range left {
			last.Stories = append(last.Stories, &Story{Article: a})
		}
		all = append(all, last)
	}
	return all
}

// file moves the articles about t from left to a section of their own.
func file(left *[]*corpus.Article, t *corpus.Topic) Section {
	s := Section{Topic: t}
	*left = slices.DeleteFunc(*left, func(a *corpus.Article) bool {
		if !a.HasTopic(t) {
			return false
		}
		s.Stories = append(s.Stories, &Story{Article: a, Kicker: t.Label})
		return true
	})
	return s
}

// topicOf gives the topic with that slug, or nil if no article is about it.
func topicOf(articles []*corpus.Article, slug string) *corpus.Topic {
	for _, a := range articles {
		for _, t := range a.Topics {
			if t.Slug == slug {
				return t
			}
		}
	}
	return nil
}

// largest gives the topic that most articles have, or nil if none has any. Of
// topics with as many articles it takes the one that they name earlier among
// theirs, then the first by slug.
func largest(articles []*corpus.Article) *corpus.Topic {
	type score struct {
		topic           *corpus.Topic
		articles, ranks int
	}
	scores := make(map[*corpus.Topic]*score)
	var all []*score
	for _, a := range articles {
		for rank, t := range a.Topics {
			if scores[t] == nil {
				scores[t] = &score{topic: t}
				all = append(all, scores[t])
			}
			scores[t].articles++
			scores[t].ranks += rank
		}
	}
	if len(all) == 0 {
		return nil
	}
	return slices.MinFunc(all, func(a, b *score) int {
		return cmp.Or(
			cmp.Compare(b.articles, a.articles),
			cmp.Compare(a.ranks, b.ranks),
			cmp.Compare(a.topic.Slug, b.topic.Slug),
		)
	}).topic
}
