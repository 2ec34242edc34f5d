package corpus

import (
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	newYork, _ := time.LoadLocation("America/New_York")
	for _, test := range []struct{ in, want string }{
		{"2021-09-27", "2021-09-27T00:00:00-04:00"},
		{" 2021-09-27 ", "2021-09-27T00:00:00-04:00"},
		{"2021-12-27", "2021-12-27T00:00:00-05:00"},
		{"2021-9-7", "2021-09-07T00:00:00-04:00"},
		{"2021-09-27T08:33:19.181304Z", "2021-09-27T08:33:19.181304Z"},
		{"2021-09-27t08:33:19z", "2021-09-27T08:33:19Z"},
		{"2010-10-22 11:33:15 -0400", "2010-10-22T11:33:15-04:00"},
		{"2010-10-22 1:33:15 -04:00", "2010-10-22T01:33:15-04:00"},
		{"2010-10-22  11:33", "2010-10-22T11:33:00-04:00"},
		{"2010-10-22 11:33:15 UTC", "2010-10-22T11:33:15Z"},
		{"2010-10-22T11:33:15-00:00", "2010-10-22T11:33:15Z"},
		{"2010-10-22T11:33:15+05:30", "2010-10-22T11:33:15+05:30"},
		{"2010-10-22 11:33:15 -5", "2010-10-22T11:33:15-05:00"},
		{"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"}, // a leap second
		{"2020-02-29", "2020-02-29T00:00:00-05:00"},
		{"Thu, 30 Apr 2026 06:10:42 +0000", "2026-04-30T06:10:42Z"},
		{"Fri, 1 May 2026 06:10:42 -0700", "2026-05-01T06:10:42-07:00"},
		{"", "not a date"},
		{"3/8", "not a date"},
		{"27 Sep 2021", "not a date"},
		{"20210927", "not a date"},
		{"2021-09-27x", "not a date"},
		{"2021-09-27T", "not a date"},
		{"2021-09-27T08", "not a date"},
		{"2021-09-27T08:33:19.Z", "not a date"},
		{"2021-09-27T08:33:19 EST", "not a date"},
		{"2021-09-27T08:33:19+25:00", "not a date"},
		{"2021-02-29", "no such day"},
		{"2021-13-01", "no such day"},
		{"0001-01-01", "no such day"},
		{"2021-09-27T24:00:00Z", "no such time"},
		{"2021-09-27T12:60:00Z", "no such time"},
	} {
		got, err := parseDate(test.in, newYork)
		switch {
		case err != nil && !strings.Contains(err.Error(), test.want):
			t.Errorf("%q: %v, want %s", test.in, err, test.want)
		case err == nil && got.Format(time.RFC3339Nano) != test.want:
			t.Errorf("%q: %s, want %s", test.in, got.Format(time.RFC3339Nano), test.want)
		}
	}
}

// Where clocks skip midnight, a bare day begins later and stays the same day.
func TestDayNeverShifts(t *testing.T) {
	for zone, day := range map[string]string{
		"America/Sao_Paulo": "2018-11-04",
		"Asia/Beirut":       "2022-03-27",
		"America/Santiago":  "2019-09-08",
	} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseDate(day, location)
		if err != nil || got.Format("2006-01-02") != day {
			t.Errorf("%s in %s is %s, %v", day, zone, got, err)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2021-09-27", "2010-10-22 1:33:15.5 -0400", "2021-09-27T08:33:19+05:30", "3/8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseDate(text, time.UTC)
		if err != nil {
			return
		}
		// What is a date stays the same date when it is written in full.
		again, err := parseDate(got.Format(time.RFC3339Nano), time.UTC)
		if err != nil || !again.Equal(got) {
			t.Errorf("%q is %s, which is read as %s, %v", text, got, again, err)
		}
		if year := got.Year(); year < 1000 || year > 9999 {
			t.Errorf("%q is in the year %d", text, year)
		}
	})
}
