package main

import (
	"cmp"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

var (
	eleventyInput  = regexp.MustCompile(`\bdir\s*:\s*\{[^}]*?\binput\s*:\s*['"]([^'"\n]+)['"]|\bsetInputDirectory\(\s*['"]([^'"\n]+)['"]`)
	templateOutput = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)
	templateDate   = regexp.MustCompile(`^(?:page\.)?date\s*\|\s*\w+\s*[:(]\s*['"]([^'"]+)['"]\s*\)?$`)
)

// readEleventy reads the configuration of Eleventy, which is a program: only what
// stands in it as plain text. Title and URL are in global data, which has no
// fixed name either.
func readEleventy(file string) siteFacts {
	f := siteFacts{preset: "eleventy", base: "."}
	if text, err := siteText(file); err == nil {
		if m := eleventyInput.FindSubmatch(text); m != nil {
			f.base = cmp.Or(string(m[1]), string(m[2]))
		}
	}
	folder := filepath.Dir(file)
	f.addData(folder)
	if prefix := strings.Trim(configText(file, "pathPrefix"), "/"); f.url != "" && prefix != "" && !strings.HasSuffix(strings.TrimRight(f.url, "/"), "/"+prefix) {
		f.url = strings.TrimRight(f.url, "/") + "/" + prefix
	}
	f.permalink = func(p pageFacts) string {
		template, known := p.template, true
		if template == "" {
			template, known = directoryPermalink(filepath.Join(folder, f.base), p.inside)
		}
		switch {
		case !known:
			return ""
		case template == "":
			return path.Join("/", p.inside, ":path") + "/"
		}
		return eleventyPermalink(template, p)
	}
	return f
}

// addData takes title, URL and language from the first file of global data that
// has a URL.
func (f *siteFacts) addData(folder string) {
	for _, data := range []string{"_data", path.Join(f.base, "_data"), path.Join(f.base, "data"), "data"} {
		for _, name := range []string{"metadata", "site", "meta", "config"} {
			for _, ending := range []string{".json", ".js", ".cjs", ".mjs", ".yaml", ".yml"} {
				file := filepath.Join(folder, filepath.FromSlash(data), name+ending)
				if address := dataText(file, "url|siteUrl|siteURL|baseUrl"); isHTTP(address) {
					f.file, f.url, f.title = path.Join(data, name+ending), address, dataText(file, "title|siteName|siteTitle|name")
					f.language = strings.ReplaceAll(dataText(file, "language|lang|locale"), "_", "-")
					return
				}
			}
		}
	}
}

// dataText gives the text of one of some keys (title|name) of a file of data.
func dataText(file, keys string) string {
	if strings.HasSuffix(file, "js") {
		return configText(file, keys)
	}
	v := readKeys(file)
	for key := range strings.SplitSeq(keys, "|") {
		if text := v.GetString(key); text != "" {
			return text
		}
	}
	return ""
}

// directoryPermalink gives the permalink that the data of a folder, or of one
// above it up to input, gives to all its pages: "" if there is none. It is not
// known if it may be the result of a program.
func directoryPermalink(input, folder string) (template string, known bool) {
	for {
		dir := filepath.Join(input, filepath.FromSlash(folder))
		absolute, err := filepath.Abs(dir)
		if err != nil {
			return "", false
		}
		for _, ending := range []string{".11tydata.js", ".11tydata.cjs", ".11tydata.mjs", ".11tydata.json", ".json"} {
			file := filepath.Join(dir, filepath.Base(absolute)+ending)
			text, err := siteText(file)
			if err != nil {
				continue
			}
			if template = dataText(file, "permalink"); template != "" {
				return template, true
			}
			for _, computed := range []string{"permalink", "import ", "require("} {
				if strings.Contains(string(text), computed) {
					return "", false
				}
			}
		}
		if folder == "" || folder == "." {
			return "", true
		}
		folder = strings.TrimPrefix(path.Dir(folder), ".")
	}
}

// eleventyPermalink translates a permalink in Liquid or Nunjucks, or gives "" if
// it has an expression that newsdesk has no word for.
func eleventyPermalink(template string, p pageFacts) string {
	pattern := templateOutput.ReplaceAllStringFunc(template, func(output string) string {
		expression := templateOutput.FindStringSubmatch(output)[1]
		date := templateDate.FindStringSubmatch(expression)
		switch {
		case expression == "page.fileSlug" || expression == "slug" && p.slugs:
			return ":name"
		case expression == "page.filePathStem":
			return path.Join("/", p.inside, ":folder/:name")
		case date != nil:
			return strings.NewReplacer("%Y", ":year", "%m", ":month", "%d", ":day",
				"yyyy", ":year", "YYYY", ":year", "LL", ":month", "MM", ":month", "dd", ":day", "DD", ":day").Replace(date[1])
		}
		return "{{"
	})
	pattern = strings.ReplaceAll("/"+strings.TrimSuffix(pattern, "index.html"), "//", "/")
	if strings.ContainsAny(pattern, "{}%") || corpus.CheckPermalink(pattern) != nil {
		return ""
	}
	return pattern
}
