package corpus

import (
	"fmt"
	"math/bits"
	"strings"
)

// sums are what collect compares of a head, hashed, so that it need not look at
// a hundred thousand heads one by one.
type sums struct {
	id      uint64
	title   uint64 // with the day and the language
	seconds int64  // Published.Unix(), whose order is nearly that of heads
	latest  int64  // Unix() of Updated, which is never before Published
}

func newSums(h *Head) sums {
	year, month, day := h.Published.Date()
	date := uint64(year)<<9 | uint64(month)<<5 | uint64(day)
	return sums{hash(h.ID, exact), hash(h.Title, folded) ^ hash(h.Language, exact) ^ date*0x9e3779b97f4a7c15, h.Published.Unix(), h.Updated.Unix()}
}

// Bits that hash sets in every byte: none, or the one that makes ASCII letters of
// either case one.
const (
	exact  byte = 0
	folded byte = 0x20
)

// hash is FNV-1a.
func hash(text string, bits byte) uint64 {
	sum := uint64(14695981039346656037)
	for i := range len(text) {
		sum = (sum ^ uint64(text[i]|bits)) * 1099511628211
	}
	return sum
}

// collect gives the heads of files, nil for those that are left out, which it
// tells. An ID that two share makes copies of heads, and never changes them: they
// may be an index's.
func (l *loader) collect(files []file, results []result) []*Head {
	heads := make([]*Head, len(files))
	ids := newFirsts(len(files))
	for i, res := range results { // by path, so the first of two wins
		if res.remarks != nil {
			l.report.Findings = append(l.report.Findings, res.findings...)
			l.report.Next = soonest(l.report.Next, res.until)
			if res.leftOut != "" {
				l.leaveOut(files[i].path, res.leftOut)
				continue
			}
		}
		h := res.head
		first := ids.add(res.sums.id, i)
		if first != i && res.byPath && heads[first].ID == h.ID {
			// Two columns of one name on other days: the later has its day in its ID.
			later := *h
			later.ID = l.pathID(h.Path)
			h = &later
			first = ids.add(hash(later.ID, exact), i)
		}
		if other := heads[first]; first != i && other.ID == h.ID {
			l.leaveOut(h.Path, "has the ID of "+other.Path)
			l.report.Findings = append(l.report.Findings, Finding{Warning, "same-id", h.Path, 0, "id",
				fmt.Sprintf("%s is already the ID of %s; left out (give one of them another)", h.ID, other.Path)})
			continue
		}
		heads[i] = h
	}
	return heads
}

func (l *loader) leaveOut(path, reason string) {
	l.report.LeftOut = append(l.report.LeftOut, LeftOut{path, reason})
}

// likelyDuplicates warns of articles with one title on one day in one language:
// mostly one story, curated twice.
func likelyDuplicates(heads []*Head, results []result) (findings []Finding) {
	titles := newFirsts(len(heads))
	for i, h := range heads {
		if h == nil {
			continue
		}
		first := titles.add(results[i].sums.title, i)
		if other := heads[first]; first != i && strings.EqualFold(h.Title, other.Title) {
			findings = append(findings, Finding{Warning, "likely-duplicate", h.Path, 0, "title",
				fmt.Sprintf("same title and day as %s; if it is one story, keep one", other.Path)})
		}
	}
	return findings
}

// firsts finds of numbered things the first with a hash. A map of a hundred
// thousand takes five times as long.
type firsts struct {
	hashes []uint64 // by slot; the slot after a taken one is the next to try
	things []int32  // number + 1; 0 is free
}

func newFirsts(n int) *firsts {
	slots := 1 << bits.Len(uint(2*n)) // more than the two hashes that a thing may have
	return &firsts{make([]uint64, slots), make([]int32, slots)}
}

// add gives the first thing with the hash, which is i if there was none.
func (f *firsts) add(hash uint64, i int) (first int) {
	mask := uint64(len(f.things) - 1)
	for slot := (hash ^ hash>>32) & mask; ; slot = (slot + 1) & mask {
		switch {
		case f.things[slot] == 0:
			f.hashes[slot], f.things[slot] = hash, int32(i)+1
			return i
		case f.hashes[slot] == hash:
			return int(f.things[slot]) - 1
		}
	}
}

// samePages warns of articles that have one URL: the site can serve only one of
// them.
func (l *loader) samePages(c *Corpus, heads []*Head) {
	type page struct{ url, language string } // translations: the generator keeps them apart
	seen := make(map[page]*Head, len(heads))
	for _, h := range heads {
		url, ok := c.url(h)
		if !ok {
			continue
		}
		key := page{url, h.Language}
		if other := seen[key]; other != nil {
			l.report.Findings = append(l.report.Findings, Finding{Warning, "same-url", h.Path, 0, string(FieldURL),
				fmt.Sprintf("%s is the page of %s, too (give one of them another slug)", url, other.Path)})
			continue
		}
		seen[key] = h
	}
}

// url gives the page of an article that has been read, or that an index knows.
func (c *Corpus) url(h *Head) (string, bool) {
	if a := c.articles[h]; a != nil {
		return a.URL, true
	}
	state, ok := c.states[h]
	return state.url, ok
}
