package digest

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nethtml "golang.org/x/net/html"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/templates"
)

var testLinks = Links{Home: "https://www.medigy.com", Base: "https://news.medigy.com/"}

var testTheme = Theme{PostalAddress: "Medigy, 1 Main Street, Springfield"}

func render(t testing.TB, e *Edition, theme Theme, links Links) *Issue {
	t.Helper()
	p, err := Parse(templates.FS(nil), theme, links)
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Render(e, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// sample is a small edition with one of everything: a lead, a story with an
// image and one without, one without an original, one in another language,
// offerings and an intro.
func sample(t testing.TB) *Edition {
	t.Helper()
	c := readArticles(t, `2021-10-02 What Were the Biggest Cybersecurity Lessons Learned at HIMSS21?
	topics: Cybersecurity, Business
	offerings: Elisity about Security, Armis, Optimum
	image: 1200
	summary: Leaders cited collaboration and resiliency as two major cybersecurity themes at the HIMSS21 conference in Las Vegas.
2021-10-01 How Provider Orgs Need To Respond To 2021's Cybersecurity Threats
	topics: Cybersecurity
	offerings: Elisity about Security
	image: 712
2021-09-29 "Assume the Vendor Is Down" & other drills
	topics: Cybersecurity
2021-09-28 בריאות דיגיטלית Telehealth
	topics: Records
	image: 200
2021-09-27 No topic at all
`)
	first := c.Article(c.Heads[0])
	first.Contributors = []corpus.Person{{Name: "Janette Wider"}}
	c.Article(c.Heads[1]).Image.Alt = "A nurse at a locked screen"
	c.Article(c.Heads[2]).Original = ""
	c.Heads[3].Language = "he"
	e := Compile(c, week39(t), Options{Title: "Medigy News", Language: "en-US"})
	e.Intro = "A quiet week for mergers and a loud one for interfaces: three vendors shipped, two apologised.\n\nRead the first."
	return e
}

func TestRenderGolden(t *testing.T) {
	i := render(t, sample(t), testTheme, testLinks)
	for name, got := range map[string][]byte{
		"testdata/sample.html":         i.HTML,
		"testdata/sample.txt":          i.Text,
		"testdata/sample.archive.html": i.Archive,
	} {
		if *update {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// each calls f for every element of a page.
func each(t testing.TB, page []byte, f func(name string, attr map[string]string)) {
	t.Helper()
	root, err := nethtml.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == nethtml.ElementNode {
			attr := make(map[string]string)
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			f(n.Data, attr)
		}
	}
}

// unique drops every string but its first.
func unique(all []string) (once []string) {
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

var textURL = regexp.MustCompile(`https?://\S+`)

// Both parts of the mail link to the same pages in the same order, and the
// public page to those of them that are not personal.
func TestSameLinks(t *testing.T) {
	full, inline := testLinks, testTheme
	full.Past, full.Subscribe = "https://news.medigy.com/past/", "https://news.medigy.com/subscribe"
	inline.OfferingsInline = true
	for _, tt := range []struct {
		edition *Edition
		theme   Theme
		links   Links
	}{{sample(t), testTheme, testLinks}, {sample(t), testTheme, full}, {rich(t), testTheme, full}, {rich(t), inline, full}} {
		i, links := render(t, tt.edition, tt.theme, tt.links), tt.links
		hrefs := func(page []byte) (all []string) {
			each(t, page, func(name string, attr map[string]string) {
				if name == "a" {
					all = append(all, attr["href"])
				}
			})
			return slices.DeleteFunc(unique(all), func(u string) bool { return strings.HasPrefix(u, "mailto:") })
		}
		inHTML, inText := hrefs(i.HTML), unique(textURL.FindAllString(string(i.Text), -1))
		if diff := cmp.Diff(inHTML, inText); diff != "" {
			t.Errorf("links (-HTML +text):\n%s", diff)
		}
		if len(inHTML) < 15 {
			t.Errorf("only %d links: %q", len(inHTML), inHTML)
		}
		notPersonal := slices.DeleteFunc(inHTML, func(s string) bool { return strings.HasPrefix(s, "https://mark.") })
		inArchive := slices.DeleteFunc(hrefs(i.Archive), func(s string) bool { return s == links.Subscribe })
		if diff := cmp.Diff(notPersonal, inArchive); diff != "" {
			t.Errorf("links (-HTML +archive):\n%s", diff)
		}
	}
}

// What mail clients need and spam filters and the law ask for.
func TestHTMLForMail(t *testing.T) {
	i := render(t, sample(t), testTheme, testLinks)
	images, tables := 0, 0
	each(t, i.HTML, func(name string, attr map[string]string) {
		switch name {
		case "script", "link", "iframe", "form", "object", "svg", "base":
			t.Errorf("<%s> in a mail", name)
		case "img":
			images++
			if _, ok := attr["alt"]; !ok || attr["width"] == "" || attr["height"] == "" {
				t.Errorf("image without alt, width or height: %v", attr)
			}
			if !strings.HasPrefix(attr["src"], "https://") {
				t.Errorf("image with relative URL %q", attr["src"])
			}
		case "table":
			tables++
			if attr["role"] != "presentation" {
				t.Errorf("table with role %q", attr["role"])
			}
		case "html":
			if attr["lang"] != "en-US" || attr["dir"] != "ltr" {
				t.Errorf("html has lang %q and dir %q", attr["lang"], attr["dir"])
			}
		}
		for key, value := range attr {
			// SpamAssassin takes text in the colour of its background for a trick, also where it is not shown.
			if key == "style" && strings.HasPrefix(value, "display:none") && regexp.MustCompile(`[;"]color:`).MatchString(value) {
				t.Errorf("a hidden <%s> has a colour: %s", name, value)
			}
			if strings.HasPrefix(key, "on") || key == "style" && regexp.MustCompile(`flex|grid|var\(|url\(|ZgotmplZ`).MatchString(value) {
				t.Errorf("<%s %s=%q> in a mail", name, key, value)
			}
		}
	})
	if images != 3 || tables < 8 {
		t.Errorf("%d images and %d tables, want 3 and some", images, tables)
	}
	for _, want := range []string{
		"<!--[if mso]><table role=\"presentation\" align=\"center\" width=\"600\"", "<o:PixelsPerInch>96</o:PixelsPerInch>", `xmlns:o="urn:schemas-microsoft-com:office:office"`,
		`<meta name="color-scheme" content="light dark">`,
		"prefers-color-scheme:dark", "[data-ogsc]", "@media (max-width:", "Janette Wider · Example · 2\u00a0Oct",
	} {
		if !bytes.Contains(i.HTML, []byte(want)) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	if bytes.Contains(i.HTML, []byte("@import")) || bytes.Contains(i.HTML, []byte("@font-face")) {
		t.Error("HTML has an external style sheet or font")
	}
}

func TestTextForMail(t *testing.T) {
	text := string(render(t, sample(t), testTheme, testLinks).Text)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := len([]rune(line)); n > textWidth && !strings.HasPrefix(line, "https://") {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("blanks at the end of %q", line)
		}
	}
	if !strings.Contains(text, `"Assume the Vendor Is Down" & other drills`) {
		t.Error("text is escaped as HTML")
	}
	if strings.Contains(text, "\n\n\n") || !strings.HasSuffix(text, "Springfield\n") {
		t.Errorf("empty lines, or the end is missing:\n%s", text)
	}
}

func TestArchive(t *testing.T) {
	i := render(t, sample(t), testTheme, testLinks)
	if i.URL != "https://news.medigy.com/digest/2021-W39/" {
		t.Errorf("URL = %s", i.URL)
	}
	feeds, canonical := 0, ""
	each(t, i.Archive, func(name string, attr map[string]string) {
		switch {
		case attr["rel"] == "alternate":
			feeds++
		case attr["rel"] == "canonical":
			canonical = attr["href"]
		}
	})
	if feeds != 3 || canonical != i.URL {
		t.Errorf("archive page has %d feeds and canonical %q", feeds, canonical)
	}
	if bytes.Contains(i.Archive, []byte("mark.newsdesk.invalid")) || bytes.Contains(i.Archive, []byte("You get this")) {
		t.Error("the public page has something personal in it")
	}
}

func TestRightToLeft(t *testing.T) {
	e := sample(t)
	e.Language = "he"
	i := render(t, e, testTheme, testLinks)
	if !bytes.Contains(i.HTML, []byte(`<html lang="he" dir="rtl">`)) || !bytes.Contains(i.HTML, []byte("לכתבה המקורית&nbsp;←")) {
		t.Error("a Hebrew edition is not written from the right")
	}
}

func TestEmpty(t *testing.T) {
	p, err := Parse(templates.FS(nil), testTheme, testLinks)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Selection{{}, {Language: "fr"}, {Topics: []string{"x"}}} {
		e := sample(t)
		if s.Language == "" && s.Topics == nil {
			e = Compile(corpus.New(nil), week39(t), Options{})
		}
		if _, err := p.Render(e, s); !errors.Is(err, ErrEmpty) || err.Error() != "digest 2021-W39: no stories" {
			t.Errorf("selection %+v: error %v", s, err)
		}
	}
}
