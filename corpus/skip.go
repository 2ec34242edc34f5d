package corpus

import (
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

// skippedFolder gives the reason why no file in a folder is an article, or "".
func skippedFolder(name string) string {
	if reason := machinery[path.Base(name)]; reason != "" {
		return reason
	}
	return machinery[path.Join(path.Base(path.Dir(name)), path.Base(name))]
}

// skippedFile gives the reason why a file that has an article's ending is none,
// or "".
func skippedFile(name string) string {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "_index."):
		return "a list page (_index)"
	case strings.HasPrefix(base, "_"):
		return "a part of other pages (its name begins with _)"
	}
	return ""
}

// skipped gives the reason why a file is no article, or "", from all of its path.
func skipped(name string) string {
	folder := ""
	for _, part := range strings.Split(path.Dir(name), "/") {
		folder = path.Join(folder, part)
		if reason := skippedFolder(folder); reason != "" {
			return reason
		}
	}
	return skippedFile(name)
}
