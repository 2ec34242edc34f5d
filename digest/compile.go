package digest

import (
	"fmt"
	"slices"
	"sort"

	"github.com/medigy/newsdesk/corpus"
)

// neighbours is how many articles before and after the period are listed with
// the reason why they are out: those an editor may miss.
const neighbours = 12

// Compile chooses p's edition from c. In are the articles that were published in
// the period; those that arrived late, which were published before it (but within
// Options.LateDays, and not before the digest's first edition) and were in no
// edition; and what the editor takes in. Out is what was in another edition of the
// digest, so that nothing is in two, whatever is edited. What tells the same story
// as another article of the edition is named there as its source. Every article
// has its reason.
//
// The whole articles must have been read (see Wanted); one that was not is out,
// and its decision says so.
func Compile(c *corpus.Corpus, p Period, o Options) *Edition {
	o = o.withDefaults()
	e := &Edition{
		Digest: o.Digest, Title: o.Title, Period: p, Language: o.Language,
		Intro: o.Choices.Intro, Closing: o.Choices.Closing, Sponsor: o.Choices.Sponsor,
		chooser: newChooser(c.Heads, p, o),
	}
	wanted := e.chooser.wanted()
	same := e.choose(c, wanted)
	left := e.arrange()
	reasons := e.reasons(left)
	for h, first := range same {
		reasons[h] = Decision{h, false, fmt.Sprintf("the same story as “%s”, which names this source, too", first.Title)}
	}
	for _, h := range consider(c.Heads, p, wanted) {
		if d, ok := reasons[h]; ok {
			e.Decisions = append(e.Decisions, d)
		} else {
			e.Decisions = append(e.Decisions, e.out(h))
		}
	}
	for h := range e.chooser.editor.exclude {
		e.excluded = append(e.excluded, h.ID)
	}
	slices.Sort(e.excluded)
	e.Notes = e.notes()
	return e
}

// choose makes e.chosen of the wanted articles, and gives those that tell the
// same story as one of them.
func (e *Edition) choose(c *corpus.Corpus, wanted []*corpus.Head) map[*corpus.Head]*pick {
	editor, choices := e.chooser.editor, e.chooser.options.Choices
	overrides := make(map[*corpus.Head]Override)
	for name, o := range choices.Articles {
		overrides[editor.heads[name]] = o
	}
	var picks []*pick
	for _, h := range wanted {
		if a := c.Article(h); a != nil {
			_, why := e.chooser.judge(h)
			picks = append(picks, &pick{Article: overrides[h].apply(a), head: h, why: why})
		}
	}
	var same map[*corpus.Head]*pick
	e.chosen, same = unite(picks, editor.ranks(choices))
	return same
}

// consider gives what editors may want to know of: the articles in the period,
// their neighbours and what is wanted, in the corpus' order.
func consider(heads []*corpus.Head, p Period, wanted []*corpus.Head) []*corpus.Head {
	first := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(p.End) })
	after := sort.Search(len(heads), func(i int) bool { return heads[i].Published.Before(p.Start) })
	all := slices.Concat(heads[max(0, first-neighbours):min(len(heads), after+neighbours)], wanted)
	slices.SortFunc(all, compareHeads)
	return slices.Compact(all)
}

// reasons gives the decisions on the articles that the edition took; left are
// those for which it has no room.
func (e *Edition) reasons(left map[*pick]string) map[*corpus.Head]Decision {
	all := make(map[*corpus.Head]Decision)
	place := e.places()
	for _, p := range e.chosen {
		d := Decision{p.head, true, place[p.ID]}
		if reason, ok := left[p]; ok {
			d.In, d.Reason = false, reason
		}
		if p.why != "" {
			d.Reason = p.why + "; " + d.Reason
		}
		all[p.head] = d
	}
	return all
}

// places says of every story, by ID, where it is and why.
func (e *Edition) places() map[string]string {
	places := make(map[string]string)
	if e.Lead != nil {
		places[e.Lead.ID] = "the lead: " + e.whyLead()
	}
	for _, s := range e.Sections {
		for _, story := range s.Stories {
			places[story.ID] = "in the last section, because it has no topic"
			if s.Topic != nil {
				places[story.ID] = "in section " + s.Topic.Label
			}
		}
	}
	return places
}

// out gives the decision on an article that is not in the edition.
func (e *Edition) out(h *corpus.Head) Decision {
	in, reason := e.chooser.judge(h)
	if in { // and is not there all the same
		reason = "published in the period, but the article was not read: ask for it with digest.Wanted"
	}
	return Decision{h, false, reason}
}

// Decision says why an article of the corpus is in the edition or not, whether
// or not it is one of e.Decisions.
func (e *Edition) Decision(h *corpus.Head) Decision {
	for _, d := range e.Decisions {
		if d.Head == h {
			return d
		}
	}
	return e.out(h)
}

// notes tell what of the editor's choices has no effect: names of no article, and
// places for articles that the edition has not.
func (e *Edition) notes() []string {
	editor := e.chooser.editor
	notes := editor.unknown
	for _, one := range e.chooser.options.Choices.names() {
		if h := editor.heads[one.name]; h != nil && one.key != "exclude" {
			if d := e.Decision(h); !d.In {
				notes = append(notes, fmt.Sprintf("%s: %s is not in this edition: %s", one.key, one.name, d.Reason))
			}
		}
	}
	return notes
}
