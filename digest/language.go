package digest

import (
	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/words"
)

// wordsOf gives the words of a BCP 47 tag with a site's own in their place, in which
// no mark of a recipient can be.
func wordsOf(tag string, own map[string]string) *words.Words {
	disarmed := make(map[string]string, len(own))
	for key, text := range own {
		disarmed[key] = disarm(text)
	}
	return words.Of(tag, disarmed)
}

// days gives a period's days in words.
func days(w *words.Words, p Period) string { return w.Days(p.Start, p.End.AddDate(0, 0, -1)) }

// speaks reports whether an article is in a language, whatever the region; "" is
// every language.
func speaks(h *corpus.Head, language string) bool {
	return language == "" || words.Primary(language) == words.Primary(h.Language)
}

// opposite gives the other direction.
func opposite(dir string) string {
	if dir == "rtl" {
		return "ltr"
	}
	return "rtl"
}
