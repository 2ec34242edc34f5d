package audience

import (
	"strings"
	"time"
)

// ExportHeader is the first row of a list that newsdesk writes. Import knows by it
// that the cells are those of Cells.
var ExportHeader = strings.Fields("email name state since topics language digests until")

// Cells gives a subscriber as a row of a list, below ExportHeader.
//
// Anybody can sign up under the name =HYPERLINK("…"), and an editor opens the list
// in a spreadsheet, which would run it. A name or address that begins like a formula
// is written with a ' before it, as spreadsheets mark a text; Import takes it away.
func (s *Subscriber) Cells() []string {
	until := ""
	if !s.Until.IsZero() {
		until = s.Until.Format(time.RFC3339)
	}
	return []string{guarded(s.Address), guarded(s.Name), string(s.State), s.Created.Format(time.RFC3339),
		words(s.Topics), s.Language, words(s.Digests), until}
}

// formula reports whether a spreadsheet might take a text for a formula, or would if
// it took away the ' before it.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0])
}

func guarded(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// unguarded is the inverse of guarded.
func unguarded(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
