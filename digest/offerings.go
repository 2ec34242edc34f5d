package digest

import (
	"cmp"
	"slices"
)

// offerings gives the offerings of all articles, each once, at most limit:
// first those that most articles name, then those that share most topics with
// the articles, then by name.
func offerings(articles []*pick, limit int) []Offering {
	topics := make(map[string]bool)
	byID := make(map[string]*Offering)
	var all []*Offering
	for _, a := range articles {
		for _, t := range a.Topics {
			topics[t.Slug] = true
		}
		named := make(map[string]bool)
		for _, o := range a.Offerings {
			if byID[o.ID] == nil {
				byID[o.ID] = &Offering{Offering: o}
				all = append(all, byID[o.ID])
			}
			if !named[o.ID] {
				named[o.ID] = true
				byID[o.ID].Stories++
			}
		}
	}
	slices.SortFunc(all, func(a, b *Offering) int {
		return cmp.Or(
			cmp.Compare(b.Stories, a.Stories),
			cmp.Compare(overlap(b, topics), overlap(a, topics)),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.ID, b.ID),
		)
	})
	var best []Offering
	for _, o := range all[:max(0, min(limit, len(all)))] {
		best = append(best, *o)
	}
	return best
}

// overlap counts the topics of o that are in topics.
func overlap(o *Offering, topics map[string]bool) int {
	n := 0
	for _, t := range o.Topics {
		if topics[t.Slug] {
			n++
		}
	}
	return n
}
