package feed

import "testing"

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
