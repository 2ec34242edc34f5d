package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var dates = []string{"day", "day_year", "date", "month", "same_month", "same_year", "any_range"}

// Every language has every text, with the same marks as in English, and none was
// left in English.
func TestLanguages(t *testing.T) {
	mark := regexp.MustCompile(`\{\w+\}`)
	want := english.all()
	for _, l := range languages {
		for key, text := range l.words.all() {
			if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
				t.Errorf("%s: %s is %q", l.Tag, key, text)
			}
			if key == "" {
				t.Errorf("a text has no name: %q", text)
			}
			got, en := mark.FindAllString(text, -1), mark.FindAllString(want[key], -1)
			if slices.Sort(got); !slices.Contains(dates, key) && !slices.Equal(got, en) {
				t.Errorf("%s: %s %q has marks %v, want %v", l.Tag, key, text, got, en)
			}
			if l.Tag != "en" && text == want[key] && strings.Count(text, " ") > 1 && !slices.Contains(dates, key) {
				t.Errorf("%s: %s is English: %q", l.Tag, key, text)
			}
			if strings.ContainsAny(text, "'\"") || strings.Contains(text, "  ") {
				t.Errorf("%s: %s has typewriter's marks or two blanks: %q", l.Tag, key, text)
			}
		}
		for _, names := range []string{l.words.Months, l.words.Short} {
			if n := len(strings.Fields(names)); n != 12 {
				t.Errorf("%s: %d months", l.Tag, n)
			}
		}
	}
	if len(want) != len(names()) {
		t.Error("two texts have one name")
	}
}

func TestDays(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ language, start, end, want string }{
		{"en-US", "2021-09-27", "2021-10-04", "27 September – 3 October 2021"},
		{"en", "2021-10-04", "2021-10-11", "4–10 October 2021"},
		{"en", "2020-12-28", "2021-01-04", "28 December 2020 – 3 January 2021"},
		{"en", "2021-10-01", "2021-11-01", "October 2021"},
		{"en", "2021-10-01", "2021-10-02", "1 October 2021"},
		{"xx", "2021-10-01", "2021-10-02", "1 October 2021"},
		{"de-AT", "2021-09-27", "2021-10-04", "27. September – 3. Oktober 2021"},
		{"de", "2021-10-04", "2021-10-11", "4.–10. Oktober 2021"},
		{"es", "2021-10-04", "2021-10-11", "4–10 de octubre de 2021"},
		{"fr", "2020-12-28", "2021-01-04", "28 décembre 2020 – 3 janvier 2021"},
		{"he", "2021-10-04", "2021-10-11", "4–10 באוקטובר 2021"},
		{"ar", "2021-10-01", "2021-11-01", "أكتوبر 2021"},
		{"zh-Hans", "2021-09-27", "2021-10-04", "2021年9月27日至10月3日"},
	} {
		if got := Of(tt.language, nil).Days(day(tt.start), day(tt.end).AddDate(0, 0, -1)); got != tt.want {
			t.Errorf("%s: %s to %s is %q, want %q", tt.language, tt.start, tt.end, got, tt.want)
		}
	}
}

func TestOf(t *testing.T) {
	own := map[string]string{"subscribe": "Jetzt!", "de.save": "Sichern", "es.save": "Salvar"}
	for tag, want := range map[string]string{"de-AT": "Jetzt! Sichern", "en": "Jetzt! Save", "fi": "Jetzt! Save"} {
		w := Of(tag, own)
		if got := w.Subscribe + " " + w.Save; got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	if got := Of("de", nil).For("Medigy").SubscribeTo; got != "Medigy abonnieren" {
		t.Errorf("for a site: %q", got)
	}
	if got := german.SubscribeTo; got != "{site} abonnieren" {
		t.Errorf("the table was changed: %q", got)
	}
	if got := Of("de", nil).OnDay(german.NoMailUntil, time.Date(2021, 11, 8, 0, 0, 0, 0, time.UTC)); got != "Bis zum 8. November 2021 kommt keine E-Mail." {
		t.Errorf("a day: %q", got)
	}
}

func TestCheck(t *testing.T) {
	for key, want := range map[string]string{
		"save": "", "de.save": "", "more": `there is no text "more"`, "de.more": `there is no text "more"`, "xx.save": `there are no words in "xx"`,
		"DE.save": `there are no words in "DE"`, "de.months": "de.months has 1 names, want 12",
	} {
		err := Check(map[string]string{key: "x"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", key, err, want)
		}
	}
}

func TestAccept(t *testing.T) {
	for field, want := range map[string]string{
		"": "", "de": "de", "de-CH, en;q=0.5": "de", "fi, sv;q=0.9": "", "fi, ar-EG;q=0.2": "ar", "en;q=0.3, zh-TW": "zh",
		"iw": "he", "*": "", "en;q=0": "", ";;;": "", "de;q=x": "", strings.Repeat("fi,", 2000) + "de": "", "en-US,en;q=0.9,fr;q=0.8": "en",
	} {
		if got := Accept(field); got != want {
			t.Errorf("%.40q: %q, want %q", field, got, want)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("de-CH, en;q=0.5")
	f.Add("zh-Hant-TW-x-a;q=0.1,*;q=0")
	f.Fuzz(func(t *testing.T, field string) {
		if got := Accept(field); got != "" && !speaks(got) {
			t.Errorf("%q gives %q", field, got)
		}
	})
}
