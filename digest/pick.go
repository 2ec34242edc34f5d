package digest

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/words"
)

// pick is an article that an edition takes.
type pick struct {
	*corpus.Article // in the editor's words
	head            *corpus.Head
	why             string            // why it is taken, if not just as published in the period; ""
	also            []*corpus.Article // the same story from other sources
}

func (p *pick) story(kicker string) *Story {
	return &Story{Article: p.Article, Kicker: kicker, Also: p.also}
}

// apply gives an article as o words it.
func (o Override) apply(a *corpus.Article) *corpus.Article {
	if o == (Override{}) {
		return a
	}
	worded, head := *a, *a.Head
	worded.Head = &head
	if o.Title != "" {
		head.Title = o.Title
	}
	if o.Summary != "" {
		worded.Summary = strings.Join(strings.Fields(o.Summary), " ")
	}
	switch o.Image {
	case "":
	case "none":
		worded.Image = nil
	default:
		worded.Image = &corpus.Image{URL: o.Image, Alt: head.Title}
	}
	return &worded
}

// unite makes one pick of those that tell one story: that have one original, or
// one title on one day and different sources. Of each story the article stays
// that the editor ranks first, else the first; the others go where they belong,
// into its also. It gives the picks that stay, in their order, and of the others
// which took them in.
func unite(picks []*pick, ranks map[*corpus.Head]int) (stories []*pick, same map[*corpus.Head]*pick) {
	originals, titles := make(map[string]*pick), make(map[string][]*pick)
	same = make(map[*corpus.Head]*pick)
	for _, p := range byRank(picks, ranks) {
		original, title := originalKey(p.Original), titleKey(p.head)
		first := originals[original]
		if i := slices.IndexFunc(titles[title], func(q *pick) bool { return otherSource(p, q) }); first == nil && i >= 0 {
			first = titles[title][i]
		}
		if first != nil {
			first.also = append(first.also, p.Article)
			same[p.head] = first
			p = first // what is the same as p is the same as first
		} else {
			titles[title] = append(titles[title], p)
		}
		if original != "" {
			originals[original] = p
		}
	}
	for _, p := range picks {
		if same[p.head] == nil {
			stories = append(stories, p)
		}
	}
	return stories, same
}

// byRank gives the picks that the editor ranks first, then the others in their
// order.
func byRank(picks []*pick, ranks map[*corpus.Head]int) []*pick {
	sorted := slices.Clone(picks)
	slices.SortStableFunc(sorted, func(a, b *pick) int { return place(ranks, a) - place(ranks, b) })
	return sorted
}

func place(ranks map[*corpus.Head]int, p *pick) int {
	if rank, ok := ranks[p.head]; ok {
		return rank
	}
	return len(ranks)
}

// ranks gives the articles that the editor named for lead, as pins and in order
// their places.
func (n names) ranks(c Choices) map[*corpus.Head]int {
	ranks := make(map[*corpus.Head]int)
	for _, name := range slices.Concat([]string{c.Lead}, c.Pins, c.Order) {
		if h := n.heads[name]; h != nil {
			if _, ok := ranks[h]; !ok {
				ranks[h] = len(ranks)
			}
		}
	}
	return ranks
}

func titleKey(h *corpus.Head) string {
	return strings.ToLower(h.Title) + "\n" + h.Published.Format("2006-01-02") + "\n" + words.Primary(h.Language)
}

// otherSource reports whether two articles name different sources.
func otherSource(p, q *pick) bool {
	a, b := p.Source, q.Source
	if a.Domain != "" && b.Domain != "" {
		return a.Domain != b.Domain
	}
	return a.Name != b.Name
}

// originalKey gives what is the same in all URLs of an original, or "" if u is
// none or leads to a site's front page only: without scheme, fragment and what
// campaigns add.
func originalKey(u string) string {
	parsed, err := url.Parse(u)
	if err != nil || strings.Trim(parsed.Path, "/") == "" && parsed.RawQuery == "" {
		return ""
	}
	query := parsed.Query()
	maps.DeleteFunc(query, func(key string, _ []string) bool { return strings.HasPrefix(key, "utm_") })
	if strings.Trim(parsed.Path, "/") == "" && len(query) == 0 {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(parsed.Host), "www.")
	return host + strings.TrimRight(parsed.EscapedPath(), "/") + "?" + query.Encode()
}
