package digest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// largeWidth is the least width, in pixels, of an image that can stand over
// the whole column of the mail.
const largeWidth = 600

func large(a *corpus.Article) bool { return a.Image != nil && a.Image.Width >= largeWidth }

// arrange makes of the chosen articles a lead, sections and offerings, and
// words the subject and the preheader. It gives the articles that are left to
// the site, with the reason.
func (e *Edition) arrange() (left map[*pick]string) {
	e.Lead, e.Sections, e.More, e.Offerings, e.Subject, e.Preheader = nil, nil, 0, nil, "", ""
	if len(e.chosen) == 0 {
		return nil
	}
	o := e.chooser.options
	lead := e.lead()
	e.Lead = lead.story(kicker(lead, shelve(e.chosen, o.Topics)))
	rest := byRank(e.chosen, e.chooser.editor.ranks(o.Choices))
	rest = slices.DeleteFunc(rest, func(p *pick) bool { return p == lead })
	left = make(map[*pick]string)
	shown := []*pick{lead}
	for _, s := range trim(shelve(rest, o.Topics), o.SectionItems, o.Items, left) {
		if s.shown == 0 {
			e.More += len(s.picks)
			continue
		}
		section := Section{Topic: s.topic, More: len(s.picks) - s.shown}
		shown = append(shown, s.picks[:s.shown]...)
		for _, p := range s.picks[:s.shown] {
			section.Stories = append(section.Stories, p.story(s.label()))
		}
		e.Sections = append(e.Sections, section)
	}
	e.Offerings = offerings(shown, o.Offerings)
	e.Subject = cmp.Or(o.Choices.Subject, subject(e.Stories(), e.Language))
	e.Preheader = cmp.Or(o.Choices.Preheader, preheader(e.Stories()))
	return left
}

// lead gives the article that leads: the editor's choice, else their first pin
// that is here, else the newest with a large image, else the newest.
func (e *Edition) lead() *pick {
	for _, name := range e.leaders() {
		if i := e.chosenAt(name); i >= 0 {
			return e.chosen[i]
		}
	}
	return e.chosen[max(0, slices.IndexFunc(e.chosen, func(p *pick) bool { return large(p.Article) }))]
}

// leaders names the articles that the editor would have lead, the first first.
func (e *Edition) leaders() []string {
	choices := e.chooser.options.Choices
	return append([]string{choices.Lead}, choices.Pins...)
}

// chosenAt gives the index in e.chosen of an article that the editor named, or -1.
func (e *Edition) chosenAt(name string) int {
	h := e.chooser.editor.heads[name]
	return slices.IndexFunc(e.chosen, func(p *pick) bool { return p.head == h })
}

func (e *Edition) whyLead() string {
	for i, name := range e.leaders() {
		if at := e.chosenAt(name); at >= 0 && i == 0 {
			return "the editor's choice"
		} else if at >= 0 {
			return "the editor's first pin"
		}
	}
	if large(e.Lead.Article) {
		return fmt.Sprintf("the newest article with an image at least %d pixels wide", largeWidth)
	}
	return "the newest article"
}

// shelf is a section before it is known which of its articles there is room for.
type shelf struct {
	topic *corpus.Topic // nil: of articles without one
	picks []*pick
	shown int // so many of them, the first
}

func (s shelf) label() string {
	if s.topic == nil {
		return ""
	}
	return s.topic.Label
}

// kicker gives the label of the topic that p would be filed under, were all
// articles in sections.
func kicker(p *pick, shelves []shelf) string {
	for _, s := range shelves {
		if slices.Contains(s.picks, p) {
			return s.label()
		}
	}
	return ""
}

// shelve files every article under one topic. The configured topics come first
// and take what is theirs: of an article's topics the first configured counts.
// Then the topic that most of the remaining articles have makes a section of
// them, again and again. To file each under its most specific topic would make
// many sections of one story; so the sections are few and large, and what a
// site finds too large, it divides by configuring the specific topics. What has
// no topic is in the last section.
func shelve(picks []*pick, configured []string) []shelf {
	var all []shelf
	left := slices.Clone(picks)
	for _, slug := range configured {
		if t := topicOf(left, slug); t != nil {
			all = append(all, file(&left, t))
		}
	}
	for t := largest(left); t != nil; t = largest(left) {
		all = append(all, file(&left, t))
	}
	if len(left) > 0 {
		all = append(all, shelf{nil, left, len(left)})
	}
	return all
}

// file moves the articles about t from left to a shelf of their own.
func file(left *[]*pick, t *corpus.Topic) shelf {
	s := shelf{topic: t}
	*left = slices.DeleteFunc(*left, func(p *pick) bool {
		if !p.HasTopic(t) {
			return false
		}
		s.picks = append(s.picks, p)
		return true
	})
	s.shown = len(s.picks)
	return s
}

// trim shows of every shelf the first, at most so many of each and, with the
// lead, of all; 0 is no limit. What is too much for all is taken one by one from
// the shelf that shows the most, so that each topic keeps some; of equal ones
// from the last. What is not shown is noted in left with its reason.
func trim(shelves []shelf, each, all int, left map[*pick]string) []shelf {
	total := 1
	for i := range shelves {
		s := &shelves[i]
		if each > 0 && s.shown > each {
			s.shown = each
			name := "the last section"
			if s.topic != nil {
				name = "section " + s.topic.Label
			}
			for _, p := range s.picks[each:] {
				left[p] = fmt.Sprintf("left to the site: %s shows at most %d", name, each)
			}
		}
		total += s.shown
	}
	for ; all > 0 && total > all && total > 1; total-- {
		most := len(shelves) - 1
		for i := most; i >= 0; i-- {
			if shelves[i].shown > shelves[most].shown {
				most = i
			}
		}
		shelves[most].shown--
		left[shelves[most].picks[shelves[most].shown]] = fmt.Sprintf("left to the site: an edition shows at most %d", all)
	}
	return shelves
}

// topicOf gives the topic with that slug, or nil if no article is about it.
func topicOf(articles []*pick, slug string) *corpus.Topic {
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
func largest(articles []*pick) *corpus.Topic {
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
