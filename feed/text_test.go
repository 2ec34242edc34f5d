package feed

import (
	"html"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                    "",
		"a\tb\nc ~ “d” 病\u00a0🙂":              "a\tb\nc ~ “d” 病\u00a0🙂",
		"a\r\nb\x00c\x1fd\x7fe\u0080f\u009fg": "a\nbcdefg",
		"\ufffda\ufffeb\uffffc\U0001fffed":    "abcd",
		"a\xffb\xc3":                          "ab",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		" a\u00a0b \u0085":    "a\u00a0b",
		"\ufffd \u009f\u2003": "",
		"a </b> c </ d":       "a <\u2060/b> c </ d",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// Text for a place of HTML is, read as HTML, the text, and mostly the text as it is.
func TestHTMLText(t *testing.T) {
	for in, want := range map[string]string{
		"less resets & more patients": "less resets & more patients",
		"a > b":                       "a > b",
		"AT&T, R&D &amp; <b>":         "AT&amp;T, R&amp;D &amp;amp; &lt;b>",
		"1 < 2 &&lt; &#60;&":          "1 &lt; 2 &amp;&amp;lt; &amp;#60;&amp;",
	} {
		got := htmlText(in)
		if got != want {
			t.Errorf("htmlText(%q) = %q, want %q", in, got, want)
		}
		if back := html.UnescapeString(got); back != in {
			t.Errorf("htmlText(%q) is read as %q", in, back)
		}
	}
}
