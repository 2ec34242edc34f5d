package digest

import (
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
		// Two weeks, also around a year of 53.
		{"2021-W39-W40", "America/New_York", "2021-09-27T00:00:00-04:00", "2021-10-11T00:00:00-04:00", "27 September – 10 October 2021"},
		{"2020-W52-W53", "UTC", "2020-12-21T00:00:00Z", "2021-01-04T00:00:00Z", "21 December 2020 – 3 January 2021"},
		{"2026-W53-W01", "UTC", "2026-12-28T00:00:00Z", "2027-01-11T00:00:00Z", "28 December 2026 – 10 January 2027"},
		{"1999-W51-W52", "UTC", "1999-12-20T00:00:00Z", "2000-01-03T00:00:00Z", "20 December 1999 – 2 January 2000"},
		{"2021-09", "America/New_York", "2021-09-01T00:00:00-04:00", "2021-10-01T00:00:00-04:00", "September 2021"},
		{"2021-03", "America/New_York", "2021-03-01T00:00:00-05:00", "2021-04-01T00:00:00-04:00", "March 2021"},
		{"2021-12", "UTC", "2021-12-01T00:00:00Z", "2022-01-01T00:00:00Z", "December 2021"},
		{"2021-09-27", "America/New_York", "2021-09-27T00:00:00-04:00", "2021-09-28T00:00:00-04:00", "27 September 2021"},
		{"2021-11-07", "America/New_York", "2021-11-07T00:00:00-04:00", "2021-11-08T00:00:00-05:00", "7 November 2021"},
		{"2024-02-29", "UTC", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", "29 February 2024"},
		{"2011-12-29", "Pacific/Apia", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "29 December 2011"}, // there was no 30th
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
	for _, tt := range []struct {
		kind    Kind
		s, want string
	}{
		{Week, "2021-W60", `"2021-W60" is not a week (want 2021-W39; 2021 has 52 weeks)`},
		{Week, "2021-W53", `"2021-W53" is not a week (want 2021-W39; 2021 has 52 weeks)`},
		{Week, "2020-W54", `"2020-W54" is not a week (want 2021-W39; 2020 has 53 weeks)`},
		{Week, "2021-W00", `"2021-W00" is not a week (want 2021-W39; 2021 has 52 weeks)`},
		{Week, "2021-39", `"2021-39" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Week, "2021-W9", `"2021-W9" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Week, "2021-W39\n", `"2021-W39\n" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Week, "", `"" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Week, "last monday", `"last monday" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Week, "2021-09", `"2021-09" is not a week (want a year and an ISO week, such as 2021-W39)`},
		{Fortnight, "2021-W39", `"2021-W39" is not a fortnight (want a year and two ISO weeks, such as 2021-W39-W40)`},
		{Fortnight, "2021-W40-W41", `"2021-W40-W41" is not a fortnight (the one with 2021-W40 is 2021-W39-W40)`},
		{Fortnight, "2021-W39-W41", `"2021-W39-W41" is not a fortnight (the one with 2021-W39 is 2021-W39-W40)`},
		{Fortnight, "2021-W53-W01", `"2021-W53-W01" is not a fortnight (want 2021-W39-W40; 2021 has 52 weeks)`},
		{Month, "2021-13", `"2021-13" is not a month (want 2021-01 to 2021-12)`},
		{Month, "2021-W39", `"2021-W39" is not a month (want a year and a month, such as 2021-09)`},
		{Day, "2021-09-31", `"2021-09-31" is not a day (there is none of that date)`},
		{Day, "2021-09", `"2021-09" is not a day (want year, month and day, such as 2021-09-27)`},
	} {
		if p, err := tt.kind.Parse(tt.s, time.UTC); err == nil || err.Error() != tt.want {
			t.Errorf("%s.Parse(%q) = %v, %v\nwant error %s", tt.kind, tt.s, p, err, tt.want)
		}
	}
	const want = `"2011-12-30" is not a day (Pacific/Apia skipped it)`
	if p, err := ParsePeriod("2011-12-30", zone(t, "Pacific/Apia")); err == nil || err.Error() != want {
		t.Errorf("a day that there was not: %v, %v\nwant error %s", p, err, want)
	}
	if _, err := ParsePeriod("october", time.UTC); err == nil || !strings.HasPrefix(err.Error(), `"october" is not a period (want a week such as 2021-W39,`) {
		t.Errorf("october: %v", err)
	}
}

var zones = []string{"UTC", "America/New_York", "Europe/Berlin", "Asia/Tehran", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"}

// Every instant is in exactly one period of a kind: each begins where the one
// before ends, is found by its name, sorts after it, and all together are as long
// as the years they fill.
func TestPeriodsFollowEachOther(t *testing.T) {
	// From the 4th of January 2010 to that of 2021, with a year of 53 weeks.
	for kind, want := range map[Kind]int{Day: 4018, Week: 574, Fortnight: 287, Month: 132} {
		for _, name := range zones {
			z := zone(t, name)
			first := kind.Of(time.Date(2010, 1, 4, 12, 0, 0, 0, z), z)
			p, n, sum := first, 0, time.Duration(0)
			for p.Start.Before(time.Date(2021, 1, 4, 0, 0, 0, 0, z)) && (kind != Month || p.Start.Year() < 2021) {
				next := kind.Of(p.End, z)
				if !next.Start.Equal(p.End) || next.Name <= p.Name {
					t.Fatalf("%s: after %v comes %v", name, p, next)
				}
				if p.contains(p.End) || !p.contains(p.Start) || !p.contains(p.End.Add(-1)) || kind.Of(p.End.Add(-1), z) != p {
					t.Fatalf("%s: %s is not half-open", name, p.Name)
				}
				if same, err := ParsePeriod(p.Name, z); err != nil || same != p {
					t.Fatalf("%s: %v is %v by its name, error %v", name, p, same, err)
				}
				sum += p.End.Sub(p.Start)
				n++
				p = next
			}
			if name == "Pacific/Apia" && kind == Day {
				n++ // 2011-12-30 was skipped
			}
			if took := p.Start.Sub(first.Start); n != want || sum != took {
				t.Errorf("%s: %d %ss of %v in all, want %d of %v", name, n, kind, sum, want, took)
			}
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
		if p := Week.Of(instant(t, at), zone(t, "America/New_York")); p.Name != want || !p.contains(instant(t, at)) {
			t.Errorf("Week.Of(%s) = %v, want %s", at, p, want)
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
	for _, p := range Periods(heads, Week, z) {
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
		if p, ok := Latest(heads, Week, instant(t, now), z, Options{}); p.Name != want || ok != (want != "") {
			t.Errorf("Latest at %s = %q, %v, want %q", now, p.Name, ok, want)
		}
	}
	if in := Wanted(heads, Week.Of(heads[0].Published, z), Options{}); len(in) != 2 || in[0] != heads[0] || in[1] != heads[1] {
		t.Errorf("Wanted = %v, want the first two heads", in)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2021-W39", "2020-W53", "2021-W53", "0000-W01", "9999-W52", "2021-w39", "x", "2021-W39-W40", "2020-W52-W53", "2021-09", "2021-02-29"} {
		f.Add(s)
	}
	z := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s, z)
		if err != nil {
			if !strings.Contains(err.Error(), " is not a ") {
				t.Errorf("error %q does not say what is wanted", err)
			}
			return
		}
		if p.Name != s || p.Kind.Of(p.Start, z) != p || !p.contains(p.Start) || p.contains(p.End) {
			t.Errorf("ParsePeriod(%q) = %v, WeekOf its start %v", s, p, Week.Of(p.Start, z))
		}
	})
}
