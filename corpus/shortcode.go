package corpus

import (
	"strings"
)

// stripShortcodes takes the tags of Hugo's shortcodes ({{< figure >}},
// {{% note %}}) and of Liquid ({% include x %}, {{ page.title }}) out of a
// body: without their site's templates they mean nothing. What stands between
// two tags stays. Code is left alone, and a highlight tag becomes a code block.
// counts says how often each name was taken out, in the order of the first.
func stripShortcodes(text string) (stripped string, counts []nameCount) {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return text, nil
	}
	s := stripper{rest: text, missing: map[string]bool{}}
	for s.rest != "" {
		s.next()
	}
	return s.out.String(), s.counts
}

// nameCount is how often a name was met.
type nameCount struct {
	name  string
	count int
}

type stripper struct {
	out     strings.Builder
	rest    string
	counts  []nameCount
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
	if !s.tag() && s.rest != "" {
		s.keep(1)
	}
}

func (s *stripper) keep(n int) {
	s.out.WriteString(s.rest[:n])
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
	lineStart := s.out.Len() == 0 || strings.HasSuffix(s.out.String(), "\n")
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
		if n == 0 || d.open == "{{" && strings.Contains(s.rest[:n], "\n") {
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
		s.out.WriteString(open + " " + strings.TrimSpace(strings.TrimSuffix(quoted, "*/")) + " " + close)
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
		s.out.WriteString("\n```" + language + "\n")
		s.code(bare, closing)
	case bare == "raw" && !closing:
		s.code(bare, false)
	case bare == "comment" && !closing:
		if n := s.through("{% endcomment %}", 0); n > 0 {
			s.rest = s.rest[n:]
		}
	case closing || name == "":
	default:
		s.count(name)
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
	for i := range s.counts {
		if s.counts[i].name == name {
			s.counts[i].count++
			return
		}
	}
	s.counts = append(s.counts, nameCount{name, 1})
}
