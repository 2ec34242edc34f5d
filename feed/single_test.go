package feed_test

import (
	"strings"
	"testing"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

// TestSingle: a feed of its own in a folder, in every format the same to a reader.
func TestSingle(t *testing.T) {
	o := options()
	o.URL = "https://www.medigy.com/"
	o.Site = feed.Site{Title: "Medigy News – weekly", URL: o.URL + "digest/"}
	articles := []*corpus.Article{article(1, day(1)), article(2, day(2))}
	articles[0].ID = "tag:www.medigy.com,2021:digest/weekly/2021-W39"
	f := feed.Single(corpus.New(articles), "digest/", o)
	var first []string
	for _, format := range feed.Formats {
		data := encode(t, format, f)
		if !strings.Contains(string(data), `https://www.medigy.com/digest/`+format.File) {
			t.Errorf("%s does not name itself", format.Title)
		}
		if strings.Contains(string(data), "<?xml-stylesheet") && !strings.Contains(string(data), `href="../feed.css"`) {
			t.Errorf("%s: no way to feed.css", format.Title)
		}
		items := read(t, data)
		if first == nil {
			first = items
		}
		if len(items) != 2 || !strings.HasPrefix(items[1], articles[0].ID+"\n") || strings.Split(items[0], "\n")[3] != strings.Split(first[0], "\n")[3] {
			t.Errorf("%s: %q", format.Title, items)
		}
	}
}
