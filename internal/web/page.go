package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/digest"
)

// page is the data of preview.html. It holds plain values: whatever is shown is
// decided here, the templates only say where.
type page struct {
	Version  int
	Site     string
	Title    string // of the browser's tab
	Token    string // that every change must bring
	Numbers  bool   // whether there are pages of numbers
	Digests  []option
	Weeks    []option
	Digest   string // name of the digest that is chosen
	Shown    string // name of the period that is chosen, or ""
	Words    string // of it, "27 September – 3 October 2021"
	Older    string // name of the edition before this one, or ""
	Newer    string
	Base     string   // path of the edition: "/edition/weekly/2021-W40"
	Query    string   // "?topics=…" of a segment, or ""
	Segment  *segment // nil without an edition
	Problems []notice
	File     *fileView    // nil if nothing can be decided
	Empty    *notice      // why there is no mail to see, or nil
	Edition  *editionView // nil exactly if Empty is not
	Out      []outGroup
	OutCount int
	Mail     *mailView // checks of the mail; nil without one
	Checks   *checks   // of the content; nil before the first desk
	Approval *approvalView
	Send     *sendView // nil if nothing can be sent from here
}

// notice is a heading and what is to be said below it.
type notice struct{ Title, Text string }

// option is one to choose.
type option struct {
	Name, Words string
	Chosen      bool
}

// segment is whom the mail is shown as.
type segment struct {
	Topics, Languages []option
	Words             string // "Telehealth, es"; "" for everybody
	Chosen            string // "All topics", "Telehealth" or "3 topics"
	Search            bool   // subscribers can be looked for
}

// newPage gathers what the page of one edition shows. A proof that comes with an
// error is the last good one.
func (p *Preview) newPage(r *http.Request, v *shown) *page {
	d := &page{Version: v.now.version, Site: "newsdesk", Title: "Desk", Token: p.options.Access.token(), Numbers: p.options.Numbers != nil, Problems: problems(v)}
	if v.now.desk != nil {
		d.fromDesk(v)
		d.Checks = newChecks(v.now.desk.Report, v.proof)
	}
	if v.path != "" && (v.proof != nil || len(v.file.Faults) > 0) {
		d.File = newFileView(v)
	}
	if v.proof != nil {
		d.Segment = newSegment(v)
		d.decisions(v)
	}
	if v.proof == nil || v.proof.Issue == nil {
		d.Empty = whyEmpty(v)
		return d
	}
	d.Edition = newEdition(v)
	d.Mail = v.proof.mailView(v.now.desk.Own)
	if v.path != "" {
		name, _ := p.options.Access.editor(r)
		d.Approval = p.newApproval(v, name)
		d.Send = p.newSend(r, v, name)
	}
	d.Title = v.proof.Issue.Subject
	return d
}

func (d *page) fromDesk(v *shown) {
	d.Site = cmp.Or(v.now.desk.Site, d.Site)
	for _, s := range v.now.desk.Digests {
		d.Digests = append(d.Digests, option{s.Name, cmp.Or(s.Title, s.Name), s.Name == v.digest})
	}
	series := v.now.desk.series(v.digest)
	if series == nil {
		return
	}
	d.Digest = series.Name
	for _, p := range series.Periods {
		d.Weeks = append(d.Weeks, option{p.Name, p.Words(), p.Name == v.period})
	}
	if at, ok := series.period(v.period); ok {
		d.Shown, d.Words = v.period, series.Periods[at].Words()
		d.Base = "/edition/" + series.Name + "/" + v.period
		d.Query = v.selectionQuery()
		if at > 0 {
			d.Newer = series.Periods[at-1].Name
		}
		if at+1 < len(series.Periods) {
			d.Older = series.Periods[at+1].Name
		}
	}
}

// selectionQuery gives the segment as it stands in a URL, with its ?, or "".
func (a asked) selectionQuery() string {
	q := url.Values{}
	if len(a.selection.Topics) > 0 {
		q.Set("topics", strings.Join(a.selection.Topics, ","))
	}
	if a.selection.Language != "" {
		q.Set("language", a.selection.Language)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// newSegment lists the topics and languages that the whole edition has.
func newSegment(v *shown) *segment {
	s, name := &segment{}, v.now.desk.topicNames()
	for _, d := range v.proof.Edition.Decisions {
		if !d.In {
			continue
		}
		for _, t := range d.Head.Topics {
			s.Topics = choice(s.Topics, t.Slug, name(t.Slug), slices.Contains(v.selection.Topics, t.Slug))
		}
		s.Languages = choice(s.Languages, d.Head.Language, d.Head.Language, d.Head.Language == v.selection.Language)
	}
	for _, t := range v.selection.Topics { // also one that no story has
		s.Topics = choice(s.Topics, t, name(t), true)
	}
	s.Languages = choice(s.Languages, v.selection.Language, v.selection.Language, true)
	sortOptions(s.Topics)
	sortOptions(s.Languages)
	s.Search = v.now.desk.Readers != nil
	var words []string
	for _, o := range slices.Concat(s.Topics, s.Languages) {
		if o.Chosen {
			words = append(words, o.Words)
		}
	}
	s.Words = strings.Join(words, ", ")
	s.Chosen = topicsChosen(s.Topics)
	return s
}

// topicsChosen says how many of the topics are chosen, one by its name.
func topicsChosen(topics []option) string {
	words, n := "All topics", 0
	for _, t := range topics {
		if t.Chosen {
			words, n = t.Words, n+1
		}
	}
	if n > 1 {
		return strconv.Itoa(n) + " topics"
	}
	return words
}

// sortOptions sorts as people do: "Topic 2" before "Topic 10", "Écoles" before "Health".
func sortOptions(list []option) {
	order := collate.New(language.Und, collate.Numeric)
	slices.SortFunc(list, func(a, b option) int {
		return cmp.Or(order.CompareString(a.Words, b.Words), strings.Compare(a.Name, b.Name))
	})
}

func choice(list []option, name, words string, chosen bool) []option {
	if name == "" || slices.ContainsFunc(list, func(o option) bool { return o.Name == name }) {
		return list
	}
	return append(list, option{name, words, chosen})
}

// problems are what stands between the files and the page.
func problems(v *shown) []notice {
	var all []notice
	if v.now.loadErr != nil {
		title := "The content could not be loaded"
		if v.now.desk != nil {
			title += ". Below is the last good state"
		}
		all = append(all, notice{title, v.now.loadErr.Error()})
	}
	switch {
	case v.err == errFaults:
		all = append(all, notice{"The edition’s file has faults. It stays as it is until they are put right in a text editor", faultLines(v)})
	case v.err != nil:
		all = append(all, notice{"This edition could not be rendered", v.err.Error()})
	}
	if v.now.watchErr != nil {
		all = append(all, notice{"Some changes will go unseen. Reload the page to see them", v.now.watchErr.Error()})
	}
	return all
}

// faultLines shows every fault with the line that has it.
func faultLines(v *shown) string {
	source := strings.Split(string(v.file.data), "\n")
	var b strings.Builder
	for _, f := range v.file.Faults {
		fmt.Fprintf(&b, "%s/%s\n", v.digest, f.Error())
		if f.Line > 0 && f.Line <= len(source) {
			fmt.Fprintf(&b, "%6d | %s\n", f.Line, strings.TrimRight(source[f.Line-1], "\r"))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func whyEmpty(v *shown) *notice {
	series := v.now.desk.series(v.digest)
	switch {
	case v.now.version == 0:
		return &notice{"Loading…", "The articles are being read."}
	case v.now.desk == nil, v.err != nil:
		return &notice{"Nothing to show yet", "As soon as what is named above is put right and saved, the edition appears here by itself."}
	case v.proof != nil && v.selectionQuery() != "":
		return &notice{"This segment gets nothing", "No story of the edition is for it, so nothing would be sent to it."}
	case v.proof != nil:
		return &notice{"This edition is empty", "Nothing would be sent. At the left is why each article is not in it; one can be added from the whole corpus."}
	case series == nil && v.digest != "":
		return &notice{"There is no digest " + v.digest, "The others are in the list."}
	case series == nil || len(series.Periods) == 0:
		return &notice{"No articles yet", "Save an article in the content folder, and its edition appears here by itself. Files that were left out are listed with the checks."}
	}
	return &notice{"There is no edition " + v.period, "No article was published in it. The others are in the list."}
}

// fileView is the edition's file as the page shows it.
type fileView struct {
	Name       string // "editions/weekly/2021-W40.yaml"
	Hash       string
	Exists     bool
	Undo, Redo int
	Broken     bool
	Choices    digest.Choices
}

func newFileView(v *shown) *fileView {
	return &fileView{
		Name: "editions/" + v.digest + "/" + v.period + ".yaml", Hash: v.file.hash, Exists: v.file.hash != absent,
		Undo: v.file.Undo, Redo: v.file.Redo, Broken: len(v.file.Faults) > 0, Choices: v.file.Choices,
	}
}
