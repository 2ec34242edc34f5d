package mailcheck

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// missing is how many links that only the HTML has are told one by one.
const missing = 5

var (
	webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)
	markup     = regexp.MustCompile(`</?(p|div|a|span|table|td|tr|br|strong|em|ul|li|h[1-6])(\s[^>]*)?>|&(amp|lt|gt|nbsp|quot|#\d+);`)
)

// text checks the text part, and that it says what the HTML says.
func (c *checker) text() {
	text := string(c.Mail.Text)
	if strings.TrimSpace(text) == "" {
		c.add(Finding{Severity: Error, Kind: "text-empty", Part: Text, Text: "the text part is empty"})
		return
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		switch n := utf8.RuneCountInString(line); {
		case n > 78 && !webAddress.MatchString(line):
			c.add(Finding{Severity: Note, Kind: "text-long-line", Part: Text, Line: i + 1, Text: fmt.Sprintf("a line of %d characters: mail readers break it where they like (want 72)", n)})
		case markup.MatchString(line):
			c.add(Finding{Severity: Warning, Kind: "text-markup", Part: Text, Line: i + 1, Text: fmt.Sprintf("%q is HTML in the text part", markup.FindString(line))})
		}
	}
	if c.root != nil {
		c.parity(text)
	}
}

// parity checks that the text part has the HTML's links.
func (c *checker) parity(text string) {
	var there []string
	for _, address := range webAddress.FindAllString(text, -1) {
		there = append(there, strings.TrimRight(address, ".,;:!?)"), address)
	}
	var lost []*node
	seen := make(map[string]bool)
	for a := range c.root.elements("a") {
		href := strings.TrimSpace(a.attrs["href"])
		if webAddress.MatchString(href) && !seen[href] && !slices.Contains(there, href) {
			seen[href] = true
			lost = append(lost, a)
		}
	}
	for _, a := range lost[:min(missing, len(lost))] {
		c.at(a, Warning, "text-without-link", "the text part has no link to %s", brief(a.attrs["href"], 80))
	}
	if n := len(lost) - missing; n > 0 {
		c.add(Finding{Severity: Warning, Kind: "text-without-link", Part: Text, Text: fmt.Sprintf("the text part lacks %d more links of the HTML", n)})
	}
}

// leftover are traces of a template or a placeholder that nobody filled. Only
// a part that has one of the signs is searched.
var leftover = []struct {
	kind     string
	severity Severity
	signs    []string
	form     *regexp.Regexp
}{
	// Where html/template writes it: as a URL, in a style, for an attribute's name. A story may be about it.
	{"left-template", Error, []string{"ZgotmplZ"}, regexp.MustCompile(`"#ZgotmplZ|style="[^"]*ZgotmplZ|<[a-z0-9]+ [^<>]*\bZgotmplZ=`)},
	{"left-template", Warning, []string{"no value", "%!", "*|", "%%", "%recipient"}, // an article may be about them
		regexp.MustCompile(`<no value>|&lt;no value&gt;|%![a-z]\([^)]*\)|\*\|[A-Z_:]+\|\*|%%[a-z_]+%%|%recipient[._a-z]*%`)},
	{"left-template", Warning, []string{"{{", "{%", "[[", "${"},
		regexp.MustCompile(`\{\{[^{}]*\}\}|\{%[^%]*%\}|\[\[[a-z_. ]+\]\]|\$\{[a-z_.]+\}`)},
	{"left-placeholder", Warning, []string{"orem ", "OREM ", "TODO", "FIXME", "TKTK"},
		regexp.MustCompile(`(?i:lorem ipsum)|\b(TODO|FIXME|TKTK)\b`)},
	{"left-mark", Error, []string{"mark.newsdesk.invalid"}, regexp.MustCompile(`https?://mark\.newsdesk\.invalid[^\s"<>]*`)},
}

// leftovers looks for what should have been replaced.
func (c *checker) leftovers(part Part, text string) {
	for _, l := range leftover {
		signed := func(s string) bool {
			return slices.ContainsFunc(l.signs, func(sign string) bool { return strings.Contains(s, sign) })
		}
		if !signed(text) {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if !signed(line) || strings.Contains(line, "<!--[if") && l.severity == Warning {
				continue
			}
			for _, found := range l.form.FindAllString(line, -1) {
				if !slices.Contains(c.Marks, found) {
					if part == HTML {
						found = html.UnescapeString(found) // as its reader sees it
					}
					c.add(Finding{Severity: l.severity, Kind: l.kind, Part: part, Line: i + 1, Text: fmt.Sprintf("%q is left over from a template", brief(found, 60))})
				}
			}
		}
	}
}
