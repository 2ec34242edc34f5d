package corpus

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// presetFits ranks the presets. What only one generator's sites have counts
// more than a field, because most presets find title, date and tags.
func presetFits(files []fileSurvey, indexPages bool) []PresetFit {
	var fits []PresetFit
	for name, fields := range Presets {
		fit := PresetFit{Name: name}
		for _, f := range files {
			if f.marks[name] || name == "hugo" && indexPages {
				fit.Marks++
			}
			for field, paths := range fields {
				if f.first(field, paths) != "" {
					fit.Gives++
				}
			}
		}
		fits = append(fits, fit)
	}
	slices.SortFunc(fits, func(a, b PresetFit) int {
		return cmp.Or(cmp.Compare(b.Gives+4*b.Marks, a.Gives+4*a.Marks), strings.Compare(a.Name, b.Name))
	})
	return fits
}

// fieldUses counts, for each field, the files at each path. Paths are spelt as
// the preset does.
func fieldUses(files []fileSurvey, preset Fields) []FieldUse {
	var uses []FieldUse
	for _, c := range candidates {
		use := FieldUse{Field: c.field}
		counts := counter{}
		for _, f := range files {
			for path, values := range f.values[c.field] {
				if i := indexFold(preset[c.field], path); i >= 0 {
					path = preset[c.field][i]
				}
				counts.add(path, values)
			}
			if len(f.values[c.field]) > 0 {
				use.Files++
			}
		}
		if use.Files > 0 {
			use.Paths = counts.list()
			uses = append(uses, use)
		}
	}
	return uses
}

// departing compares what files have with what the preset finds in them. A path
// with one value for all files says nothing of an article and is not added.
func departing(files []fileSurvey, uses []FieldUse, preset Fields) Fields {
	departing := Fields{}
	for _, use := range uses {
		paths := slices.Clone(preset[use.Field])
		if use.Field == FieldTopics {
			paths = slices.DeleteFunc(paths, func(p string) bool { return strings.EqualFold(p, mainTopics(use.Paths)) })
			paths = slices.Insert(paths, 0, mainTopics(use.Paths))
		}
		for _, p := range use.Paths {
			gains := func(f fileSurvey) bool {
				return f.first(use.Field, []string{p.Path}) != "" && f.first(use.Field, paths) == ""
			}
			if (p.Values > 1 || p.Files == 1) && slices.ContainsFunc(files, gains) {
				paths = append(paths, p.Path)
			}
		}
		if !slices.Equal(paths, preset[use.Field]) {
			departing[use.Field] = paths
		}
	}
	return departing
}

// mainTopics chooses between kinds of topics: the one that most articles have,
// or, if another is in nearly as many, the one with fewer names, because a feed
// of each makes sense. One or two names say nothing.
func mainTopics(kinds []PathUse) string {
	best := kinds[0]
	for _, kind := range kinds[1:] {
		if kind.Files*10 >= kinds[0].Files*9 && kind.Values > 2 && (kind.Values < best.Values || best.Values <= 2) {
			best = kind
		}
	}
	return best.Path
}

func dateUse(files []fileSurvey) DateUse {
	var d DateUse
	forms, unread := counter{}, counter{}
	for _, f := range files {
		switch {
		case f.date != "":
			d.InKey++
			forms.add(form(f.date), []string{f.date})
		case f.unreadDate != "":
			unread.add(form(f.unreadDate), []string{f.unreadDate})
		case f.dateInPath:
			d.InPath++
		default:
			d.Nowhere++
		}
	}
	d.Forms, d.Unread = forms.list(), unread.list()
	return d
}

// form gives the shape of a date: digits are 0, words a.
func form(text string) string {
	var b strings.Builder
	word := false
	for _, c := range text {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7f
		switch {
		case c >= '0' && c <= '9':
			b.WriteByte('0')
		case c == 'T', c == 'Z':
			b.WriteRune(c)
		case !letter:
			b.WriteRune(c)
		case !word:
			b.WriteByte('a')
		}
		word = letter && c != 'T' && c != 'Z'
	}
	return b.String()
}

// imageFolders counts the folders of featured images. Folders below one that
// most are in count as that one, because many sites have one for each article.
func imageFolders(files []fileSurvey) []PathUse {
	groups := counter{}
	for _, f := range files {
		if f.image != "" {
			groups.add(imageRoot(f.image), []string{f.image})
		}
	}
	folders := groups.list()
	for i := range folders {
		folders[i].Path = groups.commonFolder(folders[i].Path)
	}
	return folders
}

// imageRoot gives the first folder of an image's URL: "/assets" of
// "/assets/img/a.png", "https://cdn.example.org" of a remote one, "" of a
// relative one.
func imageRoot(image string) string {
	if scheme, rest, ok := strings.Cut(image, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host
	}
	if !strings.HasPrefix(image, "/") {
		return ""
	}
	root, _, deeper := strings.Cut(image[1:], "/")
	if !deeper {
		return "/"
	}
	return "/" + root
}

// commonFolder gives the deepest folder that all images of a group are in.
func (c counter) commonFolder(root string) string {
	if !strings.HasPrefix(root, "/") {
		return root
	}
	common := ""
	for image := range c[root].values {
		if common == "" {
			common = path.Dir(image)
		}
		for common != "/" && !strings.HasPrefix(path.Clean(image), common+"/") {
			common = path.Dir(common)
		}
	}
	return common
}

// counter counts files by path.
type counter map[string]*pathCount

type pathCount struct {
	files  int
	values map[string]bool
	first  string
}

func (c counter) add(path string, values []string) {
	p := c[path]
	if p == nil {
		p = &pathCount{values: map[string]bool{}, first: values[0]}
		c[path] = p
	}
	p.files++
	for _, v := range values {
		p.values[v] = true
	}
}

// list gives the paths, most frequent first.
func (c counter) list() []PathUse {
	var list []PathUse
	for path, p := range c {
		list = append(list, PathUse{path, p.files, len(p.values), p.first})
	}
	slices.SortFunc(list, func(a, b PathUse) int {
		return cmp.Or(cmp.Compare(b.Files, a.Files), strings.Compare(a.Path, b.Path))
	})
	return list
}
