package corpus

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// arrange makes c's heads and topics of some heads, among which may be nil: the
// heads are sorted, and topics with one slug are made one, the first in the
// heads' order. A head whose topics change is copied, and heads has the copy.
//
// ranks are the heads' places in an earlier order, unranked for those that had
// none, and become their places in this one. seconds are Published.Unix of each:
// side by side, they are compared sooner.
func (c *Corpus) arrange(heads []*Head, ranks []int32, seconds []int64) {
	order := sorted(heads, ranks, seconds)
	c.Heads = make([]*Head, len(order))
	for place, i := range order {
		c.Heads[place] = heads[i]
	}
	var ok bool
	if c.Topics, ok = topicsOf(heads); !ok { // in their order, which is mostly that in memory
		u := uniter{bySlug: map[string]*Topic{}, of: map[*Topic]*Topic{}}
		for place, i := range order {
			heads[i] = u.unite(heads[i])
			c.Heads[place] = heads[i]
		}
		c.Topics = u.all
	}
	slices.SortFunc(c.Topics, func(a, b *Topic) int { return strings.Compare(a.Slug, b.Slug) })
	for i := range ranks {
		ranks[i] = unranked
	}
	for place, i := range order {
		ranks[i] = int32(place)
	}
}

// unranked is the rank of a file whose head has none.
const unranked int32 = -1

func unrankedList(n int) []int32 { return slices.Repeat([]int32{unranked}, n) }

func publishedSeconds(heads []*Head) []int64 {
	seconds := make([]int64, len(heads))
	for i, h := range heads {
		if h != nil {
			seconds[i] = h.Published.Unix()
		}
	}
	return seconds
}

// compareHeads is the order of articles: newest first, and total.
func compareHeads(a, b *Head) int {
	if n := b.Published.Compare(a.Published); n != 0 {
		return n
	}
	if n := b.Updated.Compare(a.Updated); n != 0 {
		return n
	}
	return strings.Compare(a.ID, b.ID)
}

// sorted gives the places of heads, those of nil left out, in the order of the
// heads. Those that have ranks are in order already: the few others are sorted
// and merged with them.
func sorted(heads []*Head, ranks []int32, seconds []int64) []int32 {
	ordered := make([]int32, len(heads)) // place + 1 in heads by rank; 0 is none
	var rest []int32
	for i, h := range heads {
		switch rank := ranks[i]; {
		case h == nil:
		case rank >= 0 && int(rank) < len(ordered) && ordered[rank] == 0:
			ordered[rank] = int32(i) + 1
		default:
			rest = append(rest, int32(i))
		}
	}
	ordered = slices.DeleteFunc(ordered, func(i int32) bool { return i == 0 })
	for place := range ordered {
		ordered[place]--
	}
	newer := func(a, b int32) int { return cmp.Compare(seconds[b], seconds[a]) }
	compare := func(a, b int32) int {
		if n := newer(a, b); n != 0 {
			return n
		}
		return compareHeads(heads[a], heads[b])
	}
	if !slices.IsSortedFunc(ordered, newer) { // the index is wrong
		ordered, rest = nil, append(rest, ordered...)
	}
	slices.SortFunc(rest, compare)
	return merge(ordered, rest, compare)
}

// merge merges two sorted lists.
func merge(a, b []int32, compare func(a, b int32) int) []int32 {
	if len(b) == 0 || len(a) == 0 {
		return append(a, b...)
	}
	all := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(b[0], a[0]) < 0 {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}

// topicsOf gives the topics of heads, among which may be nil, in no order. It
// looks at the heads on all processors. ok is false if two topics have one slug.
func topicsOf(heads []*Head) (topics []*Topic, ok bool) {
	const size = 16 << 10
	parts := make([]map[*Topic]bool, (len(heads)+size-1)/size)
	each(context.Background(), len(parts), func(n int) {
		parts[n] = map[*Topic]bool{}
		for _, h := range heads[n*size : min((n+1)*size, len(heads))] {
			if h == nil {
				continue
			}
			for _, t := range h.Topics {
				if !parts[n][t] {
					parts[n][t] = true
				}
			}
		}
	})
	all, bySlug := map[*Topic]bool{}, map[string]bool{}
	for _, part := range parts {
		for t := range part {
			if !all[t] {
				all[t] = true
				bySlug[t.Slug] = true
				topics = append(topics, t)
			}
		}
	}
	return topics, len(bySlug) == len(all)
}

// uniter makes topics with one slug one.
type uniter struct {
	bySlug map[string]*Topic
	of     map[*Topic]*Topic // what a topic has become: pointers are hashed sooner than slugs
	all    []*Topic
}

func (u *uniter) topic(t *Topic) *Topic {
	one, ok := u.of[t]
	if ok {
		return one
	}
	if one = u.bySlug[t.Slug]; one == nil {
		one = t
		u.bySlug[t.Slug] = t
		u.all = append(u.all, t)
	}
	u.of[t] = one
	return one
}

// unite gives h, or a copy if its topics are not all the ones.
func (u *uniter) unite(h *Head) *Head {
	same := true
	for _, t := range h.Topics {
		same = u.topic(t) == t && same
	}
	if same {
		return h
	}
	united := *h
	united.Topics = make([]*Topic, len(h.Topics))
	for i, t := range h.Topics {
		united.Topics[i] = u.topic(t)
	}
	return &united
}
