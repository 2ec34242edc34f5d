package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/templates"
)

// siteTemplates are the built-in templates under the site's own.
func siteTemplates(c *Config) (fs.FS, error) {
	if c.Look.Templates == "" {
		return templates.FS(nil), nil
	}
	if !isFolder(c.Look.Templates) {
		return nil, fmt.Errorf("look.templates: %s: there is no such folder", c.Look.Templates)
	}
	own := os.DirFS(c.Look.Templates)
	return templates.FS(own), knownTemplates(own, c.Look.Templates)
}

// knownTemplates says which of a site's templates replaces none of ours, because
// it is misspelt or in the wrong folder. Other files may be there.
func knownTemplates(own fs.FS, dir string) error {
	var faults []error
	err := fs.WalkDir(own, ".", func(name string, d fs.DirEntry, err error) error {
		text := slices.Contains([]string{".html", ".txt", ".css"}, path.Ext(name))
		if err != nil || d.IsDir() || !text || strings.EqualFold(name, "readme.txt") {
			return err
		}
		if _, err := fs.Stat(templates.FS(nil), name); err != nil {
			faults = append(faults, fmt.Errorf("%s: newsdesk has no template of that name to replace (want such as digest.html or partials/digest-story.html)", filepath.Join(dir, name)))
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}
