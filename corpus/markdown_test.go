package corpus

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// TestMarkdownLimits has texts for which goldmark alone takes minutes, or more
// memory than there is. Their text stays, and it is told.
func TestMarkdownLimits(t *testing.T) {
	page, _ := url.Parse("https://www.example.org/news/a/")
	many := func(s string) string { return strings.Repeat(s, 64<<10/len(s)) }
	for name, text := range map[string]string{
		"links that end nowhere":       many("[a]("),
		"addresses that end nowhere":   many("[a](<b"),
		"links in lines":               many("[a](b \"c\n"),
		"open brackets":                strings.Repeat(many("["), 4),
		"stars and lines":              many("*a_"),
		"stars at the end":             many("a*_b ") + many("*"),
		"quotations in quotations":     many(">") + "a",
		"lists in lists":               many("1) ") + "a",
		"quotations with lists":        many("> 1. - ") + "a",
		"notes in notes":               many("[^1]: "),
		"links to one note":            "[^a]: x\n\n" + strings.Repeat(many("[^a]"), 2),
		"notes that are not there":     many("[^1]: x\n\n") + many("[^z] "),
		"titles that end nowhere":      strings.Repeat(many("[a]: b \"c\n"), 3),
		"many references' ends":        strings.Repeat("[a]: /u\n", 30_000),
		"references to a long address": "[a]: /" + strings.Repeat("u", 10_000) + "\n\n" + many("[a] "),
		"a wide table of short rows":   many("|a") + "|\n" + many("|-") + "|\n" + many("|\n"),
		"many tables of short rows":    many(strings.Repeat("|a", 300) + "|\n" + strings.Repeat("|-", 300) + "|\n" + strings.Repeat("|\n", 300) + "\n"),
		"bars that are none":           "a|b\n-|-\n" + many("`\\|`|b\n"),
	} {
		b, err := parseBody(text, false, page)
		if err != nil || !b.cut {
			t.Errorf("%s: cut is %v, %v", name, b.cut, err)
		}
		if len(b.html) > 32*len(text) {
			t.Errorf("%s: %d bytes have become %d", name, len(text), len(b.html))
		}
	}
}

// TestMarkdownWithinLimits holds that long articles are read as ever.
func TestMarkdownWithinLimits(t *testing.T) {
	page, _ := url.Parse("https://www.example.org/news/a/")
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "## Part %d\n\n*One* **two** [three](https://example.com/%d) [four][f] ~~five~~ `six` a < b [^1] ![](x.png)\n\n", i, i)
		fmt.Fprintf(&text, "> - quoted\n>   - deeper\n\na|b\n-|-\n%d|*d*\n\n", i)
	}
	text.WriteString("[f]: https://example.com/four\n\n[^1]: A note.\n")
	b, err := parseBody(text.String(), false, page)
	if err != nil || b.cut {
		t.Fatalf("cut is %v, %v", b.cut, err)
	}
	for _, want := range []string{"<em>One</em>", `<a href="https://example.com/four" `, "<del>five</del>", "<td><em>d</em></td>", "<li>deeper</li>"} {
		want = strings.TrimSpace(want)
		if n := strings.Count(b.html, want); n != 2000 {
			t.Errorf("%s is there %d times, want 2000", want, n)
		}
	}
}
