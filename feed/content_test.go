package feed_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

// TestLink follows an item with an original, and one without, through every
// format.
func TestLink(t *testing.T) {
	bare := article(2, day(1))
	for _, test := range []struct {
		link feed.Link
		want []string
	}{
		{feed.LinkPage, []string{
			"<link>PAGE</link>", `<guid isPermaLink="false">ID</guid>`, `<atom:link href="ORIGINAL" rel="related">`, `<atom:link href="ORIGINAL" rel="via">`,
			"<id>ID</id>", `<link href="PAGE" rel="alternate" type="text/html">`, `<link href="ORIGINAL" rel="related">`, `<link href="ORIGINAL" rel="via">`,
			`"id":"ID","url":"PAGE","external_url":"ORIGINAL"`,
			"<link>BARE</link>",
		}},
		{feed.LinkOriginal, []string{
			"<link>ORIGINAL</link>", `<guid isPermaLink="true">PAGE</guid>`, `<atom:link href="PAGE" rel="related">`, `<atom:link href="ORIGINAL" rel="via">`,
			"<id>ID</id>", `<link href="ORIGINAL" rel="alternate" type="text/html">`, `<link href="PAGE" rel="related">`, `<link href="ORIGINAL" rel="via">`,
			`"id":"ID","url":"PAGE","external_url":"ORIGINAL"`,
			"<link>BARE</link>", `<guid isPermaLink="true">BARE</guid>`,
		}},
	} {
		o := options()
		o.Link = test.link
		a := full()
		f := feed.Build(corpus.New([]*corpus.Article{a, bare}), o)[0]
		var all []byte
		for _, format := range feed.Formats {
			all = append(all, encode(t, format, f)...)
		}
		words := strings.NewReplacer("PAGE", a.URL, "ID", a.ID, "ORIGINAL", a.Original, "BARE", bare.URL)
		for _, want := range test.want {
			if want = words.Replace(want); !bytes.Contains(all, []byte(want)) {
				t.Errorf("link %s: no %s in\n%s", test.link, want, all)
			}
		}
	}
}

// TestContent holds what each format has of an article: its description or
// summary, and its content.
func TestContent(t *testing.T) {
	for _, test := range []struct {
		content feed.Content
		summary string
		want    []string // of RSS, Atom and JSON: description|content
	}{
		{feed.ContentFull, "Short.", []string{"Short.|<p>Long.</p>", "Short.|<p>Long.</p>", "Short.|<p>Long.</p>"}},
		{feed.ContentSummary, "Short.", []string{"Short.|", "Short.|", "Short.|Short."}},
		{feed.ContentSummary, "", []string{"|", "Article 1|", "|Article 1"}},
		{feed.ContentNone, "Short.", []string{"|", "Article 1|", "|Article 1"}},
	} {
		o := options()
		o.Content = test.content
		a := article(1, day(1))
		a.Summary, a.HTML = test.summary, "<p>Long.</p>"
		f := feed.Build(corpus.New([]*corpus.Article{a}), o)[0]
		var got []string
		for _, format := range feed.Formats {
			data := encode(t, format, f)
			parsed, err := gofeed.NewParser().Parse(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, parsed.Items[0].Description+"|"+parsed.Items[0].Content)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("content %s of summary %q:\n%s", test.content, test.summary, diff)
		}
	}
}

// TestBytes holds that a file drops its oldest items until it is no longer than
// it may be, keeps the last, and is then the feed of those items.
func TestBytes(t *testing.T) {
	var articles []*corpus.Article
	for n := range 20 {
		a := article(n, day(28).AddDate(0, 0, -n))
		a.HTML = strings.Repeat("<p>Words.</p>", 10*n)
		articles = append(articles, a)
	}
	articles[19].Updated = day(29) // of the oldest
	for _, most := range []int{1, 4 << 10, 8 << 10, 16 << 10, 1 << 20} {
		o := options()
		o.Bytes = most
		for _, format := range feed.Formats {
			f := feed.Build(corpus.New(articles), o)[0]
			data := encode(t, format, f)
			shown := len(read(t, data))
			if shown > 1 && len(data) > most || shown == 0 {
				t.Errorf("%s of at most %d bytes has %d items in %d", format.Title, most, shown, len(data))
			}
			o := o
			o.Items, o.Bytes = shown, 1<<20
			if want := encode(t, format, feed.Build(corpus.New(articles), o)[0]); !bytes.Equal(data, want) {
				t.Errorf("%s of at most %d bytes is not as that of %d items", format.Title, most, shown)
			}
			if shown < 20 {
				o.Items++
				if next := encode(t, format, feed.Build(corpus.New(articles), o)[0]); len(next) <= most {
					t.Errorf("%s of at most %d bytes has %d items, and one more is %d bytes", format.Title, most, shown, len(next))
				}
			}
		}
	}
}

// TestContentJSON holds that every item has what JSON Feed requires.
func TestContentJSON(t *testing.T) {
	for _, content := range []feed.Content{feed.ContentFull, feed.ContentSummary, feed.ContentNone} {
		o := options()
		o.Content = content
		var got struct{ Items []map[string]any }
		if err := json.Unmarshal(encode(t, feed.Formats[2], feed.Build(sample(), o)[0]), &got); err != nil {
			t.Fatal(err)
		}
		for n, i := range got.Items {
			if fmt.Sprint(i["content_html"], i["content_text"]) == "<nil> <nil>" {
				t.Errorf("content %s: item %d has neither content_html nor content_text", content, n)
			}
		}
	}
}
