package corpus

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

func TestSlugify(t *testing.T) {
	for in, want := range map[string]string{
		"Healthcare IT News: Cybersecurity":                  "healthcare-it-news-cybersecurity",
		"Medical Subject Headings (MeSH): Health Facilities": "medical-subject-headings-mesh-health-facilities",
		"Provider's Choice":                                  "providers-choice",
		"  --a--b--  ":                                       "a-b",
		"Télé-santé":                                         "tele-sante",
		"健康 医療":                                              "健康-医療",
		"हिन्दी":                                             "हिन्दी",
		"../../etc/passwd":                                   "etc-passwd",
		"🙂":                                                  "",
	} {
		if got := slugify(in); got != want {
			t.Errorf("slugify(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"One. Two! Three?", []string{"One.", "Two!", "Three?"}},
		{"Held Aug. 9-13 in the U.S. by Dr. J. Smith, Inc. of Ohio.", []string{"Held Aug. 9-13 in the U.S. by Dr. J. Smith, Inc. of Ohio."}},
		{"It is 2.0 or e.g. more. And Node.js too.", []string{"It is 2.0 or e.g. more.", "And Node.js too."}},
		{"He said “go.” Then left.", []string{"He said “go.”", "Then left."}},
		{"病院は新しい。患者は喜ぶ！", []string{"病院は新しい。", "患者は喜ぶ！"}},
		{"No stop", []string{"No stop"}},
		{"", nil},
	} {
		if got := sentences(test.in); !slices.Equal(got, test.want) {
			t.Errorf("sentences(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestRepairMojibake(t *testing.T) {
	for in, want := range map[string]string{
		"Dor√©":               "Doré",
		"itâ€™s":              "it’s",
		"‚Äúquoted‚Äù":        "“quoted”",
		"CafÃ© and rÃ©sumÃ©":  "Café and résumé",
		"Â© 2021":             "© 2021",
		"CAFÉ\u00a0» à côté":  "CAFÉ\u00a0» à côté",
		"Ä rule, √2, ¬x, âge": "Ä rule, √2, ¬x, âge",
		"São Paulo":           "São Paulo",
	} {
		if got, _, _ := repairMojibake(in); got != want {
			t.Errorf("repairMojibake(%q) = %q, want %q", in, got, want)
		}
	}
}

// The word that is told is found in one pass, also in a text without a blank, all
// of it misread: that once took minutes for 64 KiB.
func TestRepairMojibakeOfMuch(t *testing.T) {
	for misread, want := range map[string]string{"√©": "é", "â€™": "’"} {
		const times = 200_000
		repaired, before, after := repairMojibake(strings.Repeat(misread, times))
		if repaired != strings.Repeat(want, times) {
			t.Errorf("%s: not all was repaired", misread)
		}
		if len(before) > 100 || !strings.HasPrefix(before, misread) || !strings.HasPrefix(after, want) || !utf8.ValidString(before) {
			t.Errorf("%s: told %q and %q", misread, before, after)
		}
	}
}

// FuzzText holds that whatever text goes in, titles and summaries come out as
// one line of NFC that XML can carry.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"A &amp; B", "a\x00b\x0b", "e\u0301", "Dor√©", "a]]>b", "\ufffe", "&#1;&#x0;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // files that are not UTF-8 are refused before
		}
		repaired, _, _ := repairMojibake(text)
		summary, _ := summarize(text, body{}.blocks())
		for _, got := range []string{oneLine(text), oneLine(repaired), plainText(text), summary} {
			checkText(t, got)
			if strings.ContainsAny(got, "\n\t\r") {
				t.Errorf("%q is not one line", got)
			}
		}
	})
}

// checkText fails unless XML 1.0 can carry text.
func checkText(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) {
		t.Errorf("%q is not UTF-8 in NFC", text)
	}
	for _, r := range text {
		if !xmlChar(r) {
			t.Errorf("%q has %U, which XML forbids", text, r)
		}
	}
}

// FuzzBody holds that whatever body goes in, the HTML that comes out is
// balanced, absolute and without script.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		"<p>a<br>b</p>", "<p onclick=x>a", "[a](javascript:b) ![c](d)", "<iframe src=//x>", "<img src=x srcset='a 1x, b'>",
		"<svg><style><img src=x onerror=y>", "&#1;]]>", "<a href='ht\ntp:x'>", "<table><p>", "- a\n  - b\n```\nx",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	page, _ := url.Parse("https://www.medigy.com/news/a/")
	f.Fuzz(func(t *testing.T, text string, isHTML bool) {
		if !utf8.ValidString(text) {
			return // files that are not UTF-8 are refused before
		}
		b, err := parseBody(text, isHTML, page)
		if err != nil {
			return
		}
		checkText(t, norm.NFC.String(b.html))
		checkBalanced(t, b.html)
		for block := range b.blocks() {
			checkText(t, norm.NFC.String(block.text))
		}
	})
}

var voidElements = []string{"br", "hr", "img", "wbr", "col", "source", "track"}

// checkBalanced fails unless every tag is closed, in order, and allowed.
func checkBalanced(t *testing.T, text string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(text))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		token := z.Token()
		switch tt {
		case html.StartTagToken, html.SelfClosingTagToken:
			checkAttributes(t, token)
			if !slices.Contains(voidElements, token.Data) && tt == html.StartTagToken {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if slices.Contains(voidElements, token.Data) {
				continue
			}
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v in %q", token.Data, open, text)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v not closed in %q", open, text)
	}
	var escaped strings.Builder
	if err := xml.EscapeText(&escaped, []byte(text)); err != nil || strings.Contains(escaped.String(), "\ufffd") && !strings.Contains(text, "\ufffd") {
		t.Errorf("XML cannot carry %q", text)
	}
}

func checkAttributes(t *testing.T, token html.Token) {
	t.Helper()
	if slices.Contains([]string{"script", "style", "form", "iframe", "object", "svg"}, token.Data) {
		t.Errorf("<%s> was let through", token.Data)
	}
	for _, a := range token.Attr {
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
			t.Errorf("attribute %s was let through", a.Key)
		}
		if a.Key == "href" || a.Key == "src" || a.Key == "poster" {
			u, err := url.Parse(a.Val)
			if err != nil || !slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme) {
				t.Errorf("%s=%q was let through", a.Key, a.Val)
			}
		}
	}
}

func TestWithoutFormatting(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"Plain < and > signs", "Plain < and > signs"},
		{"Now <strike>65%</strike> <b class='x'>80%</B> sold", "Now 65% 80% sold"},
		{"A<br>B<br/>C<wbr>D", "A B C D"},
		{"The <code> element", "The <code> element"},
		{"The </b> and <b> tags", "The </b> and <b> tags"},
		{"Building <InputAccessoryView> for <form>s", "Building <InputAccessoryView> for <form>s"},
	} {
		if got := withoutFormatting(test.in); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}
