package digest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/medigy/newsdesk/internal/words"
)

// Lengths in characters. Inboxes show 40 to 70 of a subject and up to 140 of a
// preheader; a summary is three lines beside a thumbnail, five under the lead.
const (
	subjectLength     = 70
	preheaderLength   = 140
	summaryLength     = 170
	leadSummaryLength = 320
)

// subject gives the lead's title and the number of the other stories, in the
// edition's language: "Epic opens its API, and 7 more", "What did HIMSS21 teach
// us? And 7 more".
func subject(stories []*Story, language string) string {
	title, others := stories[0].Title, len(stories)-1
	if others == 0 {
		return headline(title, subjectLength)
	}
	more := words.Number(words.Of(language, nil).AndMore, others)
	title = headline(title, subjectLength-len(", ")-utf8.RuneCountInString(more))
	switch last, _ := utf8.DecodeLastRuneInString(title); last {
	case '…':
		return title + " " + more
	case '.', '?', '!', '。', '？', '！', '؟':
		first, size := utf8.DecodeRuneInString(more)
		return title + " " + string(unicode.ToUpper(first)) + more[size:]
	default:
		return title + ", " + more
	}
}

// headline shortens a title to n characters, if it can by leaving out what
// follows a colon or dash.
func headline(title string, n int) string {
	if utf8.RuneCountInString(title) <= n {
		return title
	}
	for _, mark := range []string{": ", " – ", " — "} {
		main, _, found := strings.Cut(title, mark)
		if length := utf8.RuneCountInString(main); found && length <= n && length >= n/3 {
			return main
		}
	}
	return shorten(title, n)
}

// preheader gives the headlines after the lead's, as many as fit and at least
// one; of a lone story it gives the summary.
func preheader(stories []*Story) string {
	if len(stories) == 1 {
		return shorten(stories[0].Summary, preheaderLength)
	}
	line := shorten(stories[1].Title, preheaderLength)
	for _, s := range stories[2:] {
		longer := line + " · " + s.Title
		if utf8.RuneCountInString(longer) > preheaderLength {
			break
		}
		line = longer
	}
	return line
}

// shorten cuts text to at most n characters: after a sentence if one ends in
// the last two fifths, else between two words, which an ellipsis shows. Only a
// lone word that is longer than n is cut inside.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	for i := n; i > n*3/5; i-- {
		if runes[i] == ' ' && endsSentence(runes[:i]) {
			return string(runes[:i])
		}
	}
	cut := n - 1
	for cut > 0 && !breaks(runes[cut-1], runes[cut]) {
		cut--
	}
	if cut == 0 {
		cut = n - 1
	}
	return strings.TrimRightFunc(string(runes[:cut]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r)
	}) + "…"
}

// breaks reports whether text can be cut between a and b: before a blank, and
// beside a character of Chinese or Japanese, which put no blanks between words.
func breaks(a, b rune) bool {
	return b == ' ' || words.Unspaced(a) || words.Unspaced(b)
}

// endsSentence reports whether text stops at the end of a sentence. A full stop
// after fewer than four letters may as well be an abbreviation's.
func endsSentence(text []rune) bool {
	last := len(text) - 1
	switch text[last] {
	case '?', '!':
		return true
	case '.':
		for i := last - 1; i >= last-4; i-- {
			if i < 0 || !unicode.IsLetter(text[i]) {
				return false
			}
		}
		return true
	}
	return false
}
