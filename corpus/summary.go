package corpus

import (
	"bytes"
	"iter"
	"regexp"
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
func summarize(description string, blocks iter.Seq[block]) (summary, rule string) {
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

var (
	markedCode = regexp.MustCompile("`([^`\n]+)`")
	markedLink = regexp.MustCompile(`!?\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))+\)`)
	markedBold = regexp.MustCompile(`\*\*([^*\s](?:[^*\n]*[^*\s])?)\*\*`)
)

// withoutMarks takes Markdown's marks off a description: some generators render it.
func withoutMarks(text string) string {
	if !strings.ContainsAny(text, "`*[") {
		return text
	}
	text = markedCode.ReplaceAllStringFunc(text, func(code string) string { return html.EscapeString(strings.Trim(code, "`")) })
	text = markedLink.ReplaceAllString(text, "$1")
	return markedBold.ReplaceAllString(text, "$1")
}

// plainText drops the tags and marks of a description and makes it one line.
func plainText(text string) string {
	text = withoutMarks(clean(text))
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
func bodyPrefix(description string, blocks iter.Seq[block]) (string, bool) {
	const least = 15 // shorter ones may begin a sentence by chance
	want := appendSquashed(nil, description)
	if utf8.RuneCount(want) < least {
		return "", false
	}
	var all []byte // the squashed text of units
	var units []unit
	next := 0 // the first unit that may begin with want
	for block := range blocks {
		for _, s := range sentences(block.text) {
			u := unit{text: s, start: len(all), prose: block.prose}
			all = appendSquashed(all, s)
			u.end = len(all)
			units = append(units, u)
			for ; next < len(units) && len(all)-units[next].start >= len(want); next++ {
				if start := units[next].start; bytes.HasPrefix(all[start:], want) {
					return cover(units[next:], start+len(want))
				}
			}
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

func prose(blocks iter.Seq[block]) []string {
	var all []string
	length := 0
	for b := range blocks {
		if !b.prose {
			continue
		}
		all = append(all, sentences(b.text)...)
		if length += len(b.text); length > summaryLength {
			break
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
func wholeWords(description string, blocks iter.Seq[block]) string {
	const suspicious = 120
	last, _ := utf8.DecodeLastRuneInString(description)
	i := strings.LastIndexByte(description, ' ')
	if i < 0 || !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return description
	}
	word, cut := description[i+1:], utf8.RuneCountInString(description) >= suspicious
	for b := range blocks {
		for w := range strings.FieldsFuncSeq(b.text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
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

// appendSquashed appends text without its white space and with quotes and dashes
// of one shape, so that glued and laid-out text compare equal.
func appendSquashed(b []byte, text string) []byte {
	for _, r := range text {
		switch r {
		case '‘', '’', 'ʼ', '´', '`':
			r = '\''
		case '“', '”', '„', '«', '»':
			r = '"'
		case '–', '—', '−':
			r = '-'
		}
		if !unicode.IsSpace(r) {
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
