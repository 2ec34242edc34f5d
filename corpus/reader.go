package corpus

import (
	"fmt"
	"net/url"
	"path"
	"strings"
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

// article reads the rest, with what is missing of d.page.
func (r *reader) article(doc document, d *draft) *Article {
	front := doc.front
	d.page.slug, d.page.name = r.slug(front)
	d.page.tag, d.page.folder, d.page.path = d.head.Language, folder(r.path, d.page.language), pagePath(r.path)
	a := &Article{Head: d.head, URL: r.ownPage(front, d.page), Original: r.original(front)}
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
	if b.cut {
		r.warn("bad-body", doc.bodyLine, "body", "so many brackets, stars, cells or nested lists that some stay as text")
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
