package digest

import (
	"fmt"
	"strings"
	"testing"
)

// outline writes blocks in a line each: the kind, then every span with its look
// before it.
func outline(blocks []block) string {
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString(string(block.Kind))
		if block.Number > 0 {
			fmt.Fprintf(&b, " %d", block.Number)
		}
		b.WriteByte(':')
		for _, s := range block.Spans {
			if s.Break {
				b.WriteString(" /")
				continue
			}
			b.WriteByte(' ')
			for _, look := range []struct {
				is   bool
				name string
			}{{s.Strong, "strong "}, {s.Emphasis, "em "}, {s.Code, "code "}} {
				if look.is {
					b.WriteString(look.name)
				}
			}
			fmt.Fprintf(&b, "%q", s.Text)
			if s.URL != "" {
				fmt.Fprintf(&b, "→%s", s.URL)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestBlocks(t *testing.T) {
	for _, test := range []struct{ name, markdown, want string }{
		{"nothing", " \n\n", ""},
		{"paragraphs", "One\nline.\n\nTwo.", "paragraph: \"One line.\"\nparagraph: \"Two.\"\n"},
		{"looks", "a *b **c*** `d`", "paragraph: \"a \" em \"b \" strong em \"c\" \" \" code \"d\"\n"},
		{"hard break", "a\\\nb", "paragraph: \"a\" / \"b\"\n"},
		{"link", "see [the *plan*](https://example.org/a?b=1&c=2).",
			"paragraph: \"see \" \"the \"→https://example.org/a?b=1&c=2 em \"plan\"→https://example.org/a?b=1&c=2 \".\"\n"},
		{"bare URL", "at https://example.org/x.", "paragraph: \"at \" \"https://example.org/x\"→https://example.org/x \".\"\n"},
		{"mail", "write to <desk@example.org> or [us](mailto:desk@example.org)",
			"paragraph: \"write to \" \"desk@example.org\"→mailto:desk@example.org \" or \" \"us\"→mailto:desk@example.org\n"},
		{"list", "- a\n- b\n", "item: \"a\"\nitem: \"b\"\n"},
		{"numbers", "3. a\n\n   more\n4. b\n", "item 3: \"a\"\nitem: \"more\"\nitem 4: \"b\"\n"},
		{"heading and quote", "## This week\n> So *it* is.", "heading: \"This week\"\nquote: \"So \" em \"it\" \" is.\"\n"},
		{"entities once", "AT&amp;T \\&amp; &amp;lt;", "paragraph: \"AT&T &amp; &lt;\"\n"},
		{"script link", "[x](javascript:alert(1))", "paragraph: \"x\"\n"},
		{"relative link", "[x](/news/)", "paragraph: \"x\"\n"},
		{"HTML is text", "a <b onclick=x>b</b>\n\n<script>\nalert(1)\n</script>",
			"paragraph: \"a <b onclick=x>b</b>\"\nparagraph: \"<script>\" / \"alert(1)\"\n"},
		{"image is its text", "![A lamp](https://example.org/a.png)", "paragraph: \"A lamp\"\n"},
		{"no mark", "https://mark.*newsdesk*.invalid/view", "paragraph: \"https://mark.invalid/view\"\n"},
		{"code block", "```\na\nb\n```", "paragraph: code \"a\" / code \"b\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := outline(blocksOf(test.markdown)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// FuzzBlocks holds that no note makes a block without text or a link that a
// mail must not have.
func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{"a *b*", "- a\n  > b", "[x](https://e.org/\"onclick=)", "<script>", "&#x0;\\&lt;", "~~~", "1. a\n   - b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		for _, b := range blocksOf(markdown) {
			if len(b.Spans) == 0 {
				t.Errorf("a %s without text", b.Kind)
			}
			for _, s := range b.Spans {
				if s.URL != "" && !strings.HasPrefix(s.URL, "http") && !strings.HasPrefix(s.URL, "mailto:") {
					t.Errorf("link to %q", s.URL)
				}
			}
		}
	})
}
