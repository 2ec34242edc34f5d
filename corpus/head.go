package corpus

import (
	"fmt"
	"strings"
	"time"
)

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
	h.Marks = r.marks(front)
	h.ID, d.byPath = r.id(front)
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

// past reports whether t is not after now, and notes when it would be otherwise.
func (r *reader) past(t time.Time) bool {
	if !t.After(r.Now) {
		if t.After(r.since) {
			r.since = t
		}
		return true
	}
	r.until = soonest(r.until, t)
	return false
}
