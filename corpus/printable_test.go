package corpus

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPrintable has each character at each place of what is looked at at once.
func TestPrintable(t *testing.T) {
	const unprintable = "\t\r\x00\x1f\x7f\u0080\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff"
	for c := range rune(0x11000) {
		want := utf8.ValidRune(c) && !strings.ContainsRune(unprintable, c) &&
			(c >= ' ' || c == '\n') && (c < 0x7f || c >= 0xa0)
		for _, before := range []string{"", "é", "\n", strings.Repeat("a", 7), strings.Repeat("b\nc d~", 11)} {
			text := before + string(c) + strings.Repeat("\n~ ", 15)
			if c >= 0xd800 && c < 0xe000 {
				text = before + "\xed" + string([]byte{byte(c>>6)&0x3f | 0x80, byte(c)&0x3f | 0x80})
			}
			if got := printable([]byte(text)); got != want {
				t.Fatalf("%q: %v, want %v", text, got, want)
			}
		}
	}
	for _, text := range []string{"\x80", "\xff", "a\xc3", "é\xe2\x80", "\xc0\xaf", strings.Repeat("a", 40) + "\xc3" + strings.Repeat("b", 40)} {
		if printable([]byte(text)) {
			t.Errorf("%q, which is not UTF-8, is called printable", text)
		}
	}
	if !printable(nil) || !printable([]byte("\U0001f680")) {
		t.Error("nothing, or a rocket, is not printable")
	}
}

func BenchmarkPrintable(b *testing.B) {
	for name, line := range map[string]string{
		"ascii":    "A line of an article that is as long as most of them are.\n",
		"quotes":   "A line of an “article” that is as long as most.\n",
		"japanese": "長い記事の一行です。\n",
	} {
		data := []byte(strings.Repeat(line, 100))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				printable(data)
			}
		})
	}
}
