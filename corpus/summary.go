package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A summary takes whole sentences up to summaryLength characters; only a first
// sentence that is longer than summaryMost alone is cut, between words.
const (
	summaryLength = 320
	summaryMost   = 480
)

// summarize chooses the summary of an article: the first description that says
// something, else the body's first sentences. Descriptions are often the first
// 200 characters of the body with the paragraphs glued together; such a one is
// replaced by the body's own sentences. The rule says which it was.
func summarize(description string, blocks []block) (summary, rule string) {
	description = plainText(description)
	cut := strings.TrimRight(strings.TrimSuffix(description, "[…]"), "….[] ")
	if cut == "" {
		return firstSentences(prose(blocks), summaryLength), "there is no description: the body's first sentences"
	}
	if text, ok := bodyPrefix(cut, blocks); ok {
		return text, "the description is how the body begins: the body's own sentences"
	}
	return wholeWords(description, blocks), "the description"
}

// plainText drops the tags of a description and makes it one line.
func plainText(text string) string {
	text = clean(text)
	if strings.Contains(text, "<") {
		var b strings.Builder
		z := html.NewTokenizer(strings.NewReader(text))
		raw := false // inside <script> or <style>
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			if tt == html.TextToken {
				if !raw {
					b.Write(z.Raw())
				}
				continue
			}
			name, _ := z.TagName()
			raw = tt == html.StartTagToken && dropped[atom.Lookup(name)]
			b.WriteByte(' ')
		}
		text = b.String()
	}
	return oneLine(text)
}

// bodyPrefix reports whether description is how the body, or one of its
// sentences, begins, white space and the shape of quotes apart, and gives the
// body's sentences that it covers.
func bodyPrefix(description string, blocks []block) (string, bool) {
	const least = 15 // shorter ones may begin a sentence by chance
	want := squash(description)
	if utf8.RuneCountInString(want) < least {
		return "", false
	}
	all, units := units(blocks)
	for i, u := range units {
		if strings.HasPrefix(all[u.start:], want) {
			return cover(units[i:], u.start+len(want))
		}
	}
	return "", false
}

// unit is a sentence of a body with its place in the squashed text of the whole.
type unit struct {
	text       string
	start, end int
	prose      bool
}

func units(blocks []block) (all string, list []unit) {
	var b strings.Builder
	for _, block := range blocks {
		for _, s := range sentences(block.text) {
			start := b.Len()
			b.WriteString(squash(s))
			list = append(list, unit{s, start, b.Len(), block.prose})
		}
	}
	return b.String(), list
}

// cover gives the sentences up to a place in the squashed text. One that the
// place is inside of is taken whole, or left out if that gets too long.
func cover(units []unit, end int) (string, bool) {
	var taken []string
	length := 0
	for _, u := range units {
		if u.start >= end {
			break
		}
		if !u.prose {
			continue
		}
		length += utf8.RuneCountInString(u.text) + 1
		if length > summaryLength && u.end > end {
			return firstSentences(append(taken, u.text), summaryLength), true
		}
		taken = append(taken, u.text)
	}
	return joinSentences(taken), len(taken) > 0
}

func prose(blocks []block) []string {
	var all []string
	length := 0
	for _, b := range blocks {
		if b.prose && length <= summaryLength {
			all = append(all, sentences(b.text)...)
			length += len(b.text)
		}
	}
	return all
}

// firstSentences joins sentences up to most characters, at least one.
func firstSentences(all []string, most int) string {
	if len(all) == 0 {
		return ""
	}
	if utf8.RuneCountInString(all[0]) > summaryMost {
		return cutWords(all[0], summaryMost)
	}
	n, length := 1, utf8.RuneCountInString(all[0])
	for n < len(all) && length+1+utf8.RuneCountInString(all[n]) <= most {
		length += 1 + utf8.RuneCountInString(all[n])
		n++
	}
	if n > 1 && strings.HasSuffix(all[n-1], ":") { // it announces what is not there
		n--
	}
	return joinSentences(all[:n])
}

// joinSentences makes one text of sentences. A paragraph that ends without a
// full stop gets one where another follows.
func joinSentences(all []string) string {
	var b strings.Builder
	for i, s := range all {
		b.WriteString(s)
		last, _ := utf8.DecodeLastRuneInString(s)
		switch {
		case i == len(all)-1 || strings.ContainsRune("。！？", last):
		case unicode.IsLetter(last) || unicode.IsDigit(last):
			b.WriteString(". ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// cutWords shortens text to at most n characters, between words.
func cutWords(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	end := n - 1
	for end > 0 && !unicode.IsSpace(runes[end]) {
		end--
	}
	if end == 0 { // a script without blanks
		end = n - 1
	}
	return strings.TrimRight(string(runes[:end]), " ,;:–—-") + "…"
}

// wholeWords drops the last word of a description that ends without a full stop
// in what seems to be part of a word: one that the body does not have, if the
// description is long or the body has a word that begins like it.
func wholeWords(description string, blocks []block) string {
	const suspicious = 120
	last, _ := utf8.DecodeLastRuneInString(description)
	i := strings.LastIndexByte(description, ' ')
	if i < 0 || !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return description
	}
	word, cut := description[i+1:], utf8.RuneCountInString(description) >= suspicious
	for _, b := range blocks {
		for _, w := range strings.FieldsFunc(b.text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
			if w == word {
				return description
			}
			cut = cut || strings.HasPrefix(w, word)
		}
	}
	if !cut {
		return description
	}
	return strings.TrimRight(description[:i], " ,;:–—-") + "…"
}

// squash drops white space and gives quotes and dashes one shape, so that glued
// and laid-out text compare equal.
func squash(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case strings.ContainsRune("‘’ʼ´`", r):
			return '\''
		case strings.ContainsRune("“”„«»", r):
			return '"'
		case strings.ContainsRune("–—−", r):
			return '-'
		}
		return r
	}, text)
}
