package digest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Words are the fixed texts of a digest in one language. In them, {n} stands
// for a number, {site} for the site's title; in dates, {d} is the day, {m} the
// month's number, {M} its name, {Mon} its short name and {y} the year, and
// those of a range's first day end in 1: {d1}.
type Words struct {
	Story, Stories           string // "1 story", "{n} stories"
	AndMore, MoreOnSite      string // of a subject; under a section
	MoreStories              string // heading of the articles without a topic
	ReadOriginal             string
	ReadHere, OnSite         string // the site's own page, alone and after the original
	AlsoAt                   string // before the other sources of a story
	Picture                  string // what a picture is that nobody described
	Offerings, Related       string // heading of the panel; before those under a story
	Sponsored                string
	Reason                   string // why the reader gets this
	Preferences, PreferHint  string
	Pause, PauseHint         string
	Unsubscribe, LeaveHint   string
	ViewInBrowser            string
	Past, Feeds, Subscribe   string
	Day, Date, Month         string // "2 Jan" of a by-line; "2 January 2006"; "January 2006"
	SameMonth, SameYear, Any string // ranges of days
	Months, Short            string // twelve names, divided by blanks
}

// English is what stands in for a language that has no words here.
var english = Words{
	Story: "1 story", Stories: "{n} stories", AndMore: "and {n} more", MoreOnSite: "and {n} more on the site",
	MoreStories: "More stories", ReadOriginal: "Read the original", ReadHere: "Read on {site}", OnSite: "on {site}",
	AlsoAt: "Also at", Picture: "Picture of the story", Offerings: "Related offerings", Related: "Related",
	Sponsored: "Sponsored", Reason: "You get this because you subscribed to {site}.",
	Preferences: "Preferences", PreferHint: "topics, frequency, address",
	Pause: "Pause", PauseHint: "for some weeks, without leaving",
	Unsubscribe: "Unsubscribe", LeaveHint: "one click, at once",
	ViewInBrowser: "View in browser", Past: "Past editions", Feeds: "Feeds", Subscribe: "Subscribe",
	Day: "{d}\u00a0{Mon}", Date: "{d} {M} {y}", Month: "{M} {y}",
	SameMonth: "{d1}–{d} {M} {y}", SameYear: "{d1} {M1} – {d} {M} {y}", Any: "{d1} {M1} {y1} – {d} {M} {y}",
	Months: "January February March April May June July August September October November December",
	Short:  "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}

// wordsOf gives the words of a BCP 47 tag with a site's own in their place.
func wordsOf(tag string, own map[string]string) *Words {
	w, found := translations[primary(tag)]
	if !found {
		w = english
	}
	for key, field := range w.fields() {
		if text := own[key]; text != "" {
			*field = disarm(text)
		}
	}
	return &w
}

// fields gives every text by the name that it has in a configuration.
func (w *Words) fields() map[string]*string {
	return map[string]*string{
		"story": &w.Story, "stories": &w.Stories, "and_more": &w.AndMore, "more_on_site": &w.MoreOnSite,
		"more_stories": &w.MoreStories, "read_original": &w.ReadOriginal, "read_here": &w.ReadHere, "on_site": &w.OnSite,
		"also_at": &w.AlsoAt, "picture": &w.Picture, "offerings": &w.Offerings, "related": &w.Related, "sponsored": &w.Sponsored,
		"reason": &w.Reason, "preferences": &w.Preferences, "preferences_hint": &w.PreferHint, "pause": &w.Pause,
		"pause_hint": &w.PauseHint, "unsubscribe": &w.Unsubscribe, "unsubscribe_hint": &w.LeaveHint,
		"view_in_browser": &w.ViewInBrowser, "past": &w.Past, "feeds": &w.Feeds, "subscribe": &w.Subscribe,
		"day": &w.Day, "date": &w.Date, "month": &w.Month, "same_month": &w.SameMonth, "same_year": &w.SameYear, "any_range": &w.Any,
		"months": &w.Months, "short_months": &w.Short,
	}
}

// WordNames gives the names of the texts that a site can word anew, sorted.
func WordNames() []string { return slices.Sorted(maps.Keys(new(Words).fields())) }

// checkWords finds texts that no digest has, and months that are not twelve.
func checkWords(own map[string]string) error {
	known := new(Words).fields()
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if known[key] == nil {
			return fmt.Errorf("there is no text %q to word (want one of %s)", key, strings.Join(WordNames(), ", "))
		}
		if n := len(strings.Fields(own[key])); strings.HasSuffix(key, "months") && n != 12 {
			return fmt.Errorf("%s has %d names, want 12, divided by blanks", key, n)
		}
	}
	return nil
}

// count gives "1 story" or "8 stories".
func (w *Words) count(n int) string {
	if n == 1 {
		return w.Story
	}
	return number(w.Stories, n)
}

func number(pattern string, n int) string {
	return strings.ReplaceAll(pattern, "{n}", strconv.Itoa(n))
}

// day gives a day of the edition's weeks: "27 Sep".
func (w *Words) day(t time.Time) string { return w.format(w.Day, t, t) }

// period gives a period's days: "27 September – 3 October 2021", "October
// 2021", "4 October 2021".
func (w *Words) period(p Period) string {
	first, last := p.Start, p.End.AddDate(0, 0, -1)
	switch {
	case first.Year() != last.Year():
		return w.format(w.Any, first, last)
	case first.Month() != last.Month():
		return w.format(w.SameYear, first, last)
	case first.Day() == last.Day():
		return w.format(w.Date, first, last)
	case first.Day() == 1 && last.AddDate(0, 0, 1).Day() == 1:
		return w.format(w.Month, first, last)
	}
	return w.format(w.SameMonth, first, last)
}

func (w *Words) format(pattern string, first, last time.Time) string {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(pattern, "{")
		b.WriteString(text)
		mark, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString(w.part(mark, first, last))
		pattern = after
	}
}

// part gives what a mark of a date stands for, and a mark that none has as it is.
func (w *Words) part(mark string, first, last time.Time) string {
	t := last
	name, ofFirst := strings.CutSuffix(mark, "1")
	if ofFirst {
		t = first
	}
	switch name {
	case "d":
		return strconv.Itoa(t.Day())
	case "m":
		return strconv.Itoa(int(t.Month()))
	case "M":
		return strings.Fields(w.Months)[t.Month()-1]
	case "Mon":
		return strings.Fields(w.Short)[t.Month()-1]
	case "y":
		return strconv.Itoa(t.Year())
	}
	return "{" + mark + "}"
}
