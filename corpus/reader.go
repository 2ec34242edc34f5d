package corpus

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// reader reads one article file.
type reader struct {
	*settings
	path     string
	findings []Finding
	trace    map[Field]*Step // how each field was derived; nil unless somebody asked

	since, until time.Time // see remarks
	looked       []lookedFor
}

// past reports whether t is not after now, and notes when it would be otherwise.
func (r *reader) past(t time.Time) bool {
	if !t.After(r.Now) {
		if t.After(r.since) {
			r.since = t
		}
		return true
	}
	if r.until.IsZero() || t.Before(r.until) {
		r.until = t
	}
	return false
}

// settings are the options, checked and parsed once for all files.
type settings struct {
	Options
	fields    Fields
	site      *url.URL // ends in "/"
	imagesURL *url.URL // ends in "/"
	images    fs.FS
	content   fs.FS // the articles
	skip      skip
	languages []string // Options.Languages as languageTag writes them
	permalink permalink
	topicMemo *sync.Map // topicKey to *Topic
	headKeys  keySet    // what head needs of a front matter's top level
}

func newSettings(o Options) (*settings, error) {
	s := &settings{Options: o, skip: skip(o.Skip), fields: o.Fields, images: o.Images, topicMemo: new(sync.Map)}
	if s.fields == nil {
		s.fields = Preset
	}
	for _, tag := range o.Languages {
		s.languages = append(s.languages, languageTag(tag))
	}
	s.headKeys = newKeySet(s.fields, headFields)
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	s.permalink = permalink{cmp.Or(o.Permalink, "/:slug/"), languageTag(o.Language)}
	if err := CheckPermalink(s.permalink.pattern); err != nil {
		return nil, fmt.Errorf("permalink %w", err)
	}
	if err := s.skip.check(); err != nil {
		return nil, err
	}
	if o.Encoding != "" {
		if _, err := charset(o.Encoding); err != nil {
			return nil, err
		}
	}
	var err error
	s.site, err = url.Parse(strings.TrimRight(o.Site, "/") + "/")
	if err != nil || s.site.Host == "" {
		return nil, fmt.Errorf("site %q is not an absolute URL (want https://www.example.org)", o.Site)
	}
	s.imagesURL, err = o.ImagesBase()
	if err != nil {
		return nil, fmt.Errorf("images URL %q is not a URL (want /images/news/)", o.ImagesURL)
	}
	return s, nil
}

// own gives the URL of a path of the site's own, below its home page.
func (s *settings) own(path string) string {
	return strings.TrimRight(s.site.String(), "/") + "/" + strings.TrimLeft(path, "/")
}

func (r *reader) add(severity Severity, kind string, line int, field Field, text string) {
	r.findings = append(r.findings, Finding{severity, kind, r.path, line, string(field), text})
}

func (r *reader) warn(kind string, line int, field Field, text string) {
	r.add(Warning, kind, line, field, text)
}

func (r *reader) fail(kind string, line int, field Field, text string) {
	r.add(Error, kind, line, field, text)
}

// failed reports whether a finding leaves the article out.
func (r *reader) failed() bool {
	for _, f := range r.findings {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// draft is a head with what the rest of an article needs of its front matter.
type draft struct {
	head   *Head
	byPath bool // the ID is made from the path
	page   page
}

// head reads what choosing needs. leftOut is the reason why the article is in
// no output, or "".
func (r *reader) head(doc document) (d draft, leftOut string) {
	front := doc.front
	if leftOut = r.unpublished(front); leftOut != "" { // what is unfinished may lack anything
		return draft{head: &Head{Path: r.path}}, leftOut
	}
	r.duplicateKeys(front, "")
	h := &Head{Path: r.path}
	d = draft{head: h}
	h.Language, d.page.language = r.language(front)
	h.Title = r.title(front)
	d.page.written = r.published(front)
	if r.failed() {
		return d, "error"
	}
	h.Published = d.page.written.In(r.Zone)
	h.Updated = r.updated(front, h.Published)
	h.Topics = r.topics(front)
	h.ID, d.byPath = r.id(front)
	d.page.slug, d.page.name = r.slug(front)
	d.page.tag, d.page.folder = h.Language, folder(r.path, d.page.language)
	return d, r.leftOut(front, h)
}

// unpublished gives the reason why the site does not show an article, or "".
// Both fields may be a state in a word: status: draft, published: draft.
func (r *reader) unpublished(front value) string {
	if v, ok := r.text(front, FieldDraft); ok {
		if says, _ := parseTruth(v.text); says || unfinished(v.text) {
			return "draft"
		}
	}
	if v, ok := r.text(front, FieldShown); ok {
		if says, truth := parseTruth(v.text); truth && !says {
			return "published: false"
		}
		if unfinished(v.text) {
			return "draft"
		}
	}
	return ""
}

// unfinished reports whether a word for an article's state says that it is not
// for readers.
func unfinished(state string) bool {
	switch strings.ToLower(strings.TrimSpace(state)) {
	case "draft", "pending", "private", "unpublished":
		return true
	}
	return false
}

// leftOut gives the reason why an article that can be read is in no output, or
// "".
func (r *reader) leftOut(front value, h *Head) string {
	const day = "2006-01-02"
	if !r.past(h.Published) {
		return "published in the future (" + h.Published.Format(day) + ")"
	}
	if _, ok := r.find(front, FieldRedirect); ok {
		return "only leads elsewhere (a redirect)"
	}
	if v, ok := r.text(front, FieldExpires); ok && r.Expire {
		t, err := parseDate(v.text, r.Zone)
		if err != nil {
			r.warn("bad-date", v.line, FieldExpires, err.Error()+"; the article stays")
		} else if r.past(t) {
			return "expired (" + t.Format(day) + ")"
		}
	}
	return ""
}

// article reads the rest.
func (r *reader) article(doc document, d draft) *Article {
	front := doc.front
	a := &Article{Head: d.head, URL: r.ownPage(front, d), Original: r.original(front)}
	a.Source = r.source(front, a.Original)
	a.Authors = r.people(front, FieldAuthors)
	a.Contributors = r.people(front, FieldContributors)
	a.Image = r.image(front, a.Title, a.URL)
	a.Offerings = r.offerings(front)
	page, _ := url.Parse(a.URL)
	text := r.repaired(string(doc.body), doc.bodyLine, "body")
	text = r.withoutShortcodes(text, doc.bodyLine, front)
	ending := strings.ToLower(path.Ext(r.path))
	if ending != ".html" {
		text = plainMarkdown(text, ending == ".mdx")
	}
	b, err := parseBody(text, ending == ".html", page)
	if err != nil {
		r.warn("bad-body", doc.bodyLine, "body", err.Error()+"; the article has no body")
	}
	a.HTML = b.html
	description, ok := r.text(front, FieldSummary)
	var rule string
	a.Summary, rule = summarize(r.repaired(description.text, description.line, FieldSummary), b.blocks())
	r.because(FieldSummary, rule)
	if !ok && a.Summary == "" {
		r.warn("no-summary", 0, FieldSummary, "there is neither a description nor text in the body")
	}
	return a
}

// duplicateKeys warns of each key that is there twice in one mapping.
func (r *reader) duplicateKeys(v value, parent string) {
	for i, e := range v.entries {
		if before := lastBefore(v.entries[:i], e.key); before > 0 {
			r.warn("duplicate-key", e.line, Field(parent+e.key), fmt.Sprintf("is already at line %d; this one counts", before))
		}
		if e.value.kind == mapping {
			r.duplicateKeys(e.value, parent+e.key+".")
		}
	}
}

// lastBefore gives the line of the last entry with a key, or 0. A front matter
// has some dozens of keys, which are compared sooner than hashed; a hostile one
// is looked at only so far.
func lastBefore(entries []entry, key string) int {
	const most = 500
	for i := len(entries) - 1; i >= max(0, len(entries)-most); i-- {
		if entries[i].key == key {
			return entries[i].line
		}
	}
	return 0
}

func (r *reader) title(front value) string {
	v, ok := r.text(front, FieldTitle)
	title := oneLine(withoutFormatting(r.repaired(v.text, v.line, FieldTitle)))
	if !ok || title == "" {
		r.fail("no-title", 1, FieldTitle, "is missing (want title: Words)")
	}
	return title
}

// published reads the date, which the front matter or else the file's path or
// the article's own URL gives, and nothing else: not the file's time, not now.
func (r *reader) published(front value) time.Time {
	v, ok := r.date(front)
	if !ok {
		v.text = pathDate(r.path)
		r.because(FieldDate, "there is none in the front matter: the file's path gives it")
	}
	if v.text == "" {
		own, _ := r.text(front, FieldURL)
		v = value{text: pathDate(own.text), line: own.line}
		r.because(FieldDate, "there is none in the front matter: the article's URL gives it")
	}
	if v.text == "" {
		r.fail("no-date", 1, FieldDate, "is missing (want date: 2021-09-27)")
		return time.Time{}
	}
	t, err := parseDate(v.text, r.Zone)
	if err != nil {
		r.fail("bad-date", v.line, FieldDate, err.Error())
	}
	return t
}

// date gives the first date that may be one: published is a truth value on some
// sites, and a word for a state ("published", "draft") on others.
func (r *reader) date(front value) (v value, ok bool) {
	for _, path := range r.fields[FieldDate] {
		one, is := front.get(path).one()
		if _, truth := parseTruth(one.text); !is || truth {
			continue
		}
		may := strings.ContainsAny(one.text, "0123456789")
		if may || !ok {
			r.used(FieldDate, path, one)
			v, ok = one, true
		}
		if may {
			break
		}
	}
	return v, ok
}

// updated is never before published.
func (r *reader) updated(front value, published time.Time) time.Time {
	v, ok := r.text(front, FieldUpdated)
	if !ok {
		r.because(FieldUpdated, "there is none: the date stands in")
		return published
	}
	t, err := parseDate(v.text, r.Zone)
	if err != nil {
		r.warn("bad-date", v.line, FieldUpdated, err.Error()+"; the date of publication stands in")
	}
	if err == nil && !r.past(t) {
		r.warn("bad-date", v.line, FieldUpdated, fmt.Sprintf("%q is in the future; the date of publication stands in", v.text))
		return published
	}
	if err != nil || t.Before(published) {
		r.because(FieldUpdated, "not a date, or before the date: the date stands in")
		return published
	}
	return t.In(r.Zone)
}

// repaired reports mojibake, and repairs it if the options say so.
func (r *reader) repaired(text string, line int, field Field) string {
	repaired, before, after := repairMojibake(text)
	if before == "" {
		return text
	}
	line += strings.Count(text[:strings.Index(text, before)], "\n")
	if r.Repair {
		return repaired
	}
	r.warn("mojibake", line, field, fmt.Sprintf("%q looks like a misread %q (content.repair: true repairs it)", before, after))
	return text
}

// withoutShortcodes strips the tags of other programs' templates, with one
// warning for all of an article's.
func (r *reader) withoutShortcodes(text string, line int, front value) string {
	stripped, counts := stripShortcodes(text, func(key string) string {
		v, _ := first(front, key, "params."+key).one()
		return oneLine(v.text)
	})
	if len(counts) == 0 {
		return stripped
	}
	const most = 6
	var told []string
	for _, c := range counts[:min(len(counts), most)] {
		told = append(told, fmt.Sprintf("%q (%d×)", c.name, c.count))
	}
	if more := len(counts) - most; more > 0 {
		told = append(told, fmt.Sprintf("%d more", more))
	}
	r.warn("shortcode", line, "body", "tags that only the site's own generator understands are taken out: "+strings.Join(told, ", "))
	return stripped
}
