package corpusgen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bodies have at least minBody and at most maxBody bytes. A body ends with the
// first block that brings it to a length chosen below maxBody; no block is
// longer than the rest.
const (
	minBody = 512
	maxBody = 6 << 10
	room    = 1200
)

// story is the body of an article while it is being written: HTML, or Markdown
// in one article of ten.
type story struct {
	r        *rand.Rand
	about    *article
	markdown bool
	text     []byte
	lead     string // first sentence
	plain    string // text of the first paragraphs, glued
}

// tell writes a body.
func tell(r *rand.Rand, about *article) *story {
	s := &story{r: r, about: about, markdown: r.IntN(10) == 0}
	skewed := r.Float64()
	length := minBody + int(skewed*skewed*(maxBody-minBody-room))
	s.open()
	for len(s.text) < length {
		switch r.IntN(12) {
		case 0:
			s.heading(fill(r, pick(r, headings)))
		case 1:
			s.list()
		case 2:
			s.quote()
		}
		s.paragraph()
	}
	s.close()
	return s
}

// description is what the sample site makes of a body: its first 200 characters,
// glued.
func (s *story) description() string {
	const length = 200
	if utf8.RuneCountInString(s.plain) <= length {
		return s.plain
	}
	return strings.TrimSpace(string([]rune(s.plain)[:length]))
}

// open writes the lead and, glued to it as on the sample site, what follows.
func (s *story) open() {
	s.lead = s.sentence()
	rest := s.sentences(2)
	s.plain = s.lead + rest
	if s.markdown {
		s.write(s.lead + "\n\n" + rest)
		return
	}
	s.write("<p>" + escape(s.lead) + pick(s.r, []string{"<br>", "<br><br>"}) + escape(rest) + "</p>")
}

func (s *story) paragraph() {
	text := s.sentences(2 + s.r.IntN(3))
	if s.markdown {
		s.write("\n\n" + text)
		return
	}
	s.write("\n<p>" + escape(text) + "</p>")
}

func (s *story) heading(text string) {
	if s.markdown {
		s.write("\n\n## " + text)
		return
	}
	s.write("\n<h3>" + escape(text) + "</h3>")
}

func (s *story) list() {
	var b strings.Builder
	for range 2 + s.r.IntN(3) {
		if s.markdown {
			b.WriteString("\n- " + s.sentence())
		} else {
			b.WriteString("<li>" + escape(s.sentence()) + "</li>")
		}
	}
	if s.markdown {
		s.write("\n" + b.String())
		return
	}
	s.write("\n<ul>" + b.String() + "</ul>")
}

// quote names the publisher, in italics, and someone it talked to.
func (s *story) quote() {
	publisher, speaker := s.about.Publisher.Name, writer(s.r)
	told := fmt.Sprintf("%s, %s at %s: “%s”", speaker, pick(s.r, lists["role"]), fill(s.r, "{org}"), s.sentence())
	if s.markdown {
		s.write("\n\n*" + publisher + "* talked to " + told)
		return
	}
	s.write("\n<p><i>" + escape(publisher) + "</i> talked to&nbsp;" + escape(told) + "</p>")
}

// close links to the page of a topic, from the site's root.
func (s *story) close() {
	topic := s.about.Topics[0]
	if s.markdown {
		s.write(fmt.Sprintf("\n\nMore under [%s](/topic/%s).\n", topic.Label, topic.Slug))
		return
	}
	s.write(fmt.Sprintf("\n<p>More under <a href=\"/topic/%s\">%s</a>.</p>\n", topic.Slug, escape(topic.Label)))
}

func (s *story) write(text string) { s.text = append(s.text, text...) }

func (s *story) sentences(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = s.sentence()
	}
	return strings.Join(all, " ")
}

// sentence is about the topics in one case of four.
func (s *story) sentence() string {
	pattern := pick(s.r, sentencePatterns)
	if s.r.IntN(4) == 0 {
		pattern = strings.ReplaceAll(pick(s.r, topicPatterns), "{topic}", pick(s.r, s.about.Topics).Label)
	}
	return capital(fill(s.r, pattern))
}

// capital raises a sentence's first letter, which may follow a quotation mark.
func capital(text string) string {
	i := len(text) - len(strings.TrimPrefix(text, "“"))
	return text[:i] + strings.ToUpper(text[i:i+1]) + text[i+1:]
}

// title is in title case because its patterns and lists are.
func title(r *rand.Rand) string { return fill(r, pick(r, titlePatterns)) }

// fill replaces each {name} in a pattern by one of the list of that name, which
// is a pattern too. {number} is 2 to 99.
func fill(r *rand.Rand, pattern string) string {
	before, rest, ok := strings.Cut(pattern, "{")
	if !ok {
		return pattern
	}
	var b strings.Builder
	for ok {
		b.WriteString(before)
		var name string
		name, rest, _ = strings.Cut(rest, "}")
		if name == "number" {
			b.WriteString(strconv.Itoa(2 + r.IntN(98)))
		} else {
			b.WriteString(fill(r, pick(r, lists[name])))
		}
		before, rest, ok = strings.Cut(rest, "{")
	}
	return b.String() + before
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;")

func escape(text string) string { return escaper.Replace(text) }
