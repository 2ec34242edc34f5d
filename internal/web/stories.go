package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/digest"
)

// storyGroup is a section of the edition in the list of stories.
type storyGroup struct {
	Name    string
	Lead    bool
	Stories []storyRow
}

// storyRow is a story with what its editor can do to it.
type storyRow struct {
	Path, Title, Source, Date string
	Reason                    string // why it is in, and where
	URL, Original             string
	Image                     string          // path on this server, or ""
	Pinned, Lead, Chosen      bool            // Chosen: the editor made it the lead
	Own                       digest.Override // what the editor worded
	Summary                   string
	Can                       bool // something can be decided
}

func storyGroups(v *shown) []storyGroup {
	e := v.proof.Edition
	rows := newRows(v)
	var groups []storyGroup
	if e.Lead != nil {
		row := rows.row(e.Lead)
		row.Lead = true
		groups = append(groups, storyGroup{"Lead", true, []storyRow{row}})
	}
	for _, section := range e.Sections {
		group := storyGroup{Name: "More"}
		if section.Topic != nil {
			group.Name = section.Topic.Label
		}
		for _, s := range section.Stories {
			group.Stories = append(group.Stories, rows.row(s))
		}
		groups = append(groups, group)
	}
	return groups
}

// rows makes story rows; it knows the editor's choices and the reasons.
type rows struct {
	choices digest.Choices
	reasons map[string]string // by path
	can     bool
}

func newRows(v *shown) rows {
	r := rows{v.file.Choices, make(map[string]string), v.path != "" && len(v.file.Faults) == 0}
	for _, d := range v.proof.Edition.Decisions {
		r.reasons[d.Head.Path] = d.Reason
	}
	return r
}

func (r rows) row(s *digest.Story) storyRow {
	named := func(name string) bool { return name == s.Path || name == s.ID }
	own := r.choices.Articles[s.Path]
	if o, ok := r.choices.Articles[s.ID]; ok {
		own = o
	}
	row := storyRow{
		Path: s.Path, Title: s.Title, Source: s.Source.Name, Date: s.Published.Format("2 Jan"), Reason: r.reasons[s.Path],
		URL: s.URL, Original: s.Original, Summary: s.Summary, Own: own,
		Pinned: slices.ContainsFunc(r.choices.Pins, named), Chosen: named(r.choices.Lead), Can: r.can,
	}
	if s.Image != nil && s.Image.File != "" {
		row.Image = (&url.URL{Path: "/images/" + s.Image.File}).EscapedPath()
	}
	return row
}

// listed is how many rows a long list shows before it says how many more there
// are: a corpus may have thousands of articles that are not in this edition.
const listed = 50

// outGroup are the articles that one reason keeps out.
type outGroup struct {
	Reason string
	Count  int
	Rows   []outRow
	More   int // not listed
}

type outRow struct {
	Title, Date, Path string
	Excluded, Can     bool
}

// decisions lists what is out, by reason; what the editor left out comes first.
func (d *page) decisions(v *shown) {
	rows, groups := newRows(v), make(map[string]int)
	for _, one := range v.proof.Edition.Decisions {
		if one.In {
			continue
		}
		d.OutCount++
		h := one.Head
		// Each row has its own day: "published before the period, on 1 October 2021".
		reason := strings.TrimSuffix(one.Reason, ", on "+h.Published.Format("2 January 2006"))
		at, ok := groups[reason]
		if !ok {
			at = len(d.Out)
			groups[reason] = at
			d.Out = append(d.Out, outGroup{Reason: reason})
		}
		group := &d.Out[at]
		if group.Count++; group.Count > listed {
			group.More++
			continue
		}
		excluded := article{h.Path, h.ID}.in(rows.choices.Exclude)
		group.Rows = append(group.Rows, outRow{h.Title, h.Published.Format("2 Jan 2006"), h.Path, excluded, rows.can})
	}
	slices.SortStableFunc(d.Out, func(a, b outGroup) int { return excludedFirst(a) - excludedFirst(b) })
}

func excludedFirst(g outGroup) int {
	if len(g.Rows) > 0 && g.Rows[0].Excluded {
		return 0
	}
	return 1
}
