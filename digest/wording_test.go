package digest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/medigy/newsdesk/corpus"
)

func stories(titles ...string) (all []*Story) {
	for _, title := range titles {
		all = append(all, &Story{Article: &corpus.Article{Head: &corpus.Head{Title: title}, Summary: title + ", in a sentence."}})
	}
	return all
}

func TestSubject(t *testing.T) {
	for _, tt := range []struct {
		title  string
		others int
		want   string
	}{
		{"Epic opens its API", 0, "Epic opens its API"},
		{"Epic opens its API", 1, "Epic opens its API, and 1 more"},
		{"What did HIMSS21 teach us?", 7, "What did HIMSS21 teach us? And 7 more"},
		{"Sepsis alerts, tuned and retuned: a diary of three hospitals that could not agree on a number", 4,
			"Sepsis alerts, tuned and retuned, and 4 more"},
		{"An AI: what a hospital board should ask before it signs for one, and what it should ask after that", 4,
			"An AI: what a hospital board should ask before it signs… and 4 more"},
		{"Fifty-eight health systems count what they run and must end", 9,
			"Fifty-eight health systems count what they run and must… and 9 more"},
		{"How Provider Orgs Need To Respond To 2021's Cybersecurity Threats", 1,
			"How Provider Orgs Need To Respond To 2021's Cybersecurity… and 1 more"},
		{"Aus Forschung und Klinik – " + strings.Repeat("Übersicht ", 12) + "Ende", 120,
			"Aus Forschung und Klinik, and 120 more"},
	} {
		got := subject(stories(append([]string{tt.title}, make([]string, tt.others)...)...), "en")
		if got != tt.want || utf8.RuneCountInString(got) > 70 {
			t.Errorf("subject of %q and %d others:\n got %q\nwant %q", tt.title, tt.others, got, tt.want)
		}
	}
}

func TestPreheader(t *testing.T) {
	long := strings.Repeat("word ", 40) + "end"
	for _, tt := range []struct {
		titles []string
		want   string
	}{
		{[]string{"Lead"}, "Lead, in a sentence."},
		{[]string{"Lead", "One", "Two"}, "One · Two"},
		{[]string{"Lead", "One", long, "Two"}, "One"},
		{[]string{"Lead", long}, strings.TrimSpace(strings.Repeat("word ", 28)) + "…"},
	} {
		if got := preheader(stories(tt.titles...)); got != tt.want {
			t.Errorf("preheader of %q:\n got %q\nwant %q", tt.titles, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"", 10, ""},
		{"As long as that", 15, "As long as that"},
		{"Cut between words, not inside", 19, "Cut between words…"},
		{"A whole sentence ends here. Another would be cut.", 40, "A whole sentence ends here."},
		{"Too early. The rest is worth more than one short sentence.", 40, "Too early. The rest is worth more than…"},
		{"A report that was written by Dr. Smith of Boston.", 40, "A report that was written by Dr. Smith…"},
		{"漢字漢字漢字漢字漢字", 6, "漢字漢字漢…"},
		{"HIMSS 漢字漢字漢字漢字漢字", 10, "HIMSS 漢字漢…"},
		{"漢字漢字interoperability", 12, "漢字漢字…"},
		{"Donaudampfschifffahrt", 6, "Donau…"},
	} {
		if got := shorten(tt.text, tt.n); got != tt.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("A whole sentence ends here. Another would be cut.", 40)
	f.Add("one", 1)
	f.Add(" leading and  double blanks ", 8)
	f.Add("漢字漢字漢字", 3)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 1 || n > 1000 || !utf8.ValidString(text) {
			return
		}
		got := shorten(text, n)
		if count := utf8.RuneCountInString(got); count > n {
			t.Errorf("shorten(%q, %d) = %q has %d characters", text, n, got, count)
		}
		kept := strings.TrimSuffix(got, "…")
		if !strings.HasPrefix(text, kept) {
			t.Errorf("shorten(%q, %d) = %q is not its beginning", text, n, got)
		}
	})
}
