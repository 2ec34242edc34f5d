package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

func (a *app) initCommand() *cobra.Command {
	var preset string
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a configuration for an existing site by looking at it",
		Long: `Look at the articles of a Hugo, Jekyll, Astro, Eleventy or hand-made site, say what was
found (which fields are there, where dates, topics and images are), and write a
configuration that reads them. DIR is the site's folder or that of its articles.
A configuration that is there already is left alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.init(c.Context(), args[0], preset) },
	}
	c.Flags().StringVar(&preset, "preset", "", "`NAME` of the generator: newsdesk, hugo, jekyll, astro or eleventy (default the one that fits best)")
	return c
}

func (a *app) init(ctx context.Context, dir, preset string) error {
	if preset != "" && corpus.Presets[preset] == nil {
		return usage("--preset %q (want newsdesk, hugo, jekyll, astro or eleventy)", preset)
	}
	if _, err := os.Stat(a.flags.config); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already (move it away, or name another file with --config)", a.flags.config)
	}
	if !isFolder(dir) {
		return fmt.Errorf("%s: there is no such folder (name that of a site or of its articles)", dir)
	}
	site := readSite(dir)
	content, found, err := a.surveySite(ctx, dir, cmp.Or(preset, site.preset))
	if err != nil {
		return err
	}
	if !a.flags.quiet && !a.flags.json {
		fmt.Fprint(a.stderr, found)
	}
	a.warnOfLack(found)
	return a.writeConfig(found, site.completed(dir, content, found), content)
}

// warnOfLack warns of what an article must have and most have not, or not where
// newsdesk looks for it.
func (a *app) warnOfLack(found corpus.SurveyResult) {
	titles := 0
	for _, use := range found.Fields {
		if use.Field == corpus.FieldTitle {
			titles = use.Files
		}
	}
	if 2*titles < found.Read {
		a.warn("a title was found in %d of %s, and without one it is left out (name the key of the front matter that has it in content.fields: title)", titles, plural(found.Read, "article"))
	}
	if found.Dates.InKey+found.Dates.InPath == 0 {
		a.warn("no article has a date, and without one it is in no feed and no digest (give them one, or name the key that has it in content.fields: date)")
	}
}

// surveySite finds a site's articles: those of the first folder that has some
// with dates, or else has some at all, without the pages around them.
func (a *app) surveySite(ctx context.Context, dir, preset string) (content string, found corpus.SurveyResult, err error) {
	for _, folder := range articleFolders(dir) {
		r, err := a.surveyFolder(ctx, folder, preset)
		if err != nil {
			return "", r, err
		}
		dated := r.Dates.InKey+r.Dates.InPath > 0
		if dated || found.Preset() == "" {
			content, found = folder, r
		}
		if dated {
			break
		}
	}
	switch {
	case found.Preset() == "" && found.Files > 0:
		return "", found, fmt.Errorf("%s: not one of its %s has a readable front matter, such as\n  %v", content, plural(found.Files, "article"), found.Broken[0])
	case found.Preset() == "":
		return "", found, fmt.Errorf("%s: no article was found (want files that end in .md, .mdx, .markdown or .html)", dir)
	case found.Folder != ".":
		content = filepath.Join(content, filepath.FromSlash(found.Folder))
		found, err = a.surveyFolder(ctx, content, found.Preset())
	}
	return content, found, err
}

func (a *app) surveyFolder(ctx context.Context, dir, preset string) (corpus.SurveyResult, error) {
	root, err := a.folders.contentFolder(dir)
	if err != nil {
		return corpus.SurveyResult{}, err
	}
	return corpus.Survey(ctx, root, preset)
}

// articleFolders gives the folders of a site that may have its articles: those
// that the generators use, then the site's own.
func articleFolders(dir string) []string {
	var folders []string
	for _, name := range []string{"content", "src/content", "_posts", "blog", "src/posts", "src/blog", "src/pages", "posts"} {
		if name = filepath.Join(dir, name); isFolder(name) {
			folders = append(folders, name)
		}
	}
	return append(folders, dir)
}

// completed adds to what a generator's configuration says what can be guessed.
func (f siteFacts) completed(dir, content string, found corpus.SurveyResult) siteFacts {
	if f.folder == "" {
		f.folder, _ = filepath.Abs(dir)
	}
	f.title = cmp.Or(f.title, filepath.Base(f.folder))
	if f.permalink == nil {
		f.permalink = func(pageFacts) string { return "" }
	}
	absolute, _ := filepath.Abs(content)
	inside, err := filepath.Rel(filepath.Join(f.folder, f.base), absolute)
	if err != nil || strings.HasPrefix(inside, "..") {
		inside = "."
	}
	p := pageFacts{folder: strings.TrimPrefix(filepath.ToSlash(inside), "."), languages: len(found.Languages) > 0}
	p.inside = p.folder
	if top, rest, _ := strings.Cut(p.folder, "/"); isLanguage(top) {
		p.folder, f.language = rest, top
	}
	for _, use := range found.Fields {
		p.slugs = p.slugs || use.Field == corpus.FieldSlug && use.Files*2 > found.Read
		if use.Field == corpus.FieldURL && use.Paths[0].Values == 1 && strings.Contains(use.Paths[0].Example, "{{") {
			p.template = use.Paths[0].Example
		}
	}
	pattern := f.permalink(p)
	f.permalink = func(pageFacts) string { return pattern }
	return f
}

// isLanguage reports whether a folder is named after a language.
func isLanguage(name string) bool {
	bare, _, _ := strings.Cut(name, "-")
	_, err := language.Parse(name)
	return err == nil && len(bare) == 2
}

// images finds a folder of featured images and the URL that the site serves it
// at. Generators serve a folder static or public as their root, or their own.
func (f siteFacts) images(found corpus.SurveyResult) (dir, url string) {
	roots := []string{filepath.Join(f.folder, "static"), filepath.Join(f.folder, "public"), f.folder, filepath.Join(f.folder, f.base)}
	for _, folder := range found.Images {
		for _, root := range roots {
			served := strings.TrimRight(folder.Path, "/") + "/" // relative images: the root
			if strings.Contains(served, "://") || folder.Path == "" && !isFile(filepath.Join(root, folder.Example)) {
				continue
			}
			if dir = filepath.Join(root, filepath.FromSlash(served)); isFolder(dir) {
				return dir, served
			}
		}
	}
	return "", ""
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

const configHead = `# Written by newsdesk init. "newsdesk check" tells what is wrong in the articles,
# "newsdesk check --explain FILE" how one was read.
`

// writeConfig writes the configuration of a site. What was not found has a
// comment that says what is wanted.
func (a *app) writeConfig(found corpus.SurveyResult, site siteFacts, content string) error {
	folder := filepath.Dir(a.flags.config)
	relative := func(name string) string {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			return filepath.ToSlash(name)
		}
		if name, err = filepath.Abs(name); err == nil {
			if r, err := filepath.Rel(absolute, name); err == nil {
				name = r
			}
		}
		return filepath.ToSlash(name)
	}
	places := corpus.Places{Dir: relative(content), Permalink: site.permalink(pageFacts{})}
	if places.Permalink == "" {
		places.Permalink, places.PermalinkIs = "/:slug/", "change this: an article's own page, such as /blog/:year/:name"
	}
	if dir, url := site.images(found); url != "" {
		places.ImagesDir, places.ImagesURL = relative(dir), url
	}
	text := configHead + site.config(found) + found.Config(places)
	if _, err := atomicfile.WriteFile(a.flags.config, []byte(text)); err != nil {
		return err
	}
	unsure := strings.Contains(text, "change this")
	if a.flags.json {
		return a.printJSON(initJSON{a.flags.config, places.Dir, found.Preset(), found.Files, found.Dates.InKey + found.Dates.InPath, unsure})
	}
	next := "look it over"
	if unsure {
		next = "change what it asks you to"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: written; %s, then run newsdesk check\n", a.flags.config, next)
	return err
}

// initJSON is the answer of init.
type initJSON struct {
	Config string `json:"config"`
	Dir    string `json:"content_dir"` // as the configuration has it
	Preset string `json:"preset"`
	Files  int    `json:"files"`
	Dated  int    `json:"dated"`
	Unsure bool   `json:"change"` // the configuration asks to change something
}

// config gives the sections site and feeds.
func (f siteFacts) config(found corpus.SurveyResult) string {
	var b strings.Builder
	line := func(key, value, otherwise, comment string) {
		if value == "" {
			value, comment = otherwise, "  # "+comment
		} else {
			comment = "  # from " + f.file
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", key, value, comment)
	}
	fmt.Fprintf(&b, "site:\n  title: %q\n", f.title)
	line("url", f.url, exampleURL, "change this: all links are made of it")
	if f.language != "" {
		fmt.Fprintf(&b, "  language: %s\n", f.language)
	}
	if len(found.Languages) > 0 {
		fmt.Fprintf(&b, "  languages: [%s]\n", strings.Join(found.Languages, ", "))
	}
	line("timezone", f.timezone, "UTC", "and this: America/New_York")
	fmt.Fprintf(&b, "feeds:\n  dir: newsdesk-public  # output; serve it at:\n  url: %s/feeds\n", cmp.Or(f.url, exampleURL))
	return b.String()
}

const exampleURL = "https://www.example.org"
