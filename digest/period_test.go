package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestParsePeriod(t *testing.T) {
	for _, tt := range []struct{ name, zone, start, end, words string }{
		{"2021-W39", "America/New_York", "2021-09-27T00:00:00-04:00", "2021-10-04T00:00:00-04:00", "27 September – 3 October 2021"},
		{"2021-W40", "UTC", "2021-10-04T00:00:00Z", "2021-10-11T00:00:00Z", "4–10 October 2021"},
		{"2020-W01", "UTC", "2019-12-30T00:00:00Z", "2020-01-06T00:00:00Z", "30 December 2019 – 5 January 2020"},
		{"2020-W53", "UTC", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z", "28 December 2020 – 3 January 2021"},
		{"2021-W01", "UTC", "2021-01-04T00:00:00Z", "2021-01-11T00:00:00Z", "4–10 January 2021"},
		{"2021-W52", "UTC", "2021-12-27T00:00:00Z", "2022-01-03T00:00:00Z", "27 December 2021 – 2 January 2022"},
		// The clocks go forward (167 hours) and back (169 hours).
		{"2021-W10", "America/New_York", "2021-03-08T00:00:00-05:00", "2021-03-15T00:00:00-04:00", "8–14 March 2021"},
		{"2021-W44", "America/New_York", "2021-11-01T00:00:00-04:00", "2021-11-08T00:00:00-05:00", "1–7 November 2021"},
		// They went forward at 00:00 on a Monday, east and west of Greenwich.
		{"1997-W41", "America/Sao_Paulo", "1997-10-06T01:00:00-02:00", "1997-10-13T00:00:00-02:00", "6–12 October 1997"},
		{"2021-W12", "Asia/Tehran", "2021-03-22T01:00:00+04:30", "2021-03-29T00:00:00+04:30", "22–28 March 2021"},
		{"2021-W11", "Asia/Tehran", "2021-03-15T00:00:00+03:30", "2021-03-22T01:00:00+04:30", "15–21 March 2021"},
		// They went back to 00:00, so that this Monday has it twice.
		{"2001-W39", "Asia/Jerusalem", "2001-09-24T00:00:00+03:00", "2001-10-01T00:00:00+02:00", "24–30 September 2001"},
	} {
		p, err := ParsePeriod(tt.name, zone(t, tt.zone))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := []string{p.Name, p.Start.Format(time.RFC3339), p.End.Format(time.RFC3339), p.Words()}
		if diff := cmp.Diff([]string{tt.name, tt.start, tt.end, tt.words}, got); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.name, tt.zone, diff)
		}
	}
}

func TestParsePeriodErrors(t *testing.T) {
	for s, want := range map[string]string{
		"2021-W60":    `"2021-W60" is not a week (want 2021-W39; 2021 has 52 weeks)`,
		"2021-W53":    `"2021-W53" is not a week (want 2021-W39; 2021 has 52 weeks)`,
		"2020-W54":    `"2020-W54" is not a week (want 2021-W39; 2020 has 53 weeks)`,
		"2021-W00":    `"2021-W00" is not a week (want 2021-W39; 2021 has 52 weeks)`,
		"2021-39":     `"2021-39" is not a week (want a year and an ISO week, such as 2021-W39)`,
		"2021-W9":     `"2021-W9" is not a week (want a year and an ISO week, such as 2021-W39)`,
		"2021-W39\n":  `"2021-W39\n" is not a week (want a year and an ISO week, such as 2021-W39)`,
		"":            `"" is not a week (want a year and an ISO week, such as 2021-W39)`,
		"last monday": `"last monday" is not a week (want a year and an ISO week, such as 2021-W39)`,
	} {
		if p, err := ParsePeriod(s, time.UTC); err == nil || err.Error() != want {
			t.Errorf("ParsePeriod(%q) = %v, %v\nwant error %s", s, p, err, want)
		}
	}
}

// Every instant is in exactly one week: each begins where the one before ends,
// and all together are as long as the years they fill.
func TestWeeksFollowEachOther(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York", "Europe/Berlin", "Asia/Tehran", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"} {
		z := zone(t, name)
		first := WeekOf(time.Date(2017, 1, 4, 12, 0, 0, 0, z), z)
		p, weeks, sum := first, 0, time.Duration(0)
		for p.End.Year() < 2021 {
			next := WeekOf(p.End, z)
			if !next.Start.Equal(p.End) || next.Name <= p.Name {
				t.Fatalf("%s: after %v comes %v", name, p, next)
			}
			if p.Contains(p.End) || !p.Contains(p.Start) || !p.Contains(p.End.Add(-1)) {
				t.Fatalf("%s: %s is not half-open", name, p.Name)
			}
			sum += p.End.Sub(p.Start)
			weeks++
			p = next
		}
		if want := p.Start.Sub(first.Start); weeks != 208 || sum != want {
			t.Errorf("%s: %d weeks of %v in all, want 208 of %v", name, weeks, sum, want)
		}
	}
}

func TestWeekOf(t *testing.T) {
	for at, want := range map[string]string{
		"2021-09-27T03:59:59Z":      "2021-W38", // still Sunday in New York
		"2021-09-27T04:00:00Z":      "2021-W39",
		"2021-10-03T23:59:59-04:00": "2021-W39",
		"2021-10-04T00:00:00-04:00": "2021-W40",
		"2021-01-03T12:00:00Z":      "2020-W53",
		"2019-12-30T12:00:00Z":      "2020-W01",
	} {
		if p := WeekOf(instant(t, at), zone(t, "America/New_York")); p.Name != want || !p.Contains(instant(t, at)) {
			t.Errorf("WeekOf(%s) = %v, want %s", at, p, want)
		}
	}
}

func TestLatest(t *testing.T) {
	z := zone(t, "America/New_York")
	var heads []*corpus.Head
	for _, at := range []string{"2021-10-05T08:00:00-04:00", "2021-10-04T00:00:00-04:00", "2021-09-27T00:00:00-04:00", "2021-03-09T00:00:00-05:00"} {
		heads = append(heads, &corpus.Head{Published: instant(t, at)})
	}
	var names []string
	for _, p := range Periods(heads, z) {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"2021-W40", "2021-W39", "2021-W10"}, names); diff != "" {
		t.Errorf("Periods (-want +got):\n%s", diff)
	}
	for now, want := range map[string]string{
		"2021-10-11T00:00:00-04:00": "2021-W40", // has ended this instant
		"2021-10-10T23:59:59-04:00": "2021-W39",
		"2021-10-04T00:00:00-04:00": "2021-W39",
		"2021-09-30T00:00:00-04:00": "2021-W10",
		"2021-03-10T00:00:00-05:00": "", // none has
	} {
		if p, ok := Latest(heads, instant(t, now), z); p.Name != want || ok != (want != "") {
			t.Errorf("Latest at %s = %q, %v, want %q", now, p.Name, ok, want)
		}
	}
	if in := Wanted(heads, WeekOf(heads[0].Published, z)); len(in) != 2 || in[0] != heads[0] || in[1] != heads[1] {
		t.Errorf("Wanted = %v, want the first two heads", in)
	}
}

// The editions of all weeks together have every article once, at whatever
// instant it was published.
func TestEveryArticleOnce(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York", "Asia/Tehran", "Pacific/Auckland"} {
		z := zone(t, name)
		var articles []*corpus.Article
		// 97 articles at odd distances, over more than a year and at both
		// edges of every fourth week.
		at := instant(t, "2020-12-20T22:30:00Z").In(z)
		for n := range 97 {
			articles = append(articles, &corpus.Article{Head: &corpus.Head{ID: fmt.Sprint(n), Title: fmt.Sprint(n), Published: at}})
			if week := WeekOf(at, z); n%6 == 0 {
				at = week.End.Add(-1)
			} else if n%6 == 1 {
				at = week.End
			} else {
				at = at.Add(127*time.Hour + 7*time.Minute)
			}
		}
		c := corpus.New(articles)
		times := make(map[string]int)
		for _, p := range Periods(c.Heads, z) {
			for _, s := range Compile(c, p, Options{}).Stories() {
				times[s.ID]++
				if !p.Contains(s.Published) {
					t.Errorf("%s: %s has an article of %s", name, p.Name, s.Published)
				}
			}
		}
		for _, a := range articles {
			if times[a.ID] != 1 {
				t.Errorf("%s: the article of %s is in %d editions", name, a.Published, times[a.ID])
			}
		}
		if last := articles[96].Published; last.Sub(articles[0].Published) < 365*24*time.Hour {
			t.Errorf("%s: the articles end at %s, within a year", name, last)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2021-W39", "2020-W53", "2021-W53", "0000-W01", "9999-W52", "2021-w39", "x"} {
		f.Add(s)
	}
	z := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s, z)
		if err != nil {
			if !strings.Contains(err.Error(), "is not a week (want") {
				t.Errorf("error %q does not say what is wanted", err)
			}
			return
		}
		if p.Name != s || WeekOf(p.Start, z) != p || !p.Contains(p.Start) || p.Contains(p.End) {
			t.Errorf("ParsePeriod(%q) = %v, WeekOf its start %v", s, p, WeekOf(p.Start, z))
		}
	})
}
