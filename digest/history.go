package digest

import (
	"maps"
	"slices"
)

// History says which articles were in editions that were sent, or frozen to be
// sent. It is an input of Compile, so that nothing is in one digest twice,
// whatever is edited later.
type History struct {
	// Since is the name of the digest's oldest recorded period, "" if there is
	// none. Articles before it are nobody's late arrivals.
	Since string

	// Period names the period of the edition that an article was in, by
	// Article.ID.
	Period map[string]string

	// Left names the period of the edition that left an article to the site,
	// for want of room or because its editor wanted so. It is no late arrival
	// then, but an editor may take it in.
	Left map[string]string
}

// Record is what History has to know of an edition, as IDs of articles, sorted.
type Record struct {
	Shown []string // as stories, or as another source of one
	Left  []string // to the site, for want of room or by the editor
}

// record gives what is to be written down of the edition when it is frozen.
func (e *Edition) record() Record {
	shown := make(map[string]bool)
	for _, s := range e.Stories() {
		shown[s.ID] = true
		for _, a := range s.Also {
			shown[a.ID] = true
		}
	}
	r := Record{Left: slices.Clone(e.excluded)}
	for _, p := range e.chosen {
		if !shown[p.ID] {
			r.Left = append(r.Left, p.ID)
			for _, a := range p.also {
				r.Left = append(r.Left, a.ID)
			}
		}
	}
	r.Shown = slices.Sorted(maps.Keys(shown))
	slices.Sort(r.Left)
	return r
}
