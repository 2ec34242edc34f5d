package main

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/viper"
	"golang.org/x/text/language"
)

// siteFacts is what a generator's own configuration says of a site. What it does
// not say is "".
type siteFacts struct {
	file      string // that says it: the configuration, where nothing else does
	folder    string // that it is in: the site's
	preset    string
	title     string
	url       string
	timezone  string
	language  string
	base      string // folder of the content, relative to the site's, whose subfolders are in URLs
	permalink func(pageFacts) string
}

// pageFacts are what the own pages of a site depend on besides its configuration.
type pageFacts struct {
	folder    string // of the articles, relative to siteFacts.base, "" for that itself, without a language's
	inside    string // the same with it
	template  string // in which all articles write their own permalink (Liquid), or ""
	languages bool   // the articles' topmost folders are languages
	slugs     bool   // most articles have one
}

// generators are the configurations that init reads, in the order in which they
// are looked for. Hugo and Zola share a name.
var generators = []struct {
	files []string
	read  func(file string) siteFacts
}{
	{[]string{"eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts", ".eleventy.js"}, readEleventy},
	{[]string{"_config.yml", "_config.yaml"}, readJekyll},
	{[]string{"astro.config.mjs", "astro.config.ts", "astro.config.js"}, readAstro},
	{[]string{"docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs"}, readDocusaurus},
	{hugoFiles(), readHugo},
}

func hugoFiles() []string {
	var files []string
	for _, stem := range []string{"hugo", "config/_default/hugo", "config/_default/config", "config"} {
		for _, ending := range []string{".toml", ".yaml", ".yml", ".json"} {
			files = append(files, stem+ending)
		}
	}
	return files
}

// readSite looks for a generator's configuration in dir and the folders above
// it: dir may be the articles' folder.
func readSite(dir string) siteFacts {
	folder, err := filepath.Abs(dir)
	if err != nil {
		return siteFacts{}
	}
	const deepest = 4 // content/en/blog/2021
	for range deepest {
		for _, g := range generators {
			for _, name := range g.files {
				file := filepath.Join(folder, filepath.FromSlash(name))
				if _, err := os.Stat(file); err != nil {
					continue
				}
				if f := g.read(file); f.preset != "" {
					f.file, f.folder = cmp.Or(f.file, name), folder
					return f.checked()
				}
			}
		}
		folder = filepath.Dir(folder)
	}
	return siteFacts{}
}

// checked drops what newsdesk would refuse.
func (f siteFacts) checked() siteFacts {
	f.title = strings.Join(strings.Fields(f.title), " ")
	f.url = strings.TrimRight(f.url, "/")
	if !isHTTP(f.url) {
		f.url = ""
	}
	if !isZone(f.timezone) {
		f.timezone = ""
	}
	tag, err := language.Parse(f.language)
	if f.language = tag.String(); err != nil {
		f.language = ""
	}
	return f
}

// readKeys reads a configuration in YAML, TOML or JSON; a broken one says nothing.
func readKeys(file string) *viper.Viper {
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"))
	v.SetConfigFile(file)
	text, err := siteText(file)
	if err != nil || v.ReadConfig(bytes.NewReader(text)) != nil {
		return viper.New()
	}
	return v
}

func readJekyll(file string) siteFacts {
	v := readKeys(file)
	f := siteFacts{
		preset: "jekyll", title: cmp.Or(v.GetString("title"), v.GetString("name")),
		timezone: v.GetString("timezone"), language: strings.ReplaceAll(cmp.Or(v.GetString("lang"), v.GetString("locale")), "_", "-"),
	}
	if site := v.GetString("url"); site != "" {
		f.url = site + v.GetString("baseurl")
	}
	pattern := cmp.Or(postDefault(v.Get("defaults")), textAt(v.Get("collections"), "posts", "permalink"), v.GetString("permalink"), "date")
	f.permalink = func(p pageFacts) string { return jekyllPermalink(pattern, p) }
	return f
}

// postDefault finds the permalink that _config.yml gives to posts.
func postDefault(defaults any) string {
	list, _ := defaults.([]any)
	for _, d := range list {
		kind := textAt(d, "scope", "type")
		if pattern := textAt(d, "values", "permalink"); pattern != "" && (kind == "posts" || kind == "" && strings.Trim(textAt(d, "scope", "path"), "/") == "_posts") {
			return pattern
		}
	}
	return ""
}

// textAt gives the text at a path of keys.
func textAt(v any, keys ...string) string {
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	text, _ := v.(string)
	return text
}

// Jekyll's named styles (jekyllrb.com, "Permalinks").
var jekyllStyles = map[string]string{
	"date":   "/:categories/:year/:month/:day/:title.html",
	"pretty": "/:categories/:year/:month/:day/:title/",
	"none":   "/:categories/:title.html",
}

// jekyllPermalink translates a pattern. Categories are taken to be folders.
func jekyllPermalink(pattern string, p pageFacts) string {
	folders := "/" + path.Join(strings.TrimSuffix(p.folder, "_posts"), ":folder")
	if p.languages {
		folders = "/:language" + folders
	}
	return newsdeskPermalink(cmp.Or(jekyllStyles[pattern], pattern), map[string]string{
		":title": ":name", ":slug": ":slug", ":categories": folders, ":output_ext": ".html", ":i_month": ":i_month", ":i_day": ":i_day",
	})
}

var patternWord = regexp.MustCompile(`:[a-z_]+`)

// newsdeskPermalink translates a generator's pattern, or gives "" if it has a
// word that newsdesk has not.
func newsdeskPermalink(pattern string, words map[string]string) string {
	unknown := false
	translated := patternWord.ReplaceAllStringFunc(pattern, func(word string) string {
		if slices.Contains([]string{":year", ":month", ":day"}, word) {
			return word
		}
		unknown = unknown || words[word] == ""
		return words[word]
	})
	if unknown {
		return ""
	}
	return strings.ReplaceAll("/"+strings.TrimLeft(translated, "/"), "//", "/")
}

// readHugo reads the configuration of Hugo, or of Zola, which has base_url.
func readHugo(file string) siteFacts {
	v := readKeys(file)
	f := siteFacts{
		preset: "hugo", base: "content", title: v.GetString("title"), timezone: v.GetString("timezone"),
		url:      cmp.Or(v.GetString("baseurl"), v.GetString("base_url")),
		language: cmp.Or(v.GetString("defaultcontentlanguage"), v.GetString("default_language"), v.GetString("languagecode"), v.GetString("locale")),
	}
	if f.url == "" {
		return siteFacts{}
	}
	languages := "(/:language)"
	if v.GetBool("defaultcontentlanguageinsubdir") {
		languages = "/:language"
	}
	patterns := v.Get("permalinks")
	f.permalink = func(p pageFacts) string {
		section, _, _ := strings.Cut(p.folder, "/")
		folders := path.Join("/", p.folder, ":folder")
		pattern := cmp.Or(textAt(patterns, section), textAt(patterns, "page", section), folders+"/:filename/")
		named := newsdeskPermalink(pattern, map[string]string{
			":slug": ":name", ":slugorfilename": ":name", ":slugorcontentbasename": ":name", ":filename": ":name", ":contentbasename": ":name",
			":title": ":slug", ":section": section, ":sections": folders, ":folder": ":folder",
		})
		if named == "" || !p.languages {
			return named
		}
		return languages + named
	}
	return f
}

// siteText reads a file of the site's generator, if it is one: a pipe of that name would
// never end.
func siteText(file string) ([]byte, error) {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fs.ErrInvalid)
	}
	return readLimited(file, maxConfig)
}

// configText finds the text of a key, or of the first of some (title|name), in a configuration that is JavaScript: that of the
// key that is least indented, for a title may be in a menu, too. What comes from
// the environment if it is there (process.env.URL || "…") is what is written.
func configText(file, key string) string {
	text, err := siteText(file)
	if err != nil {
		return ""
	}
	line := regexp.MustCompile(`(?m)^([ \t]*)(?:export const )?['"]?(?:` + key + `)['"]?\s*[:=]\s*(?:process\.env\.\w+\s*(?:\|\||\?\?)\s*)?(?:'([^'\n]+)'|"([^"\n]+)"|` + "`([^`$\n]+)`)")
	found, indented := "", len(text)
	for _, m := range line.FindAllSubmatch(text, -1) {
		if len(m[1]) < indented {
			found, indented = cmp.Or(string(m[2]), string(m[3]), string(m[4])), len(m[1])
		}
	}
	return found
}

// Astro's routes are code; most sites have a collection's pages below its name.
func readAstro(file string) siteFacts {
	return siteFacts{preset: "astro", url: configText(file, "site"), base: "src/content", permalink: func(p pageFacts) string {
		folder := strings.TrimPrefix(p.folder, "docs") // Starlight's, which serves it as its root
		return strings.ReplaceAll(path.Join("/", folder, ":folder", ":name")+"/", "//", "/")
	}}
}

func readDocusaurus(file string) siteFacts {
	f := siteFacts{preset: "astro", title: configText(file, "title"), base: "."}
	if site := configText(file, "url"); site != "" {
		f.url = site + configText(file, "baseUrl")
	}
	f.permalink = func(p pageFacts) string {
		if p.slugs {
			return path.Join("/", p.folder, ":name")
		}
		return path.Join("/", p.folder, ":year/:month/:day/:name")
	}
	return f
}
