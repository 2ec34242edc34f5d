package digest

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/words"
	"github.com/medigy/newsdesk/templates"
)

// The templates that a site can replace, by name.
const (
	htmlName    = "digest.html"
	textName    = "digest.txt"
	archiveName = "archive.html"
	feedName    = "issue.html"
	indexName   = "issues.html"
)

var partials = []string{
	"partials/digest-styles.html",
	"partials/digest-body.html",
	"partials/digest-story.html",
	"partials/digest-note.html",
	"partials/digest-offerings.html",
	"partials/digest-footer.html",
	"partials/page-style.html",
	"partials/feed-style.html",
}

// textWidth is the columns of the text part. RFC 3676, 4.2 asks for fewer than
// 78, so that quoted lines still fit into 80.
const textWidth = 72

// Templates are a site's parsed templates with its theme and links. They can be
// used by many goroutines at once.
type Templates struct {
	html  *htmltemplate.Template
	text  *texttemplate.Template
	theme Theme
	links Links
	find  func(*corpus.Image, Place) (Picture, bool) // see Illustrate; or nil
}

// Parse reads digest.html, digest.txt, archive.html, issue.html, issues.html and
// their partials from fsys (see package templates). Its errors name a template's file and line,
// also for a mistake that only some editions would come to.
func Parse(fsys fs.FS, t Theme, l Links) (*Templates, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	if l, err = l.clean(); err != nil {
		return nil, err
	}
	light, err := t.light()
	if err != nil {
		return nil, err
	}
	dark, err := t.dark()
	if err != nil {
		return nil, err
	}
	html, err := parseHTML(fsys, t, light, dark)
	if err != nil {
		return nil, err
	}
	text, err := parseText(fsys)
	if err != nil {
		return nil, err
	}
	parsed := &Templates{html: html, text: text, theme: t, links: l}
	return parsed, parsed.probe()
}

// parseHTML gives each file a template named as the file, so that errors name
// it too.
func parseHTML(fsys fs.FS, t Theme, light, dark palette) (*htmltemplate.Template, error) {
	root := htmltemplate.New("").Funcs(htmltemplate.FuncMap{
		"light":        light.style,
		"dark":         dark.style,
		"font":         func() htmltemplate.CSS { return htmltemplate.CSS(t.BodyFont) },
		"headlineFont": func() htmltemplate.CSS { return htmltemplate.CSS(t.HeadlineFont) },
		"mso":          mso,
		"notmso":       func() htmltemplate.HTML { return "<!--[if !mso]><!-->" },
		"endnotmso":    func() htmltemplate.HTML { return "<!--<![endif]-->" },
		"add":          func(a, b int) int { return a + b },
		"neighbour": func(which string) htmltemplate.HTML {
			return htmltemplate.HTML(neighbourMark + which + "-->" + neighbourEnd + which + "-->")
		},
	})
	files := make(map[string][]byte)
	for _, name := range append([]string{htmlName, archiveName, feedName, indexName}, partials...) {
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("digest template: %w", err)
		}
		if _, err := root.New(name).Parse(string(source)); err != nil {
			return nil, err
		}
		files[name] = source
	}
	return root, complete(root, files)
}

// complete gives root the built-in parts that a site's files lack: who replaces
// the story need not copy the lead, which is in the same file.
func complete(root *htmltemplate.Template, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		builtin, err := fs.ReadFile(templates.FS(nil), name)
		if err != nil || bytes.Equal(files[name], builtin) {
			continue
		}
		ours, err := root.Clone()
		if err == nil {
			ours, err = ours.New(name).Parse(string(builtin))
		}
		if err != nil {
			return err
		}
		for _, part := range ours.Templates() {
			if root.Lookup(part.Name()) == nil {
				if _, err := root.AddParseTree(part.Name(), part.Tree); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func parseText(fsys fs.FS) (*texttemplate.Template, error) {
	source, err := fs.ReadFile(fsys, textName)
	if err != nil {
		return nil, fmt.Errorf("digest template: %w", err)
	}
	return texttemplate.New(textName).Funcs(texttemplate.FuncMap{
		"note":  textNote,
		"wrap":  func(text string) string { return words.Wrap(text, textWidth) },
		"upper": strings.ToUpper,
		"line":  func(char string) string { return strings.Repeat(char, textWidth) },
	}).Parse(string(source))
}

// mso gives markup that only Outlook for Windows reads. Templates pass it
// constants and numbers, never what an article says: html/template, which drops
// comments, can't escape what stands in one.
func mso(markup string, numbers ...int) htmltemplate.HTML {
	for _, n := range numbers {
		markup = strings.Replace(markup, "%d", strconv.Itoa(n), 1)
	}
	return htmltemplate.HTML("<!--[if mso]>" + markup + "<![endif]-->")
}
