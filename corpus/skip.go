package corpus

import (
	"cmp"
	"fmt"
	"path"
	"strings"
)

// machinery are folders that are about the site, not in it. Jekyll's are named
// with _; a site's folder has its output, and others' articles, in it, too.
var machinery = map[string]string{
	"_drafts":       "a folder of drafts",
	"_includes":     "a folder of templates",
	"_layouts":      "a folder of templates",
	"_site":         "what Jekyll made of the site",
	"node_modules":  "other people's programs",
	"vendor/bundle": "other people's programs",
}

// skip says which files and folders are not read. Its patterns are Options.Skip.
type skip []string

// folder gives the reason why no file in a folder is an article, or "".
func (s skip) folder(name string) string {
	base := path.Base(name)
	return cmp.Or(machinery[base], machinery[path.Join(path.Base(path.Dir(name)), base)], s.unwanted(name))
}

// file gives the reason why a file that has an article's ending is none, or "".
func (s skip) file(name string) string {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "_index."):
		return "a list page (_index)"
	case strings.HasPrefix(base, "_"):
		return "a part of other pages (its name begins with _)"
	}
	return s.unwanted(name)
}

// below is file for one whose folders nobody has looked at.
func (s skip) below(name string) string {
	folder := ""
	for _, part := range strings.Split(path.Dir(name), "/") {
		folder = path.Join(folder, part)
		if reason := s.folder(folder); reason != "" {
			return reason
		}
	}
	return s.file(name)
}

// unwanted gives the pattern that a file or folder matches as a reason, or "".
func (s skip) unwanted(name string) string {
	for _, pattern := range s {
		text := name
		if !strings.Contains(pattern, "/") {
			text = path.Base(name)
		}
		if ok, _ := path.Match(strings.TrimPrefix(pattern, "/"), text); ok {
			return "content.skip (" + pattern + ")"
		}
	}
	return ""
}

// check says which pattern is none.
func (s skip) check() error {
	for _, pattern := range s {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("skip %q is not a pattern (want README.md or */about)", pattern)
		}
	}
	return nil
}
