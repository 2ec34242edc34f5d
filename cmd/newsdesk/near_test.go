package main

import (
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
)

func TestNear(t *testing.T) {
	names := []string{"weekly", "monthly", "2021-W40", "2021-W39"}
	for text, want := range map[string]string{
		"wekly": "weekly", "weeklys": "weekly", "ewekly": "weekly", "weakyl": "weekly", "montly": "monthly",
		"2012-W39": "2021-W39", "2021-W4": "2021-W40", "2021-W93": "2021-W39",
		"archive": "", "w": "", "": "", "2019-W12": "",
	} {
		if got := near(text, names); got != want {
			t.Errorf("near %q is %q, want %q", text, got, want)
		}
	}
}

func TestPeriodMeant(t *testing.T) {
	for _, test := range []struct {
		text string
		kind digest.Kind
		want string
	}{
		{"2021-39", digest.Week, "2021-W39"},
		{"2021w39", digest.Week, "2021-W39"},
		{"2021-W9", digest.Week, "2021-W09"},
		{"2021-W60", digest.Week, ""},
		{"2021_9", digest.Month, "2021-09"},
		{"202109", digest.Month, "2021-09"},
		{"2021.9.27", digest.Day, "2021-09-27"},
		{"2021-02-30", digest.Day, ""},
		{"2021-39-40", digest.Fortnight, "2021-W39-W40"},
		{"39-2021", digest.Week, ""},
		{"notes", digest.Week, ""},
	} {
		if got := periodMeant(test.text, test.kind, time.UTC); got != test.want {
			t.Errorf("%q means the %s %q, want %q", test.text, test.kind, got, test.want)
		}
	}
}
