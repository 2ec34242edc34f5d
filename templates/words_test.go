package templates

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// What readers get has no words of its own: they stand in package words, in every
// language. Scripts are not looked at.
func TestNoWords(t *testing.T) {
	markup := regexp.MustCompile(`(?s)\{\{-? ?/\*.*?\*/ ?-?\}\}|\{\{define "(?:css-\w+|self)"\}\}[^\n]*|\{\{.*?\}\}|<style>.*?</style>|<[^<>]*>|&\w+;`)
	attribute := regexp.MustCompile(`\b(?:aria-label|alt|title|placeholder)="[^"]*\pL[^"]*"`)
	letters := regexp.MustCompile(`\pL+`)
	nobodys := regexp.MustCompile(`(?s)<script>.*?</script>|\b(?:RSS|Atom|JSON|OPML)\b`) // languages'
	check := func(name, source string) {
		source = nobodys.ReplaceAllString(source, "")
		text := markup.ReplaceAllString(source, " ")
		attributes := strings.Join(attribute.FindAllString(regexp.MustCompile(`(?s)\{\{.*?\}\}`).ReplaceAllString(source, ""), -1), " ")
		for _, found := range letters.FindAllString(strings.TrimPrefix(text, "Subject:")+attributes, -1) {
			t.Errorf("%s: %q (want a text of package words)", name, found)
		}
	}
	for _, pattern := range []string{"subscribe.html", "confirm.html", "preferences.html", "unsubscribe.html", "notice.html", "mail-*", "partials/newsletter-parts.html", "partials/mail-parts.html", "index.html", "topic.html", "issues.html", "partials/feed-parts.html"} {
		names, err := fs.Glob(builtin, pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, names, err)
		}
		for _, name := range names {
			source, err := fs.ReadFile(builtin, name)
			if err != nil {
				t.Fatal(err)
			}
			check(name, string(source))
		}
	}
}
