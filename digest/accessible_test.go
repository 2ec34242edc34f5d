package digest

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/words"
	nethtml "golang.org/x/net/html"
)

// The rules of the Email Markup Consortium's accessibility reports (2022 to
// 2026) that a program can check, but for contrast, which is TestContrast's.
func TestAccessible(t *testing.T) {
	inline := testTheme
	inline.OfferingsInline, inline.Logo, inline.LogoDark = true, "https://www.medigy.com/logo.png", "https://www.medigy.com/dark.png"
	for _, theme := range []Theme{testTheme, inline} {
		for _, language := range []string{"en-US", "ar"} {
			e := rich(t)
			e.Language = language
			root, err := nethtml.Parse(bytes.NewReader(render(t, e, theme, testLinks).HTML))
			if err != nil {
				t.Fatal(err)
			}
			checkAccessible(t, root, language)
		}
	}
}

func checkAccessible(t *testing.T, root *nethtml.Node, language string) {
	t.Helper()
	level, titles := 0, 0
	var headings []string
	for n := range root.Descendants() {
		if n.Type != nethtml.ElementNode {
			continue
		}
		if top := n.Parent != nil && n.Parent.Data == "body"; (top || n.Data == "html") && (attr(n, "lang") != language || attr(n, "dir") != words.Direction(language)) {
			t.Errorf("%s: <%s> has lang %q and dir %q", language, n.Data, attr(n, "lang"), attr(n, "dir"))
		}
		switch n.Data {
		case "title":
			titles++
		case "table":
			if attr(n, "role") != "presentation" {
				t.Errorf("%s: table without role", language)
			}
		case "h1", "h2", "h3":
			headings = append(headings, n.Data)
			if now := int(n.Data[1] - '0'); now > level+1 {
				t.Errorf("%s: heading levels go from %d to %d", language, level, now)
			} else {
				level = now
			}
		case "img":
			if !slices.ContainsFunc(n.Attr, func(a nethtml.Attribute) bool { return a.Key == "alt" }) {
				t.Errorf("%s: image without alt", language)
			}
		case "a":
			if text := strings.ToLower(spoken(n)); text == "" || slices.Contains([]string{"here", "click here", "more", "read more", "learn more", "link"}, text) {
				t.Errorf("%s: link to %s says %q", language, attr(n, "href"), text)
			}
		}
		checkType(t, n)
	}
	if titles != 1 || len(headings) < 6 || slices.Index(headings, "h1") != 0 || slices.Contains(headings[1:], "h1") {
		t.Errorf("%s: %d titles, headings %v", language, titles, headings)
	}
}

// checkType holds that text is neither justified, nor small, nor without air.
func checkType(t *testing.T, n *nethtml.Node) {
	t.Helper()
	style := attr(n, "style")
	if strings.Contains(style, "display:none") {
		return
	}
	size, height := pixels(style, "font-size"), pixels(style, "line-height")
	if strings.Contains(style, "justify") || size > 0 && size < 12 || size > 0 && height > 0 && height < size {
		t.Errorf("<%s style=%q>", n.Data, style)
	}
}

func pixels(style, property string) int {
	m := regexp.MustCompile(`(?:^|;)` + property + `:(\d+)px`).FindStringSubmatch(style)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func attr(n *nethtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// spoken is what a screen reader says of an element: its text and its images'.
func spoken(n *nethtml.Node) string {
	var b strings.Builder
	for child := range n.Descendants() {
		if child.Type == nethtml.TextNode {
			b.WriteString(child.Data)
		}
		b.WriteString(attr(child, "alt"))
	}
	return strings.TrimSpace(b.String())
}

// Gmail drops a whole sheet for what it does not know in it, so the first, which
// lays the mail out on phones, has nothing that is not old and plain.
func TestFirstSheetIsPlain(t *testing.T) {
	page := render(t, rich(t), testTheme, testLinks).HTML
	sheet := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindSubmatch(page)[1]
	if !bytes.Contains(sheet, []byte("@media (max-width:619px)")) {
		t.Errorf("the first sheet is not that of phones:\n%s", sheet)
	}
	if wrong := regexp.MustCompile(`\[|:root|prefers|-webkit|\+|~|>|var\(|url\(`).Find(sheet); wrong != nil {
		t.Errorf("the first sheet has %q:\n%s", wrong, sheet)
	}
}
