package words

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"fits in one line", "fits in one line"},
		{"goes on in a second line", "goes on in a\nsecond line"},
		{"see https://example.org/a/very/long/address now", "see\nhttps://example.org/a/very/long/address\nnow"},
		{"no\u00a0break inside", "no\u00a0break inside"},
		{"漢字漢字漢字漢字漢字", "漢字漢字漢字漢字\n漢字"},
		{"漢字漢字漢字漢字。漢字", "漢字漢字漢字漢字。\n漢字"},
		{"HIMSS 漢字漢字漢字", "HIMSS 漢字漢字漢\n字"},
		{"a Donaudampfschifffahrt", "a\nDonaudampfschiff\nfahrt"},
		{"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 in marks", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 in\nmarks"},
	} {
		if got := Wrap(tt.text, 16); got != tt.want {
			t.Errorf("Wrap(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// No text makes a line too long, and none loses a character.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"goes on in a second line", "漢字 mixed 漢字漢字漢字漢字漢字", "🙂🙂🙂 שלום", "a  b", strings.Repeat("x", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\n", " ")
		got := Wrap(text, 20)
		if strings.NewReplacer(" ", "", "\n", "").Replace(got) != strings.ReplaceAll(text, " ", "") {
			t.Errorf("Wrap(%q) = %q", text, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if n := columnsOf(strings.TrimRight(line, " ，。、；：？！）」』】》…")); n > 20 && !strings.Contains(line, "://") {
				t.Errorf("%d columns: %q", n, line)
			}
		}
	})
}
