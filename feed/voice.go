package feed

import (
	"html/template"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/words"
)

// voice is the language of what newsdesk says itself, in a feed and on its page.
type voice struct {
	Language string // BCP 47
	Dir      string // ltr or rtl
	Words    *words.Words
}

// newVoice gives the voice of a site: in its language, or in English if it has no
// words in that, nor has the site.
func newVoice(o Options) *voice {
	language := o.Site.Language
	if words.First(language) == "" && len(o.Words) == 0 {
		language = "en"
	}
	return &voice{language, words.Direction(language), words.Of(language, o.Words)}
}

// in gives the voice of a feed in a language: that language's, or else the site's.
func (v *voice) in(language string, o Options) *voice {
	if words.First(language) == "" || words.Primary(language) == words.Primary(v.Language) {
		return v
	}
	return &voice{language, words.Direction(language), words.Of(language, o.Words)}
}

// about is words.About. In a text from the right, names, which may be Latin, are
// isolated (Unicode Standard Annex 9), or they take its full stop and brackets along.
func (v *voice) about(pattern, name, site string) string {
	if v.Dir == "rtl" {
		name, site = "\u2068"+name+"\u2069", "\u2068"+site+"\u2069"
	}
	return words.About(pattern, name, site)
}

// group names the group of all feeds of a kind, or is "".
func (v *voice) group(kind Kind) string {
	w := v.Words
	return map[Kind]string{
		KindNamed: w.Selections, KindVocabulary: w.Vocabularies, KindSource: w.Sources,
		KindAuthor: w.Authors, KindOffering: w.OfferingFeeds, KindLanguage: w.LanguageFeeds,
	}[kind]
}

// funcs are those of pages in the voice.
func (v *voice) funcs() template.FuncMap {
	return template.FuncMap{
		"words": func() *words.Words { return v.Words },
		"day":   v.Words.YearDay,
		"date":  func(t time.Time) string { return t.Format(time.DateOnly) },
		"dated": v.dated,
		"sited": sited,
		"named": func(pattern, site string) string { return words.About(pattern, "", site) },
		"weeks": func(n int) string { return strings.ReplaceAll(v.Words.InWeeks, "{articles}", v.Words.CountArticles(n)) },
		"type":  typeAttribute,
	}
}

// dated puts a day into a text, as HTML.
func (v *voice) dated(pattern string, t time.Time) template.HTML {
	day := `<time datetime="` + t.Format(time.DateOnly) + `">` + template.HTMLEscapeString(v.Words.YearDay(t)) + `</time>`
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(pattern), "{date}", day))
}

// sited puts the site's title into a text, as HTML that keeps its language and
// direction its own.
func sited(pattern string, s Site) template.HTML {
	title := `<bdi lang="` + template.HTMLEscapeString(s.Language) + `">` + template.HTMLEscapeString(s.Title) + `</bdi>`
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(pattern), "{site}", title))
}
