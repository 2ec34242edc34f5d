package corpus

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// surveyed is how many files a survey reads at most, evenly spread over the
// folder: enough for every habit that is worth a line of configuration.
const surveyed = 10_000

// SurveyResult is how the articles of a folder are written, as far as their
// front matters tell. Counts are of files that were read.
type SurveyResult struct {
	Files  int // article files in the folder
	Read   int // of these, read; list pages (_index) are not
	Broken []Finding
	Fits   []PresetFit // one for each preset, best first
	Fields []FieldUse  // those that are there, in the order of the Field constants
	Dates  DateUse
	Images []PathUse // folders that featured images are in, as URLs; "" is the article's own or the images folder

	// Folder is the deepest folder that has every dated file in it, or "." also
	// if not all files were read. What is outside are pages, not articles.
	Folder    string
	Skip      []string // as Options.Skip, what in Folder has no dated file in it
	Languages []string // topmost folders named after languages, if there are some

	// Departing has the fields whose lists of paths should not be the best
	// preset's: those that some file has only at a path that the preset lacks,
	// and the topics if not the preset's first kind of them is the main one.
	// No path of the preset is dropped.
	Departing Fields
}

// PresetFit says how well a preset fits.
type PresetFit struct {
	Name  string
	Marks int // files with a key or name that only this generator's sites have
	Gives int // fields that it finds, summed over the files
}

// FieldUse says where a field is.
type FieldUse struct {
	Field Field
	Files int       // that have it at one of the paths
	Paths []PathUse // most frequent first
}

// PathUse is a front-matter path with values that fit the field, or a form or
// place of values.
type PathUse struct {
	Path    string
	Files   int
	Values  int    // different ones; of a list, members count
	Example string // the first
}

// DateUse says where dates of publication are, and how they are written.
type DateUse struct {
	InKey   int       // files with a date in the front matter
	InPath  int       // files with none there, but one in their path or own URL
	Nowhere int       // files with none
	Forms   []PathUse // how those in the front matter are written, most frequent first: Path has 0 for every digit
	Unread  []PathUse // the same, of files whose front matter has none but these, which newsdesk cannot read
}

// Preset is the name of the preset that fits best, or "" if nothing was read.
func (r SurveyResult) Preset() string {
	if r.Read == len(r.Broken) {
		return ""
	}
	return r.Fits[0].Name
}

// Survey reads some of the articles of fsys to find out which preset fits, and
// what in the folder no preset foresees. A preset that is named, and not "", is
// taken for the one that fits best. Nothing in a folder is an error but that it
// cannot be read at all.
func Survey(ctx context.Context, fsys fs.FS, preset string) (SurveyResult, error) {
	if _, err := fs.ReadDir(fsys, "."); err != nil {
		return SurveyResult{}, err
	}
	l := &loader{settings: new(settings), fsys: fsys}
	articles, err := l.files(ctx)
	if err != nil {
		return SurveyResult{}, err
	}
	var all []string
	for _, f := range articles {
		all = append(all, f.path)
	}
	indexPages := slices.ContainsFunc(all, func(name string) bool { return strings.HasPrefix(path.Base(name), "_index.") })
	names := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return skip(nil).file(name) != "" })
	some := evenly(names, surveyed)
	files := make([]fileSurvey, len(some))
	if err := each(ctx, len(some), func(i int) { files[i] = surveyFile(fsys, some[i]) }); err != nil {
		return SurveyResult{}, err
	}
	r := SurveyResult{Files: len(all), Read: len(files), Broken: l.report.Findings}
	var read []fileSurvey
	for _, f := range files {
		if f.broken != nil {
			r.Broken = append(r.Broken, *f.broken)
			continue
		}
		read = append(read, f)
	}
	r.Fits = presetFits(read, indexPages)
	if i := slices.IndexFunc(r.Fits, func(f PresetFit) bool { return f.Name == preset }); i > 0 {
		r.Fits = slices.Insert(slices.Delete(slices.Clone(r.Fits), i, i+1), 0, r.Fits[i])
	}
	fields := Presets[r.Preset()]
	r.Fields = fieldUses(read, fields)
	r.Departing = departing(read, r.Fields, fields)
	r.Dates = dateUse(read)
	r.Images = imageFolders(read)
	r.Languages = languageFolders(read)
	if r.Folder = "."; len(names) == len(files) {
		r.Folder = datedFolder(read)
		r.Skip = undated(files, r.Languages)
	}
	return r, nil
}

// evenly picks at most n of a list.
func evenly(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	picked := make([]string, n)
	for i := range picked {
		picked[i] = list[i*len(list)/n]
	}
	return picked
}
