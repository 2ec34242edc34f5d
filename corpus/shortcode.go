package corpus

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"
)

// stripShortcodes takes the tags of Hugo's shortcodes ({{< figure >}},
// {{% note %}}), of Liquid ({% include x %}, {{ page.title }}) and of JSX (<Tabs>)
// out of a body, and kramdown's attribute lists ({: .note}): without their site's
// templates they mean nothing. What stands between two tags stays. Code is left
// alone, and a highlight tag becomes a code block. param gives the text of a key
// of the front matter, which a tag may name. counts says how often each name was
// taken out, in the order of the first.
func stripShortcodes(text string, param func(key string) string) (stripped string, counts []nameCount) {
	if !strings.ContainsAny(text, "{<") {
		return text, nil
	}
	s := stripper{rest: text, param: param, missing: map[string]bool{}, index: map[string]int{}}
	for s.rest != "" {
		s.next()
	}
	return string(s.out), s.counts
}

// nameCount is how often a name was met.
type nameCount struct {
	name  string
	count int
}

type stripper struct {
	out     []byte
	rest    string
	param   func(key string) string
	filled  int // parameters
	counts  []nameCount
	index   map[string]int  // of counts, by name
	missing map[string]bool // ends that rest does not have: nobody looks for them again
}

// special are where something may begin that is not plain text.
const special = "{`~<"

// next moves plain text, a stretch of code or a tag from rest to out.
func (s *stripper) next() {
	i := strings.IndexAny(s.rest, special)
	if i < 0 {
		i = len(s.rest)
	}
	s.keep(i)
	if n := s.codeLength(); n > 0 {
		s.keep(n)
		return
	}
	if s.tag() || s.comment() || s.attributeList() {
		return
	}
	s.component()
	if s.rest != "" {
		s.keep(1)
	}
}

func (s *stripper) write(text string) { s.out = append(s.out, text...) }

// endsIn reports whether what was written last is text.
func (s *stripper) endsIn(text string) bool { return bytes.HasSuffix(s.out, []byte(text)) }

func (s *stripper) keep(n int) {
	s.write(s.rest[:n])
	s.rest = s.rest[n:]
}

// codeLength gives the length of the code that rest begins with, or 0: a fenced
// block, a code span, or an element pre or code.
func (s *stripper) codeLength() int {
	text := s.rest
	for _, element := range []string{"pre", "code"} {
		if strings.HasPrefix(text, "<"+element+">") || strings.HasPrefix(text, "<"+element+" ") {
			return s.through("</"+element+">", 0)
		}
	}
	if text == "" || text[0] != '`' && text[0] != '~' {
		return 0
	}
	fence := text[:len(text)-len(strings.TrimLeft(text, text[:1]))]
	lineStart := len(s.out) == 0 || s.endsIn("\n")
	if lineStart && len(fence) >= 3 {
		if n := s.through("\n"+fence, len(fence)); n > 0 {
			return n
		}
		return len(text) // a block that nobody closed runs to the end
	}
	if n := s.through(fence, len(fence)); fence[0] == '`' && n > 0 && !strings.Contains(text[:n], "\n\n") {
		return n
	}
	return len(fence)
}

// through gives the length of rest up to and with the first end after from, or
// 0 without one.
func (s *stripper) through(end string, from int) int {
	if s.missing[end] {
		return 0
	}
	i := strings.Index(s.rest[min(from, len(s.rest)):], end)
	if i < 0 {
		s.missing[end] = true
		return 0
	}
	return from + i + len(end)
}

// delimiters of tags, the longer first.
var delimiters = []struct{ open, close string }{
	{"{{<", ">}}"}, {"{{%", "%}}"}, {"{%-", "-%}"}, {"{%", "%}"}, {"{{", "}}"},
}

// tag takes a tag from the start of rest, if there is one.
func (s *stripper) tag() bool {
	for _, d := range delimiters {
		if !strings.HasPrefix(s.rest, d.open) {
			continue
		}
		n := s.through(d.close, len(d.open))
		if n == 0 || d.open == "{{" && strings.Count(s.rest[:n], "\n") > 1 {
			continue
		}
		inner := strings.Trim(s.rest[len(d.open):n-len(d.close)], "- \t\n")
		s.rest = s.rest[n:]
		s.replace(d.open, d.close, inner)
		return true
	}
	return false
}

// replace writes what stands for a tag, mostly nothing.
func (s *stripper) replace(open, close, inner string) {
	if quoted, ok := strings.CutPrefix(inner, "/*"); ok { // Hugo's way to show a shortcode
		s.write(open + " " + strings.TrimSpace(strings.TrimSuffix(quoted, "*/")) + " " + close)
		return
	}
	name, arguments, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(inner, "/")), " ")
	closing := strings.HasPrefix(inner, "/") || strings.HasPrefix(name, "end")
	switch bare := strings.TrimPrefix(name, "end"); {
	case bare == "highlight" && open != "{{":
		language, _, _ := strings.Cut(strings.TrimSpace(arguments), " ")
		if closing {
			language = ""
		}
		s.write("\n```" + language + "\n")
		s.code(bare, closing)
	case bare == "raw" && !closing:
		s.code(bare, false)
	case bare == "comment" && !closing:
		if n := s.through("{% endcomment %}", 0); n > 0 {
			s.rest = s.rest[n:]
		}
	case closing || name == "" || open == "{{" && s.endsIn("="): // or JSX: style={{…}}
	default:
		s.output(name, inner)
	}
}

// output writes what a tag would have put there, if newsdesk can know it.
func (s *stripper) output(name, inner string) {
	if text, ok := s.known(name, inner); ok {
		s.write(text)
		return
	}
	s.count(name)
	for _, destination := range []string{"](", "](<", "]: ", "]: <", `href="`, `src="`, "href='", "src='"} {
		if s.endsIn(destination) {
			s.write(unknownURL)
			return
		}
	}
	for _, around := range []string{"<>", "****", "____", "**", "__"} { // what would frame nothing
		before, after := around[:len(around)/2], around[len(around)/2:]
		if s.endsIn(before) && strings.HasPrefix(s.rest, after) {
			s.out = s.out[:len(s.out)-len(before)]
			s.rest = s.rest[len(after):]
			return
		}
	}
}

// unknownURL begins a URL of which a template knows the rest. It is none that
// absolute takes, so that the link's text is kept and leads nowhere.
const unknownURL = "template:"

var (
	quotedPath = regexp.MustCompile(`^["']([^"']*)["'](?:\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.\w+))*$`)
	namedParam = regexp.MustCompile(`^(?:param\s+["']?|page\.|\.Params\.)([\w.-]+)["']?$`)
)

// known gives the text of a tag that names the site's root, a path below it, or a
// key of the article's own front matter.
func (s *stripper) known(name, inner string) (text string, ok bool) {
	switch name {
	case "site.url", "site.baseurl", ".Site.BaseURL":
		return "", name == inner
	}
	if m := quotedPath.FindStringSubmatch(inner); m != nil {
		return m[1], true
	}
	const longest, most = 300, 1000 // so that no article grows without bounds
	if m := namedParam.FindStringSubmatch(inner); m != nil && s.filled < most {
		text = s.param(m[1])
		s.filled++
	}
	return text, text != "" && len(text) <= longest
}

// comment takes a comment of MDX from the start of rest, if there is one.
func (s *stripper) comment() bool {
	if !strings.HasPrefix(s.rest, "{/*") {
		return false
	}
	n := s.through("*/}", len("{/*"))
	s.rest = s.rest[n:]
	return n > 0
}

// Lists of attributes as kramdown ({: .note title="x"}) and, behind headings,
// many others ({#id .note}) have them.
var attributes = regexp.MustCompile(`^(?:\{:(?:\s*(?:[.#][\w-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'}]+)|toc))+\s*\}` +
	`|\{[.#][\w-]+(?:\s*[.#][\w-]+)*\s*\}[ \t]*(?m:$))`)

// attributeList takes a list of attributes from the start of rest, if there is
// one.
func (s *stripper) attributeList() bool {
	if !strings.HasPrefix(s.rest, "{:") && !strings.HasPrefix(s.rest, "{#") && !strings.HasPrefix(s.rest, "{.") {
		return false
	}
	const longest = 300
	list := attributes.FindString(s.rest[:min(len(s.rest), longest)])
	s.rest = s.rest[len(list):]
	return list != ""
}

var componentTag = regexp.MustCompile(`^<([A-Z][A-Za-z0-9.]*[a-z][A-Za-z0-9.]*)[\s/>]`)

// component counts a component of JSX that rest begins with. The sanitiser takes
// its tags out, as it does all that it does not know.
func (s *stripper) component() {
	if m := componentTag.FindStringSubmatch(s.rest[:min(len(s.rest), 80)]); m != nil && atom.Lookup([]byte(strings.ToLower(m[1]))) == 0 {
		s.count("<" + m[1] + ">")
	}
}

// code keeps what stands up to the end of a tag whose inside is not for us.
func (s *stripper) code(name string, closing bool) {
	if closing {
		return
	}
	for _, end := range []string{"{% end" + name, "{%- end" + name, "{{< /" + name, "{{</" + name, "{{% /" + name} {
		if n := s.through(end, 0); n > 0 {
			s.keep(n - len(end))
			return
		}
	}
}

func (s *stripper) count(name string) {
	if i, ok := s.index[name]; ok {
		s.counts[i].count++
		return
	}
	s.index[name] = len(s.counts)
	s.counts = append(s.counts, nameCount{name, 1})
}
