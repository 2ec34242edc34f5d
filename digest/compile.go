package digest

import (
	"fmt"
	"sort"

	"github.com/medigy/newsdesk/corpus"
)

// neighbours is how many articles before and after the period are listed with
// the reason why they are out: those an editor may miss.
const neighbours = 12

// Compile chooses p's edition from c: every article that was published in the
// period is in, with the reason. The whole articles must have been read (see
// Wanted); one that was not is out, and its decision says so.
func Compile(c *corpus.Corpus, p Period, o Options) *Edition {
	o = o.withDefaults()
	e := &Edition{Digest: o.Digest, Title: o.Title, Period: p, Language: o.Language, options: o}
	considered := consider(c.Heads, p)
	for _, h := range considered {
		if a := c.Article(h); a != nil && p.Contains(h.Published) && speaks(h, o.Only) {
			e.chosen = append(e.chosen, a)
		}
	}
	e.arrange()
	e.decide(considered)
	return e
}

// consider gives the heads in the period and their neighbours. Heads are
// newest first, and so is the result.
func consider(heads []*corpus.Head, p Period) []*corpus.Head {
	first := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(p.End) })
	after := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(p.Start) })
	return heads[max(0, first-neighbours):min(len(heads), after+neighbours)]
}

// decide gives every article that was considered its reason.
func (e *Edition) decide(considered []*corpus.Head) {
	in := make(map[*corpus.Head]string)
	if e.Lead != nil {
		in[e.Lead.Head] = "the lead: the newest article"
		if large(e.Lead.Article) {
			in[e.Lead.Head] = fmt.Sprintf("the lead: the newest article with an image at least %d pixels wide", largeWidth)
		}
	}
	for _, s := range e.Sections {
		for _, story := range s.Stories {
			in[story.Head] = "in the last section, because it has no topic"
			if s.Topic != nil {
				in[story.Head] = "in section " + s.Topic.Label
			}
		}
	}
	for _, h := range considered {
		reason, ok := in[h]
		if !ok {
			reason = e.whyOut(h)
		}
		e.Decisions = append(e.Decisions, Decision{Head: h, In: ok, Reason: reason})
	}
}

func (e *Edition) whyOut(h *corpus.Head) string {
	day := h.Published.In(e.Period.Start.Location()).Format("2 January 2006")
	switch {
	case h.Published.Before(e.Period.Start):
		return "published before the period, on " + day
	case e.Period.Contains(h.Published) && !speaks(h, e.options.Only):
		return "written in " + h.Language + ", and this digest is in " + e.options.Only
	case e.Period.Contains(h.Published):
		return "published in the period, but the article was not read: ask for it with digest.Wanted"
	default:
		return "published after the period, on " + day
	}
}

// Selection is the part of an edition that a segment of the subscribers gets.
// The zero Selection is the whole edition.
type Selection struct {
	Topics   []string // slugs: the articles with at least one of them; none: all
	Language string   // BCP 47: the articles in this language, whatever the region; "": all
}

// Select gives the part of e that s asks for, with its own lead, sections,
// offerings, subject and preheader. It is empty if nothing matches. Its
// decisions are e's.
func (e *Edition) Select(s Selection) *Edition {
	if len(s.Topics) == 0 && s.Language == "" {
		return e
	}
	part := *e
	part.chosen = nil
	for _, a := range e.chosen {
		if s.matches(a.Head) {
			part.chosen = append(part.chosen, a)
		}
	}
	part.arrange()
	return &part
}

func (s Selection) matches(h *corpus.Head) bool {
	if !speaks(h, s.Language) {
		return false
	}
	if len(s.Topics) == 0 {
		return true
	}
	for _, t := range h.Topics {
		for _, slug := range s.Topics {
			if t.Slug == slug {
				return true
			}
		}
	}
	return false
}
