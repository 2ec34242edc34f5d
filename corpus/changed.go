package corpus

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Changed tells the next Load that of the folder's files only these may have
// changed since the last one: it asks for the stamps of no others. Paths are
// slash-separated and relative to the folder. Whoever watches a folder knows; who
// has missed something calls it with nil, or not at all, and Load looks at
// everything. What it is told before a Load that does not come, because the
// templates are broken, say, is for the next one.
func (x *Index) Changed(paths []string) {
	if paths == nil {
		x.walked = nil
	}
	x.changed, x.told = append(x.changed, paths...), true
}

// patch brings the last list of files up to date by what Changed told. ok is
// false if the folder must be walked: because more than files have changed, or
// because many had changed so lately that they have no stamp yet.
func (l *loader) patch(changed []string) (files []file, ok bool) {
	d, isDir := l.fsys.(*Dir)
	if !isDir || l.Index.walked != d {
		return nil, false
	}
	files = slices.Clone(l.Index.heads.files)
	const few = 1000
	for _, f := range files {
		if f.stamp == 0 {
			changed = append(changed, f.path)
		}
	}
	if len(changed) > few {
		return nil, false
	}
	for _, name := range changed {
		if !utf8.ValidString(name) {
			return nil, false
		}
		if l.hidden(name) {
			if l.skippedAnew(name) {
				return nil, false // the report is to name the folder
			}
			continue
		}
		if files, ok = l.patchFile(files, d, name); !ok {
			return nil, false
		}
	}
	return files, true
}

// hidden reports whether a path is, or is below, something that is no content.
func (l *loader) hidden(name string) bool {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return true
	}
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if l.skip.folder(folder) != "" {
			return true
		}
	}
	return false
}

// skippedAnew reports whether a path is below a folder that is skipped and was
// not there when the folder was walked.
func (l *loader) skippedAnew(name string) bool {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return false
	}
	return !slices.ContainsFunc(l.Index.skipped, func(s LeftOut) bool { return strings.HasPrefix(name, s.Path+"/") })
}

// patchFile adds, renews or removes one file. Of folders it knows nothing.
func (l *loader) patchFile(files []file, d *Dir, name string) ([]file, bool) {
	c, there, err := d.child(name, l.settled)
	if err != nil || there && c.folder {
		return nil, false
	}
	i, listed := slices.BinarySearchFunc(files, name, compareToPath)
	switch {
	case there && listed:
		files[i].stamp = c.stamp
	case there && isArticle(path.Base(name)):
		files = slices.Insert(files, i, file{name, c.stamp})
	case !there && listed:
		files = slices.Delete(files, i, i+1)
	case !there:
		below, _ := slices.BinarySearchFunc(files, name+"/", compareToPath)
		if below < len(files) && strings.HasPrefix(files[below].path, name+"/") {
			return nil, false // a folder is gone
		}
		if slices.ContainsFunc(l.Index.skipped, func(s LeftOut) bool { return s.Path == name || strings.HasPrefix(s.Path, name+"/") }) {
			return nil, false
		}
	}
	return files, true
}

func compareToPath(f file, path string) int { return strings.Compare(f.path, path) }
