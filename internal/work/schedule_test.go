package work

import (
	"testing"
	"time"
)

func TestParseSchedule(t *testing.T) {
	for _, good := range []string{"0 7 * * 1", "30 6 1 * *", "@weekly", "0 7 * * MON-FRI", "*/5 * * * *"} {
		if _, err := ParseSchedule(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "7", "0 7 * *", "61 7 * * 1", "@every 1h", "TZ=UTC 0 7 * * 1", "CRON_TZ=UTC 0 7 * * 1", "0 0 30 2 *", "Monday"} {
		if _, err := ParseSchedule(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// On 14 March 2021 New York's clocks went from 2:00 to 3:00, on 7 November from
// 2:00 back to 1:00.
func TestScheduleDST(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, expression, now string
		within                time.Duration
		want                  string // "" is none
		next                  string
	}{
		{"to the minute", "0 7 * * 1", "2021-10-04T07:00:00-04:00", 0, "2021-10-04T07:00:00-04:00", "2021-10-05T07:00:00-04:00"},
		{"a second early", "0 7 * * 1", "2021-10-04T06:59:59-04:00", time.Hour, "", "2021-10-04T07:00:00-04:00"},
		{"late", "0 7 * * 1", "2021-10-05T06:00:00-04:00", 24 * time.Hour, "2021-10-04T07:00:00-04:00", "2021-10-06T06:00:00-04:00"},
		{"too late", "0 7 * * 1", "2021-10-05T08:00:00-04:00", 24 * time.Hour, "", "2021-10-06T08:00:00-04:00"},
		{"the newest of several", "0 7 * * *", "2021-10-05T08:00:00-04:00", 72 * time.Hour, "2021-10-05T07:00:00-04:00", "2021-10-06T07:00:00-04:00"},
		{"the wall's seven in winter", "0 7 * * 1", "2021-11-08T07:30:00-05:00", time.Hour, "2021-11-08T07:00:00-05:00", "2021-11-09T07:30:00-05:00"},
		{"a time that is skipped is moved", "30 2 * * 0", "2021-03-14T04:00:00-04:00", 24 * time.Hour, "2021-03-14T03:30:00-04:00", "2021-03-15T04:00:00-04:00"},
		{"and keeps nobody back", "*/30 2,3 * * *", "2021-03-14T03:10:00-04:00", time.Hour, "2021-03-14T03:00:00-04:00", "2021-03-14T03:30:00-04:00"},
		{"a time that is there twice: the first", "30 1 * * 0", "2021-11-07T01:40:00-04:00", time.Hour, "2021-11-07T01:30:00-04:00", "2021-11-08T01:40:00-05:00"},
		{"not again", "30 1 * * 0", "2021-11-07T01:40:00-05:00", time.Hour, "", "2021-11-08T01:40:00-05:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := ParseSchedule(test.expression)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if last, ok := s.last(now.In(zone), test.within); ok {
				got = last.Format(time.RFC3339)
			}
			if got != test.want {
				t.Errorf("last %q, want %q", got, test.want)
			}
			if next := s.next(now.In(zone)).Format(time.RFC3339); next != test.next {
				t.Errorf("next %q, want %q", next, test.next)
			}
		})
	}
}
