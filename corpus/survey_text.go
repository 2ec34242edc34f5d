package corpus

import (
	"fmt"
	"strings"
)

// Places are what a survey of articles does not tell of a site. What is "" gets
// no line in the configuration.
type Places struct {
	Dir       string // of the articles
	Permalink string
	// PermalinkIs is what the configuration is to say of it, or "".
	PermalinkIs string
	ImagesDir   string
	ImagesURL   string // where the site serves ImagesDir
}

// Config gives the lines of the configuration's section content that make
// newsdesk read the folder: the places, the preset and the fields that depart
// from the preset. It is "" if nothing was read.
func (r SurveyResult) Config(p Places) string {
	if r.Preset() == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "content:\n  dir: %q\n  preset: %s\n", p.Dir, r.Preset())
	if p.Permalink != "" {
		fmt.Fprintf(&b, "  permalink: %q", p.Permalink)
		if p.PermalinkIs != "" {
			b.WriteString("  # " + p.PermalinkIs)
		}
		b.WriteByte('\n')
	}
	if len(r.Skip) > 0 {
		b.WriteString("  skip:  # there is no date in them\n")
		for _, pattern := range r.Skip {
			fmt.Fprintf(&b, "    - %q\n", pattern)
		}
	}
	if p.ImagesURL != "" {
		fmt.Fprintf(&b, "  images:\n    dir: %q\n    url: %q\n", p.ImagesDir, p.ImagesURL)
	}
	if len(r.Departing) > 0 {
		b.WriteString("  fields:\n")
	}
	for _, c := range candidates {
		if paths, ok := r.Departing[c.field]; ok {
			fmt.Fprintf(&b, "    %s: [%s]\n", c.field, strings.Join(paths, ", "))
		}
	}
	return b.String()
}

// String says for people what was found.
func (r SurveyResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d article files, %d of them read", r.Files, r.Read)
	if n := len(r.Broken); n > 0 {
		fmt.Fprintf(&b, "; %d without a readable front matter, such as\n  %s", n, r.Broken[0])
	}
	b.WriteByte('\n')
	if r.Preset() == "" {
		return b.String()
	}
	for i, fit := range r.Fits {
		text := []string{"preset %s fits best: it finds %.1f fields of an article, %d files have its marks\n", "  %s: %.1f fields, %d files\n"}[min(i, 1)]
		fmt.Fprintf(&b, text, fit.Name, float64(fit.Gives)/float64(r.Read-len(r.Broken)), fit.Marks)
	}
	for _, use := range r.Fields {
		fmt.Fprintf(&b, "%-13s %s\n", use.Field, pathList(use.Paths, use.Field == FieldTopics || use.Field == FieldLanguage))
		if use.Field == FieldDate {
			r.writeDates(&b)
		}
	}
	if len(r.Dates.Forms) == 0 {
		r.writeDates(&b)
	}
	if len(r.Languages) > 0 {
		fmt.Fprintf(&b, "%-13s %s\n", "folders of", strings.Join(r.Languages, ", "))
	}
	for i, folder := range r.Images {
		fmt.Fprintf(&b, "%-13s %s: %d\n", []string{"images in", ""}[min(i, 1)], folderName(folder.Path), folder.Files)
	}
	return b.String()
}

func (r SurveyResult) writeDates(b *strings.Builder) {
	d := r.Dates
	fmt.Fprintf(b, "%-13s in the front matter %d, in path or URL only %d, nowhere %d\n", "dates", d.InKey, d.InPath, d.Nowhere)
	for _, form := range d.Forms {
		fmt.Fprintf(b, "%-13s %s: %d\n", "", form.Example, form.Files)
	}
	for _, form := range d.Unread {
		fmt.Fprintf(b, "%-13s %q: %d, not read as a date\n", "", form.Example, form.Files)
	}
}

// pathList gives "tags 5 (12 different), categories 4 (2 different)".
func pathList(paths []PathUse, different bool) string {
	var list []string
	for _, p := range paths {
		text := fmt.Sprintf("%s %d", p.Path, p.Files)
		if different {
			text += fmt.Sprintf(" (%d different)", p.Values)
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func folderName(folder string) string {
	if folder == "" {
		return "no folder of the site's (relative to the article or the images folder)"
	}
	return folder
}
