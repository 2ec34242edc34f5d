package main

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/medigy/newsdesk/digest"
)

// didYouMean asks for a name and its ending, in brackets; without a name it is "".
func didYouMean(name, ending string) string {
	if name == "" {
		return ""
	}
	return " (did you mean " + name + ending + "?)"
}

// periodNumbers are the numbers of a period's name, however they are joined:
// "2021w39", "2021_9", "2021.9.27".
var periodNumbers = regexp.MustCompile(`^(\d{4})\D*(\d{1,2})(?:\D*(\d{1,2}))?$`)

// periodMeant writes the numbers in text as periods of a kind are named, or is ""
// if they name none.
func periodMeant(text string, kind digest.Kind, zone *time.Location) string {
	match := periodNumbers.FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	first, _ := strconv.Atoi(match[2])
	second, _ := strconv.Atoi(match[3])
	name := map[digest.Kind]string{
		digest.Day:       fmt.Sprintf("%s-%02d-%02d", match[1], first, second),
		digest.Week:      fmt.Sprintf("%s-W%02d", match[1], first),
		digest.Fortnight: fmt.Sprintf("%s-W%02d-W%02d", match[1], first, second),
		digest.Month:     fmt.Sprintf("%s-%02d", match[1], first),
	}[kind]
	if _, err := kind.Parse(name, zone); err != nil {
		return ""
	}
	return name
}

// near gives the first of names that text is most like: at most two letters are
// wrong, missing, too many or in the wrong order, and fewer than half of them. It
// is "" if there is none.
func near(text string, names []string) string {
	best, least := "", min(3, (len(text)+1)/2)
	for _, name := range names {
		if n := typos(text, name); n < least {
			best, least = name, n
		}
	}
	return best
}

// typos counts the letters to change, take away, add or swap with the next that
// make b of a (optimal string alignment).
func typos(a, b string) int {
	var before []int // the row of a's first i-2 letters
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := row[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			next[j] = min(change, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
