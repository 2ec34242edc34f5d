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

// undated gives patterns for the folders and files without dates that are among
// dated ones: pages. Where topmost folders are languages, one pattern is for all.
// What cannot be read may be an article, but for a readme and the like. It is nil if
// nothing has a date, for then these are no pages, or if there is no order in it.
func undated(files []fileSurvey, languages []string) []string {
	const most = 20
	general := func(name string) string {
		if top, rest, ok := strings.Cut(name, "/"); ok && slices.Contains(languages, top) {
			return "*/" + rest
		}
		return name
	}
	dated := false
	keep := map[string]bool{".": true} // patterns of files, and of all folders that they are in
	for _, language := range languages {
		keep[language] = true // one without articles gets some
	}
	for _, f := range files {
		if f.date == "" && !f.dateInPath && (f.broken == nil || f.bare()) {
			continue
		}
		dated = dated || f.broken == nil
		for name := f.path; name != "."; name = path.Dir(name) {
			keep[general(name)] = true
		}
	}
	var patterns []string
	for _, f := range files {
		name := f.path
		if f.broken != nil && !f.about() {
			name = path.Dir(name)
		}
		pattern := ""
		for ; !keep[general(name)]; name = path.Dir(name) {
			pattern = general(name)
		}
		if pattern != "" && !slices.Contains(patterns, pattern) {
			patterns = append(patterns, pattern)
		}
	}
	if !dated || len(patterns) > most {
		return nil
	}
	return patterns
}

// bare reports whether a file has no front matter at all, as readmes have none.
func (f fileSurvey) bare() bool { return strings.HasPrefix(f.broken.Text, "no front matter") }

// about reports whether a file without front matter is, by its name, about the folder.
func (f fileSurvey) about() bool {
	name, _, _ := strings.Cut(strings.ToLower(path.Base(f.path)), ".")
	return f.bare() && slices.Contains([]string{"readme", "license", "contributing", "changelog", "code_of_conduct", "security"}, name)
}
