package feed

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// spread gives each of some items its atom:updated: the second in which the article
// changed, and a fraction of it that no other item has in that second.
//
// A corpus with dates and no times has many articles of one instant, and RFC
// 4287 section 4.1.1 looks askance at equal atom:updated values: readers that
// sort or compare by it cannot tell which entry is the newer. The fraction
// comes from the article's ID, so that it stays as it is when other articles
// come and go; two that fall on one fraction are told apart in the order of
// their IDs. It has three digits, because some readers take every fraction for
// milliseconds and more digits would move the date; only more than a thousand
// items of one second get six. No reader shows it.
func spread(items []*Item) {
	bySecond := map[int64][]*Item{}
	for _, i := range items {
		second := i.Updated.Unix()
		bySecond[second] = append(bySecond[second], i)
	}
	for _, items := range bySecond {
		slices.SortFunc(items, func(a, b *Item) int { return strings.Compare(a.ID, b.ID) })
		spreadSecond(items)
	}
}

func spreadSecond(items []*Item) {
	slots := 1000
	if len(items) > slots {
		slots = 1_000_000
	}
	taken := make(map[int]bool, len(items))
	for _, i := range items {
		hash := fnv.New32a()
		hash.Write([]byte(i.ID))
		slot := int(hash.Sum32()) % slots
		for taken[slot] && len(taken) < slots {
			slot = (slot + 1) % slots
		}
		taken[slot] = true
		fraction := time.Duration(slot) * (time.Second / time.Duration(slots))
		i.entryUpdated = i.Updated.Truncate(time.Second).Add(fraction)
	}
}
