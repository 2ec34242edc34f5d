package corpus

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// candidate is a field with all the paths that any site is known to use for it.
type candidate struct {
	field Field
	paths []string
}

// rarely are paths that no preset has: those of other generators (Zola, Hexo,
// Eleventy, Gatsby, Docusaurus, exports of WordPress and Ghost), found by a survey so that
// they get a line in the configuration.
var rarely = Fields{
	FieldTitle:    {"headline", "name"},
	FieldDate:     {"published_at", "published_date", "date_published", "created", "posted", "extra.date", "time"},
	FieldUpdated:  {"last_update.date", "modified_at", "updated_at", "date_updated", "edited"},
	FieldDraft:    {"unlisted", "hidden", "status", "state"},
	FieldURL:      {"path"},
	FieldLanguage: {"params.locale", "extra.lang"},
	FieldAuthors:  {"extra.author", "extra.authors", "creator", "by", "byline", "contributors"},
	FieldTopics:   {"taxonomies.tags", "taxonomies.categories", "subjects", "labels", "params.categories", "extra.tags"},
	FieldSummary:  {"abstract", "lead", "lede", "deck", "dek", "intro", "teaser", "extra.description", "seo.description"},
	FieldImage:    {"extra.image", "extra.cover", "hero", "hero.image", "feature_image", "featured", "og_image", "socialImage", "seo.image", "preview", "photo", "picture"},
	FieldImageAlt: {"extra.image_alt", "hero.alt", "feature_image_alt", "coverImageAlt"},
	FieldOriginal: {"original_url", "canonical", "canonicalUrl", "canonical_url", "extra.link", "href", "source"},
}

// candidates are in the order of the Field constants.
var candidates = allCandidates()

func allCandidates() []candidate {
	var all []candidate
	for _, field := range AllFields() {
		c := candidate{field: field}
		for _, fields := range []Fields{newsdesk, hugo, jekyll, astro, eleventy, rarely} {
			for _, path := range fields[field] {
				if indexFold(c.paths, path) < 0 {
					c.paths = append(c.paths, path)
				}
			}
		}
		all = append(all, c)
	}
	return all
}

// indexFold gives the place of a path in a list, without case, or -1.
func indexFold(paths []string, path string) int {
	return slices.IndexFunc(paths, func(p string) bool { return strings.EqualFold(p, path) })
}

// fileSurvey is what one file has.
type fileSurvey struct {
	path       string
	broken     *Finding
	values     map[Field]map[string][]string // texts by path; only what fits the field
	marks      map[string]bool               // of presets
	dateInPath bool                          // or in the own URL
	date       string                        // as written, or ""
	unreadDate string                        // what is no date where one should be, or ""
	image      string                        // as written, or ""
}

// first gives the first of a field's paths that the file has, or "".
func (f fileSurvey) first(field Field, paths []string) string {
	for _, path := range paths {
		for found := range f.values[field] {
			if strings.EqualFold(found, path) {
				return found
			}
		}
	}
	return ""
}

func surveyFile(fsys fs.FS, name string) fileSurvey {
	data, err := readFile(fsys, name, nil)
	if err != nil {
		return fileSurvey{path: name, broken: &Finding{Error, "unreadable", name, 0, "", readError(err)}}
	}
	doc, err := parseDocument(data, "", nil)
	if err != nil {
		f := &Finding{Error, "front-matter", name, 0, "", err.Error()}
		if at := (*lineError)(nil); errors.As(err, &at) {
			f.Line = at.line
		}
		return fileSurvey{path: name, broken: f}
	}
	f := fileSurvey{path: name, values: map[Field]map[string][]string{}, marks: presetMarks(name, data, doc.front)}
	for _, c := range candidates {
		for _, path := range c.paths {
			f.note(c.field, path, doc.front.get(path))
		}
	}
	f.dateInPath = pathDate(name) != ""
	for _, own := range f.values[FieldURL] {
		f.dateInPath = f.dateInPath || pathDate(own[0]) != ""
	}
	return f
}

// note takes down the value at a path if it fits the field.
func (f *fileSurvey) note(field Field, path string, v value) {
	texts := fitting(field, v)
	if len(texts) == 0 {
		one, _ := v.one()
		if field == FieldDate && f.unreadDate == "" && indexFold(rarely[field], path) < 0 && strings.ContainsAny(one.text, "0123456789") {
			f.unreadDate = one.text
		}
		return
	}
	if field == FieldImage && f.image == "" {
		f.image = texts[0]
	}
	if field == FieldDate && f.date == "" {
		f.date = texts[0]
	}
	if f.values[field] == nil {
		f.values[field] = map[string][]string{}
	}
	f.values[field][path] = texts
}

// fitting gives the texts of a value if it makes sense for a field: keys such
// as published and image mean different things on different sites.
func fitting(field Field, v value) []string {
	switch field {
	case FieldTopics, FieldTopicURLs, FieldTopicLabels, FieldAuthors, FieldContributors, FieldOfferings:
		return memberTexts(v)
	case FieldImage:
		if v.kind == list && len(v.list) > 0 {
			v = v.list[0]
		}
	}
	one, ok := v.one()
	if !ok {
		return nil
	}
	text := strings.TrimSpace(one.text)
	switch field {
	case FieldDate, FieldUpdated:
		_, err := parseDate(text, time.UTC)
		ok = err == nil
	case FieldDraft, FieldShown:
		ok = text == "true" || text == "false" || unfinished(text) || text == "published" || text == "publish"
	case FieldImageValid:
		ok = text == "true" || text == "false"
	case FieldOriginal, FieldSourceFeed:
		ok = strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	case FieldSourceName:
		ok = !strings.Contains(text, "://")
	case FieldUUID:
		ok = isUUID(strings.TrimSuffix(text, path.Ext(text)))
	case FieldURL:
		ok = strings.Contains(text, "/")
	case FieldImage:
		ok = strings.ContainsAny(text, "./")
	}
	if !ok {
		return nil
	}
	return []string{text}
}

// memberTexts gives the members of a list that have a text or a name.
func memberTexts(v value) []string {
	var texts []string
	for _, member := range v.many() {
		if member.kind == mapping {
			member = first(member, "name", "label", "title")
		}
		if text := oneLine(member.text); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// markKeys are keys that sites of one generator have and hardly any other's.
var markKeys = map[string][]string{
	"newsdesk": {"mdName", "htmlMetaData", "openProjectCustomFields", "categoryUrl"},
	"hugo":     {"lastmod", "expiryDate", "weight", "url", "featured_image", "featuredImage", "cover.image", "images", "resources"},
	"jekyll":   {"permalink", "last_modified_at", "header", "post-link", "redirect_from"},
	"eleventy": {"eleventyNavigation", "eleventyExcludeFromCollections", "eleventyComputed"},
	"astro":    {"pubDate", "pubDatetime", "updatedDate", "modDatetime", "heroImage", "ogImage"},
}

// presetMarks says which generators a file looks as if written for.
func presetMarks(name string, data []byte, front value) map[string]bool {
	marks := map[string]bool{}
	for preset, keys := range markKeys {
		marks[preset] = slices.ContainsFunc(keys, func(key string) bool { return !front.get(key).absent() })
	}
	layout, _ := front.get("layout").one()
	switch {
	case strings.HasSuffix(layout.text, ".astro"):
		marks["astro"] = true
	case strings.HasSuffix(layout.text, ".njk"), strings.HasSuffix(layout.text, ".liquid"), strings.HasSuffix(layout.text, ".webc"):
		marks["eleventy"] = true
	case layout.text != "":
		marks["jekyll"] = true
	}
	if path.Ext(name) == ".mdx" {
		marks["astro"] = true
	}
	if date, _ := cutDate(path.Base(name)); date != "" {
		marks["jekyll"] = true
	}
	if text := strings.TrimLeft(string(data[:min(len(data), 16)]), "\ufeff \r\n"); strings.HasPrefix(text, "+++") || strings.HasPrefix(text, "{") {
		marks["hugo"] = true
	}
	return marks
}
