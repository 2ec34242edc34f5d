package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestGolden compares every format's files of the sample corpus with
// testdata/<format>.txtar.
func TestGolden(t *testing.T) {
	list := feed.Build(sample(), options())
	for _, format := range feed.Formats {
		t.Run(format.Title, func(t *testing.T) {
			got := &txtar.Archive{}
			for _, f := range list[:2] {
				got.Files = append(got.Files, txtar.File{Name: f.Path + format.File, Data: encode(t, format, f)})
			}
			golden(t, "testdata/"+strings.ToLower(format.Title)+".txtar", got)
		})
	}
}

func golden(t *testing.T, name string, got *txtar.Archive) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(txtar.Format(got))); diff != "" {
		t.Errorf("%s (go test -update rewrites it):\n%s", name, diff)
	}
}

func encode(t testing.TB, format feed.Format, f *feed.Feed) []byte {
	t.Helper()
	data, err := format.Encode(f)
	if err != nil {
		t.Fatalf("%s: %v", format.Title, err)
	}
	return data
}

// TestFormatsAgree reads all formats with an independent parser and wants the
// same items from them.
func TestFormatsAgree(t *testing.T) {
	for _, f := range feed.Build(sample(), options()) {
		var first []string
		for _, format := range feed.Formats {
			items := read(t, encode(t, format, f))
			if first == nil {
				first = items
				if len(items) != len(f.Items) {
					t.Errorf("%s: %d items, want %d", f.Title, len(items), len(f.Items))
				}
			}
			if diff := cmp.Diff(first, items); diff != "" {
				t.Errorf("%s in %s is not as in %s:\n%s", f.Title, format.Title, feed.Formats[0].Title, diff)
			}
		}
	}
}

// read returns what gofeed understands of each item, a field a line.
func read(t *testing.T, data []byte) []string {
	t.Helper()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("gofeed: %v\n%s", err, data)
	}
	var items []string
	for _, i := range f.Items {
		enclosures, _ := json.Marshal(i.Enclosures)
		author := ""
		if len(i.Authors) > 0 {
			author = i.Authors[0].Name // RSS has room for one in gofeed
		}
		items = append(items, strings.Join([]string{
			i.GUID, i.Title, i.Link, i.Content, author,
			i.PublishedParsed.UTC().Format(time.RFC3339),
			i.UpdatedParsed.UTC().Format(time.RFC3339), // to the second: see spread
			strings.Join(i.Categories, "|"), string(enclosures),
		}, "\n"))
	}
	return items
}

// TestText follows hostile strings through every format to what a reader shows.
func TestText(t *testing.T) {
	for _, test := range []struct{ title, want string }{
		{"plain", "plain"},
		{"Privacy & <Security>", "Privacy & <Security>"},
		{"AT&amp;T", "AT&amp;T"},
		{"a ]]> b", "a ]]> b"},
		{"control \x00\x07\x1f\u0085 gone", "control  gone"},
		{"not \xff\xfe UTF-8", "not  UTF-8"},
		{"noncharacter \ufffe\U0001ffff", "noncharacter "},
		{"🩺 مرحبا \u200f", "🩺 مرحبا \u200f"},
		{"an end </b> tag", "an end <\u2060/b> tag"},
	} {
		a := article(1, day(1))
		a.Title = "T:" + test.title + "."
		f := feed.Build(corpus.New([]*corpus.Article{a}), options())[0]
		for _, format := range feed.Formats {
			got, err := gofeed.NewParser().Parse(bytes.NewReader(encode(t, format, f)))
			if err != nil {
				t.Errorf("%s: %q: %v", format.Title, test.title, err)
				continue
			}
			if want := "T:" + test.want + "."; got.Items[0].Title != want {
				t.Errorf("%s: title %q is read as %q, want %q", format.Title, a.Title, got.Items[0].Title, want)
			}
		}
	}
}

// TestNothingToShow: what is only of characters that no feed may hold leaves no
// empty element, which validators warn of and readers show as nothing.
func TestNothingToShow(t *testing.T) {
	const nothing = "\ufffd\u0085 \u009f"
	for _, content := range []feed.Content{feed.ContentFull, feed.ContentSummary, feed.ContentNone} {
		a := article(1, day(1), &corpus.Topic{Slug: "s", Name: nothing, Label: nothing}, opinion)
		a.Title, a.Summary = nothing, nothing
		a.Authors = []corpus.Person{{Name: nothing}, {Name: "Ann"}}
		a.Contributors = []corpus.Person{{Name: nothing}}
		a.Image = &corpus.Image{URL: "https://example.com/a.png", Alt: nothing}
		o := options()
		o.Content = content
		f := feed.Build(corpus.New([]*corpus.Article{a}), o)[0]
		for _, format := range feed.Formats {
			data := encode(t, format, f)
			got, err := gofeed.NewParser().Parse(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			i := got.Items[0]
			if i.Title != a.URL || len(i.Authors) != 1 || i.Authors[0].Name != "Ann" || !slices.Equal(i.Categories, []string{"Opinion"}) {
				t.Errorf("%s, %s: title %q, authors %v, topics %q; want the page's address, Ann, Opinion", format.Title, content, i.Title, i.Authors, i.Categories)
			}
			for _, empty := range []string{"<title></title>", "<name></name>", "<summary></summary>", "<media:description></media:description>", "<dc:contributor></dc:contributor>", `{"name":""}`, `"content_text":""`} {
				if strings.Contains(string(data), empty) {
					t.Errorf("%s, %s: there is %s", format.Title, content, empty)
				}
			}
		}
	}
}

// TestAtomUpdated wants entries of one second told apart within it, and an
// entry's time the same whatever other articles there are.
func TestAtomUpdated(t *testing.T) {
	for _, test := range []struct{ articles, digits int }{{1, 3}, {400, 3}, {1500, 6}} {
		o := options()
		o.Items = test.articles
		var articles []*corpus.Article
		for n := range test.articles {
			articles = append(articles, article(n, day(27)))
		}
		seen := map[string]bool{}
		for _, i := range atom(t, articles, o).Items {
			if seen[i.Updated] {
				t.Errorf("%d articles: two have %s", test.articles, i.Updated)
			}
			seen[i.Updated] = true
			if got := i.UpdatedParsed.Truncate(time.Second); !got.Equal(day(27)) {
				t.Errorf("%d articles: updated is %s, which is not in the second of %s", test.articles, i.Updated, day(27))
			}
			if max := len("2021-09-27T00:00:00.-04:00") + test.digits; len(i.Updated) > max {
				t.Errorf("%d articles: %s has more than %d digits", test.articles, i.Updated, test.digits)
			}
		}
	}
	alone := atom(t, []*corpus.Article{article(1, day(27))}, options()).Items[0].Updated
	two := atom(t, []*corpus.Article{article(1, day(27)), article(2, day(27))}, options())
	if got := two.Items[0].Updated; got != alone {
		t.Errorf("updated is %s beside another article, %s alone", got, alone)
	}
}

func atom(t *testing.T, articles []*corpus.Article, o feed.Options) *gofeed.Feed {
	t.Helper()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(encode(t, feed.Formats[1], feed.Build(corpus.New(articles), o)[0])))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestNoArticles wants valid feeds of an empty corpus too.
func TestNoArticles(t *testing.T) {
	f := feed.Build(corpus.New(nil), options())[0]
	for _, format := range feed.Formats {
		data := encode(t, format, f)
		if items := read(t, data); len(items) != 0 {
			t.Errorf("%s has %d items", format.Title, len(items))
		}
	}
	if got := string(encode(t, feed.Formats[2], f)); !strings.Contains(got, `"items":[`) {
		t.Errorf("a JSON feed must have items, even if there are none:\n%s", got)
	}
}

// TestJSONFeed checks what gofeed does not look at: that required members are
// there, that every name is JSON Feed 1.1's or begins with an underscore, and
// that URLs and dates are whole.
func TestJSONFeed(t *testing.T) {
	top := set("version title home_page_url feed_url description language icon favicon authors hubs items")
	item := set("id url external_url title content_html summary image banner_image date_published date_modified authors tags language attachments")
	var got map[string]any
	if err := json.Unmarshal(encode(t, feed.Formats[2], feed.Build(sample(), options())[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got["version"] != "https://jsonfeed.org/version/1.1" {
		t.Errorf("version is %v", got["version"])
	}
	checkNames(t, "feed", got, top)
	for n, i := range got["items"].([]any) {
		i := i.(map[string]any)
		checkNames(t, fmt.Sprintf("item %d", n), i, item)
		for _, name := range []string{"id", "content_html", "date_published"} {
			if s, _ := i[name].(string); s == "" {
				t.Errorf("item %d has no %s", n, name)
			}
		}
		extension := i["_newsdesk"].(map[string]any)
		if about, _ := extension["about"].(string); !strings.HasPrefix(about, "https://") {
			t.Errorf("item %d: _newsdesk.about is %q, want a URL", n, about)
		}
		for _, name := range []string{"date_published", "date_modified"} {
			if _, err := time.Parse(time.RFC3339, i[name].(string)); err != nil {
				t.Errorf("item %d: %s: %v", n, name, err)
			}
		}
	}
}

func set(names string) map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(names) {
		all[name] = true
	}
	return all
}

func checkNames(t *testing.T, where string, object map[string]any, known map[string]bool) {
	t.Helper()
	for name := range object {
		if !known[name] && !strings.HasPrefix(name, "_") {
			t.Errorf("%s: %q is not in JSON Feed 1.1", where, name)
		}
	}
}

// FuzzEncode puts any string into every field of an article and wants
// well-formed documents with one item.
func FuzzEncode(f *testing.F) {
	h := hostile()
	f.Add(h.Title, h.HTML, h.Original)
	f.Add("]]>", "]]]]>><![CDATA[", "javascript:alert(1)")
	f.Add("\xed\xa0\x80\x00\u2028", "<p>&#0;&#xFFFF;\r\n</p>", "http://[::1]/%")
	f.Fuzz(func(t *testing.T, s, body, url string) {
		topic := &corpus.Topic{Slug: "s", Name: s, Label: s, Vocabulary: s, Scheme: url, URL: url}
		a := article(1, day(1), topic)
		a.Title, a.Summary, a.HTML, a.URL, a.Original, a.Language = s, s, body, url, url, s
		a.Source = corpus.Source{Name: s, Domain: s, FeedURL: url}
		a.Authors, a.Contributors = []corpus.Person{{Name: s}}, []corpus.Person{{Name: s}}
		a.Image = &corpus.Image{URL: url, Alt: s, Type: s, Bytes: 1}
		a.Offerings = []corpus.Offering{{ID: s, Name: s, URL: url, Topics: []*corpus.Topic{topic}}}
		o := options()
		o.Site.Title, o.Rights, o.Icon, o.Accent = s, s, url, s
		list := feed.Build(corpus.New([]*corpus.Article{a}), o)
		for _, data := range [][]byte{encode(t, feed.Formats[0], list[1]), encode(t, feed.Formats[1], list[1])} {
			if items, err := countItems(data); err != nil || items != 1 {
				t.Errorf("%d items, %v\n%s", items, err, data)
			}
		}
		if data := encode(t, feed.Formats[2], list[1]); !json.Valid(data) {
			t.Errorf("not JSON: %s", data)
		}
	})
}

// countItems reads an XML document to its end.
func countItems(data []byte) (items int, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return items, nil
		}
		if err != nil {
			return items, err
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "item" || e.Name.Local == "entry") {
			items++
		}
	}
}
