package digest

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/templates"
)

var pastLinks = Links{Home: testLinks.Home, Base: testLinks.Base, Past: testLinks.Base + "digest/", UTM: map[string]string{"source": "mail"}}

// TestIssuesGolden compares the list of issues and an issue's content in feeds
// with the files in testdata.
func TestIssuesGolden(t *testing.T) {
	e := sample(t)
	e.Closing = "- one\n- **two** and [three](https://example.org/)"
	e.Sponsor = &Sponsor{Name: "Sponsor & Sons", URL: "https://sponsor.example/", Text: "> A quote."}
	p, err := Parse(templates.FS(nil), testTheme, pastLinks)
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Render(e, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	older := Listing{Period: "2020-W53", Language: "en", Subject: "Older <News>", When: "28 December 2020 – 3 January 2021", Count: "1 story"}
	index, err := p.Index("Medigy News", "en-US", []Listing{i.Listing, older})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"testdata/sample.issues.html": string(index), "testdata/sample.issue.html": i.Listing.Content} {
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if strings.Contains(got, "utm_") || strings.Contains(got, markHost) {
			t.Errorf("%s has what only a mail may have", name)
		}
	}
}

// The links to the neighbours can be put, changed and taken away; all else of a
// page stays.
func TestWithNeighbours(t *testing.T) {
	frozen := render(t, sample(t), testTheme, pastLinks).Archive
	previous, next := &Listing{Period: "2021-W38", When: "20–26 September 2021"}, &Listing{Period: "2021-W40", When: "4–10 <October>", Language: "he"}
	for _, test := range []struct {
		previous, next *Listing
		want           []string
	}{
		{nil, nil, nil},
		{previous, nil, []string{`../2021-W38/" rel="prev"`, "← 20–26 September 2021<"}},
		{previous, next, []string{`../2021-W38/" rel="prev"`, `../2021-W40/" rel="next"`, "4–10 &lt;October&gt; ←<"}},
	} {
		page := WithNeighbours(frozen, test.previous, test.next)
		for _, want := range test.want {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("there is no %s", want)
			}
		}
		if n := bytes.Count(page, []byte(` href="../`)); 2*n < len(test.want)-1 || n > 2 {
			t.Errorf("%d neighbours", n)
		}
		if again := WithNeighbours(page, nil, nil); !bytes.Equal(again, frozen) {
			t.Error("a page without neighbours is not what it was before")
		}
	}
	if other := []byte("<p>a site's own template"); !bytes.Equal(WithNeighbours(other, previous, next), other) {
		t.Error("a page without marks was changed")
	}
}

// What an article says is no mark.
func TestNeighboursHostile(t *testing.T) {
	e := sample(t)
	e.Subject = neighbourMark + "next-->"
	e.Intro = neighbourMark + "next-->" + neighbourEnd + "next-->"
	page := render(t, e, testTheme, pastLinks).Archive
	if n := bytes.Count(page, []byte(neighbourMark)); n != 2 {
		t.Errorf("%d marks, want 2", n)
	}
}
