package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns gives the columns of a terminal that a character takes: two if it is
// wide (Unicode Standard Annex 11, and pictures), none if it joins the one
// before it or can't be seen.
func columns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case 0x1f300 <= r && r <= 0x1faff:
		return 2
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func columnsOf(text string) (n int) {
	for _, r := range text {
		n += columns(r)
	}
	return n
}

// Wrap breaks text into lines of at most width columns: between words, and
// between characters of Chinese and Japanese. A URL that is longer has a line
// to itself, any other word is cut.
func Wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Split(text, " ") {
		length := columnsOf(word)
		switch {
		case i == 0:
		case column+1+length > width && !strings.ContainsFunc(word, Unspaced):
			b.WriteByte('\n')
			column = 0
		case column+1 >= width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		if column+length <= width || strings.Contains(word, "://") {
			b.WriteString(word)
			column += length
			continue
		}
		column = wrapWord(&b, word, column, width)
	}
	return b.String()
}

// wrapWord writes a word over several lines, the first from column on, and
// gives the column where it ends. A closing mark of Chinese or Japanese never
// begins a line.
func wrapWord(b *strings.Builder, word string, column, width int) int {
	const closing = "，。、；：？！）」』】》…"
	for _, r := range word {
		n := columns(r)
		if column+n > width && !strings.ContainsRune(closing, r) {
			b.WriteByte('\n')
			column = 0
		}
		b.WriteRune(r)
		column += n
	}
	return column
}

// Unspaced reports whether a character is of Chinese or Japanese, which put no
// blanks between words.
func Unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
