package corpus

import (
	"path"
	"slices"
	"strings"
)

// datedFolder gives the deepest folder that has every file with a date in it:
// the articles, of a site's files. It is "." if there is none such.
func datedFolder(files []fileSurvey) string {
	common := ""
	for _, f := range files {
		if f.date == "" && !f.dateInPath {
			continue
		}
		dir := path.Dir(f.path)
		if isBundle(f.path) {
			dir = path.Dir(dir)
		}
		if common == "" {
			common = dir
		}
		for common != "." && dir != common && !strings.HasPrefix(dir, common+"/") {
			common = path.Dir(common)
		}
	}
	if common == "" {
		return "."
	}
	return common
}

// languageFolders gives the topmost folders that are named after languages. One
// alone is none: "it" may be about computers.
func languageFolders(files []fileSurvey) []string {
	var found []string
	for _, f := range files {
		top, _, ok := strings.Cut(f.path, "/")
		if _, tag := cutLanguage("x." + top); ok && tag != "" && !slices.Contains(found, top) {
			found = append(found, top)
		}
	}
	if len(found) < 2 {
		return nil
	}
	slices.Sort(found)
	return found
}
