package web

import (
	"path/filepath"
	"testing"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

// A change of edition files alone needs no load; one that nobody reads does, for
// it is told.
func TestOnlyEditions(t *testing.T) {
	d := &Desk{Editions: "/content/editions", Digests: []Series{{Name: "weekly", Periods: []digest.Period{{Name: "2021-W40"}}}}}
	for _, test := range []struct {
		changed []string
		want    bool
	}{
		{[]string{"/content/editions/weekly/2021-W40.yaml"}, true},
		{[]string{"/content/editions/weekly/2021-W40.yaml", "/content/editions/weekly/.2021-W40.yaml.tmp"}, true},
		{[]string{"/content/editions/weekly/2021-W40.yaml", "/content/a.md"}, false},
		{[]string{"/content/editions/weekly/2021-40.yaml"}, false},
		{[]string{"/content/editions/wekly/2021-W40.yaml"}, false},
		{[]string{"/content/weekly/2021-W40.yaml"}, false},
		{nil, false},
	} {
		if got := d.onlyEditions(test.changed); got != test.want {
			t.Errorf("%s: %t, want %t", filepath.Join(test.changed...), got, test.want)
		}
	}
}

func TestStraysAreTold(t *testing.T) {
	c := newChecks(corpus.Report{Findings: []corpus.Finding{
		{Severity: corpus.Warning, Kind: "no-date", Path: "a.md"},
		{Severity: corpus.Warning, Kind: "stray-edition", Path: "editions/wekly", Text: "there is no digest of this name"},
	}}, nil)
	if len(c.Strays) != 1 || c.Strays[0].Path != "editions/wekly" || len(c.Elsewhere) != 1 || c.Warnings != 2 {
		t.Errorf("the checks are %+v", c)
	}
}
