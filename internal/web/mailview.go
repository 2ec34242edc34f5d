package web

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/mailcheck"
)

// mail gives what is checked: the message as a subscriber gets it, so that what
// is found is what "digest check" finds. One that can't be read is checked as the
// issue it was made of.
func (p *Proof) mail(own []string) mailcheck.Mail {
	m, err := mailcheck.Read(p.EML)
	if err != nil || m.HTML == nil {
		m.HTML, m.Text, m.Marks = p.Issue.HTML, p.Issue.Text, digest.Marks
	}
	m.Subject, m.Preheader, m.Own = p.Issue.Subject, p.Issue.Preheader, own
	return m
}

// mailView is what was found about the mail.
type mailView struct {
	Groups                  []findingGroup // that have something
	Errors, Warnings, Notes int
	Sections                []sectionRow // the largest first
	Clients                 []string
	Features                []featureRow
}

type findingGroup struct {
	Name, Class string // "Errors", "bad"
	Count       int
	Rows        []mailFinding
	More        []likeThese // that are folded away
}

// likeThese are the findings of one kind beyond the first few.
type likeThese struct {
	Kind string
	Rows []mailFinding
}

// likeIt is how many findings of one kind are listed before the rest are folded
// away: what is wrong in each story would bury what is wrong once.
const likeIt = 3

// fold leaves the first few of each kind in Rows, and all of it if only one more
// would go.
func (g *findingGroup) fold() {
	kinds := make(map[string][]mailFinding)
	for _, f := range g.Rows {
		kinds[f.Kind] = append(kinds[f.Kind], f)
	}
	seen := make(map[string]int)
	g.Rows = slices.DeleteFunc(g.Rows, func(f mailFinding) bool {
		all := kinds[f.Kind]
		if seen[f.Kind]++; seen[f.Kind] <= likeIt || len(all) == likeIt+1 {
			return false
		}
		if seen[f.Kind] == likeIt+1 {
			g.More = append(g.More, likeThese{f.Kind, all[likeIt:]})
		}
		return true
	})
}

// mailFinding is a finding with where it is: a line of the source, and an element
// of the picture, the Nth with that tag.
type mailFinding struct {
	mailcheck.Finding
	Tag string // "" if there is nothing to point at
	Nth int
}

type sectionRow struct {
	mailcheck.Section
	Percent int
	Words   string
}

// featureRow is a line of the matrix of clients.
type featureRow struct {
	Title, Slug string
	Line, Uses  int
	Cells       []cell
	Missing     int
}

type cell struct{ Class, Mark, Words string }

var cells = map[byte]cell{
	'y': {"yes", "●", "yes"}, 'a': {"part", "◐", "in part"}, 'n': {"no", "○", "no"}, '?': {"unknown", "?", "not known"},
}

// mailView checks the mail, once for a proof.
func (p *Proof) mailView(own []string) *mailView {
	p.once.Do(func() { p.checked = newMailView(p, own) })
	return p.checked
}

func newMailView(p *Proof, own []string) *mailView {
	v := &mailView{Clients: mailcheck.Clients()}
	elements := elementsByLine(p.Issue.HTML)
	groups := map[mailcheck.Severity]*findingGroup{
		mailcheck.Error: {Name: "Errors", Class: "bad"}, mailcheck.Warning: {Name: "Warnings", Class: "warn"}, mailcheck.Note: {Name: "Notes", Class: "quiet"},
	}
	for _, f := range mailcheck.Check(p.mail(own)) {
		row := mailFinding{Finding: f}
		if f.Part == mailcheck.HTML {
			row.Tag, row.Nth = elements.find(f.Line, f.Element)
		}
		groups[f.Severity].Rows = append(groups[f.Severity].Rows, row)
	}
	for _, s := range []mailcheck.Severity{mailcheck.Error, mailcheck.Warning, mailcheck.Note} {
		if len(groups[s].Rows) > 0 {
			groups[s].Count = len(groups[s].Rows)
			groups[s].fold()
			v.Groups = append(v.Groups, *groups[s])
		}
	}
	v.Errors, v.Warnings, v.Notes = groups[mailcheck.Error].Count, groups[mailcheck.Warning].Count, groups[mailcheck.Note].Count
	for _, s := range mailcheck.Sections(p.Issue.HTML) {
		v.Sections = append(v.Sections, sectionRow{s, s.Bytes * 100 / max(1, len(p.Issue.HTML)), fmt.Sprintf("%.1f KB", float64(s.Bytes)/1024)})
	}
	slices.SortStableFunc(v.Sections, func(a, b sectionRow) int { return b.Bytes - a.Bytes })
	v.Features = featureRows(p.Issue.HTML)
	return v
}

// featureRows gives the features that the mail uses, those that most clients lack
// first.
func featureRows(source []byte) []featureRow {
	var all []featureRow
	for _, f := range mailcheck.Features(source) {
		row := featureRow{Title: f.Title, Slug: f.Slug, Line: f.Lines[0], Uses: len(f.Lines)}
		for i := range len(f.Support) {
			row.Cells = append(row.Cells, cells[f.Support[i]])
			if f.Support[i] == 'n' {
				row.Missing++
			}
		}
		all = append(all, row)
	}
	slices.SortStableFunc(all, func(a, b featureRow) int {
		return cmp.Or(b.Missing-a.Missing, strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)))
	})
	return all
}

// element is one of the source, as the browser finds it: the Nth of its tag. Both
// count only elements that are written, so what a parser adds does not matter.
type element struct {
	tag string
	nth int
}

type lineElements map[int][]element

// elementsByLine gives the elements that begin on each line.
func elementsByLine(source []byte) lineElements {
	all, seen, line := lineElements{}, map[string]int{}, 1
	z := html.NewTokenizer(bytes.NewReader(source))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return all
		}
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			name, _ := z.TagName()
			tag := string(name)
			all[line] = append(all[line], element{tag, seen[tag]})
			seen[tag]++
		}
		line += bytes.Count(z.Raw(), []byte("\n"))
	}
}

// find gives the element on a line that a finding names, `a[href="#"]`, else the
// last that can be seen there.
func (l lineElements) find(line int, named string) (tag string, nth int) {
	want, _, _ := strings.Cut(named, "[")
	for _, e := range l[line] {
		if e.tag == want {
			return e.tag, e.nth
		}
	}
	for _, e := range slices.Backward(l[line]) {
		switch e.tag {
		case "html", "head", "meta", "title", "style", "link", "script", "base":
		default:
			return e.tag, e.nth
		}
	}
	return "", 0
}
