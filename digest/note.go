package digest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/medigy/newsdesk/internal/words"
)

// passage is what templates show of an editor's note: a block, or the items of
// a list together.
type passage struct {
	Kind  blockKind
	Spans []span   // of what is no list
	Items [][]span // of a list
	Start int      // number of a numbered list's first item; 0 if it has none
	Dir   string   // of the note's language
}

// passages puts the items of each list together.
func passages(blocks []block) (all []passage) {
	for _, b := range blocks {
		if b.Kind != itemBlock {
			all = append(all, passage{Kind: b.Kind, Spans: b.Spans})
			continue
		}
		n := len(all)
		last := n > 0 && all[n-1].Kind == itemBlock
		switch {
		case last && all[n-1].Start > 0 && b.Number == 0: // another paragraph of the same item
			items := all[n-1].Items
			items[len(items)-1] = slices.Concat(items[len(items)-1], []span{{Break: true}}, b.Spans)
		case last && (all[n-1].Start > 0) == (b.Number > 0):
			all[n-1].Items = append(all[n-1].Items, b.Spans)
		default:
			all = append(all, passage{Kind: itemBlock, Items: [][]span{b.Spans}, Start: b.Number})
		}
	}
	return all
}

// textNote writes an editor's note for the text part: after each passage the
// URLs that it links to, a line each.
func textNote(note []passage) string {
	var b strings.Builder
	for _, p := range note {
		switch p.Kind {
		case itemBlock:
			for i, item := range p.Items {
				mark := "- "
				if p.Start > 0 {
					mark = strconv.Itoa(p.Start+i) + ". "
				}
				b.WriteString(textSpans(item, mark, strings.Repeat(" ", len(mark))))
			}
		case quoteBlock:
			b.WriteString(textSpans(p.Spans, "> ", "> "))
		default:
			b.WriteString(textSpans(p.Spans, "", ""))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// textSpans writes one paragraph: its first line begins with first, the others
// with next.
func textSpans(spans []span, first, next string) string {
	var text strings.Builder
	var urls []string
	for _, s := range spans {
		switch {
		case s.Break:
			text.WriteByte('\n')
			continue
		case s.Strong:
			s.Text = "*" + s.Text + "*"
		case s.Emphasis:
			s.Text = "_" + s.Text + "_"
		}
		if _, short, found := strings.Cut(s.Text, "://"); found && s.URL != "" {
			s.Text = short // the whole stands below
		}
		text.WriteString(s.Text)
		if u := strings.TrimPrefix(s.URL, "mailto:"); u != "" && u != s.Text && !slices.Contains(urls, u) {
			urls = append(urls, u)
		}
	}
	var b strings.Builder
	for line := range strings.SplitSeq(text.String(), "\n") {
		for part := range strings.SplitSeq(words.Wrap(line, textWidth-len(next)), "\n") {
			b.WriteString(first + part + "\n")
			first = next
		}
	}
	for _, u := range urls {
		b.WriteString(u + "\n")
	}
	return b.String()
}
