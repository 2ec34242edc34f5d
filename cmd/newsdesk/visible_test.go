package main

import (
	"bytes"
	"testing"
)

func TestVisible(t *testing.T) {
	for _, test := range []struct {
		text, want string
		colours    bool
	}{
		{"plain\ttext\n", "plain\ttext\n", false},
		{"Doré “健康” 🙂 שלום\n", "Doré “健康” 🙂 שלום\n", false},
		{"\x1b[31merror\x1b[0m", "\x1b[31merror\x1b[0m", true},
		{"\x1b[31merror\x1b[0m", `\u001b[31merror\u001b[0m`, false},
		{"\x1b]0;title\a \x1b[2J\x1b[31;5m", `\u001b]0;title\u0007 \u001b[2J\u001b[31;5m`, true},
		{"hidden\r", `hidden\u000d`, true},
		{"\u009b2J \x9b2J \x7f", `\u009b2J \x9b2J \u007f`, true},
		{"a\u202etxt.exe \u2066b\u2028c", `a\u202etxt.exe \u2066b\u2028c`, true},
		{"\x1b", `\u001b`, true},
	} {
		var b bytes.Buffer
		n, err := visible{&b, test.colours}.Write([]byte(test.text))
		if b.String() != test.want || n != len(test.text) || err != nil {
			t.Errorf("%q is written as %q (%d, %v), want %q", test.text, b.String(), n, err, test.want)
		}
	}
}
