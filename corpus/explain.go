package corpus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Step says how one field of an article was derived.
type Step struct {
	Field  Field
	Key    string // front-matter path that gave it; "" if none did
	Line   int    // of its value; 0 if none
	Text   string // as written
	Result string // what newsdesk made of it
	Rule   string // why, if more than copying was done; ""
}

// Explain reads one article file and says how each of its fields was derived,
// in the order that Article has them. leftOut is the reason why the article is
// in no output, or "".
func Explain(ctx context.Context, fsys fs.FS, name string, o Options) (steps []Step, leftOut string, findings []Finding, err error) {
	s, err := newSettings(o)
	if err != nil {
		return nil, "", nil, err
	}
	s.content = fsys
	l := &loader{settings: s, fsys: fsys}
	name = path.Clean(name)
	if reason := s.skip.below(name); reason != "" {
		return nil, reason, nil, nil
	}
	r := &reader{settings: s, path: name, trace: map[Field]*Step{}}
	_, err = l.withDocument(name, nil, func(doc document) {
		var d draft
		d, leftOut = r.head(doc)
		if d.head.ID != "" {
			steps = r.steps(r.article(doc, &d), d)
		} else { // without title or date the rest means nothing
			steps = r.tried(d)
		}
	})
	switch at, ok := errors.AsType[*lineError](err); {
	case ok:
		r.fail("broken", at.line, "", at.text)
		leftOut = "error"
	case err != nil:
		return nil, "", nil, fmt.Errorf("%s: %s", name, readError(err))
	}
	return steps, leftOut, r.findings, ctx.Err()
}

// tried gives the trace of an article that is left out: which keys said so.
func (r *reader) tried(d draft) []Step {
	var all []Step
	for _, field := range AllFields() {
		if s := r.trace[field]; s != nil {
			if field == FieldTitle {
				s.Result = d.head.Title
			}
			all = append(all, *s)
		}
	}
	return all
}

func (r *reader) step(field Field) *Step {
	if r.trace[field] == nil {
		r.trace[field] = &Step{Field: field}
	}
	return r.trace[field]
}

// used notes which key gave a field.
func (r *reader) used(field Field, key string, v value) {
	if r.trace == nil {
		return
	}
	s := r.step(field)
	s.Key, s.Line, s.Text = key, v.line, v.written()
}

// because notes why a field is what it is.
func (r *reader) because(field Field, rule string) {
	if r.trace != nil {
		r.step(field).Rule = rule
	}
}

// written gives a value on one line.
func (v value) written() string {
	switch v.kind {
	case scalar:
		return v.text
	case list:
		return fmt.Sprintf("a list of %d", len(v.list))
	case mapping:
		return fmt.Sprintf("a mapping of %d", len(v.entries))
	}
	return ""
}

// steps gives the trace in order, with what became of each field.
func (r *reader) steps(a *Article, d draft) []Step {
	var all []Step
	add := func(field Field, result string) {
		s := *r.step(field)
		s.Result = result
		all = append(all, s)
	}
	if uuid := r.trace[FieldUUID]; uuid != nil && strings.HasPrefix(a.ID, "urn:uuid:") {
		id := r.step(FieldID)
		id.Key, id.Line, id.Text = uuid.Key, uuid.Line, uuid.Text
	}
	add(FieldID, a.ID)
	add(FieldTitle, a.Title)
	add(FieldDate, a.Published.Format(time.RFC3339))
	add(FieldUpdated, a.Updated.Format(time.RFC3339))
	add(FieldSlug, d.page.slug)
	add(FieldURL, a.URL)
	add(FieldOriginal, a.Original)
	add(FieldSourceName, a.Source.Name)
	add(FieldLanguage, a.Language)
	add(FieldTopics, names(a.Topics, func(t *Topic) string { return t.Slug }))
	add(FieldAuthors, names(a.Authors, func(p Person) string { return p.Name }))
	add(FieldContributors, names(a.Contributors, func(p Person) string { return p.Name }))
	add(FieldSummary, a.Summary)
	if i := a.Image; i != nil {
		add(FieldImage, strings.TrimSpace(fmt.Sprintf("%s %s %dx%d", i.URL, i.Type, i.Width, i.Height)))
	} else {
		add(FieldImage, "")
	}
	add(FieldOfferings, names(a.Offerings, func(o Offering) string { return o.Name }))
	return append(all, Step{Field: "body", Result: fmt.Sprintf("%d bytes of HTML", len(a.HTML))})
}

func names[T any](all []T, name func(T) string) string {
	var list []string
	for _, one := range all {
		list = append(list, name(one))
	}
	return strings.Join(list, ", ")
}
