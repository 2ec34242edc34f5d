package corpus

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// languageTag gives a language as BCP 47 writes it: zh_tw is zh-TW. It is ""
// for what is no language.
func languageTag(text string) string {
	tag, err := language.Parse(strings.TrimSpace(text))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// cutLanguage cuts the language off a file's name without its ending: "about.es"
// is "about" in "es". Only two letters, perhaps with a region, are a language
// there: "jquery.min" is no text in Minangkabau.
func cutLanguage(name string) (rest, tag string) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return name, ""
	}
	suffix := name[dot+1:]
	if bare, _, _ := strings.Cut(strings.ReplaceAll(suffix, "_", "-"), "-"); len(bare) != 2 {
		return name, ""
	}
	if tag = languageTag(suffix); tag == "" {
		return name, ""
	}
	return name[:dot], tag
}

// language finds an article's language: its own field, the file's name
// (index.es.md), the topmost folder if the site has its language, else the
// site's. written is how that place writes it.
func (r *reader) language(front value) (tag, written string) {
	if v, ok := r.text(front, FieldLanguage); ok {
		if tag := languageTag(v.text); tag != "" {
			return tag, strings.TrimSpace(v.text)
		}
		r.warn("bad-language", v.line, FieldLanguage, fmt.Sprintf("%q is not a language (want en-US)", v.text))
	}
	name := strings.TrimSuffix(path.Base(r.path), path.Ext(r.path))
	if rest, tag := cutLanguage(name); tag != "" {
		r.because(FieldLanguage, "the file's name gives it")
		return tag, name[len(rest)+1:]
	}
	if folder, _, ok := strings.Cut(r.path, "/"); ok && len(r.languages) > 0 {
		if tag := languageTag(folder); tag != "" && slices.Contains(r.languages, tag) {
			r.because(FieldLanguage, "the folder's name gives it")
			return tag, folder
		}
	}
	r.because(FieldLanguage, "the site's language")
	return r.Language, r.Language
}
