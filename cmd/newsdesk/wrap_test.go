package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
)

func TestTextWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":                    0,
		"Café":                4,
		"Cafe\u0301":          4,
		"病院の記録":               10,
		"🚑 on the way":        13,
		"\u200fשלום":          4,
		"\x1b[33mwarn\x1b[0m": 4,
		"fullwidth ＡＢ":        14,
		"مستشفى":              6,
	} {
		if got := textWidth(text); got != want {
			t.Errorf("textWidth(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		line            string
		indent, columns int
		want            string
	}{
		{"short", 4, 40, "short"},
		{"not a terminal: whatever it is, it stays on its line", 4, 0, "not a terminal: whatever it is, it stays on its line"},
		{"content/a.md:3: date: there is no such day", 4, 30, "content/a.md:3: date: there is\n    no such day"},
		{"content/a-path-that-is-longer-than-the-line.md:3: no", 4, 30, "content/a-path-that-is-longer-than-the-line.md:3:\n    no"},
		{"  name  12  text that is too long for it", 12, 32, "  name  12  text that is too\n            long for it"},
		{"病院の記録 病院の記録 病院の記録", 2, 24, "病院の記録 病院の記録\n  病院の記録"},
		{"too little room for any text at all", 20, 30, "too little room for any text at all"},
	} {
		if got := wrap(test.line, test.indent, test.columns); got != test.want {
			t.Errorf("wrap(%q, %d, %d):\n%s\nwant:\n%s", test.line, test.indent, test.columns, got, test.want)
		}
	}
}

func TestCutCountsColumns(t *testing.T) {
	for _, text := range []string{"病院の電子カルテ共有が過去最高に", "plain text that is too long", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"} {
		got := cut(text, 10)
		if n := textWidth(got); n > 10 || n < 9 || !strings.HasSuffix(got, "…") {
			t.Errorf("cut(%q, 10) = %q, %d columns", text, got, n)
		}
	}
}

func TestLeftOutReasons(t *testing.T) {
	report := corpus.Report{LeftOut: []corpus.LeftOut{{Reason: "error"}, {Reason: "draft"}, {Reason: "error"}, {Reason: "published in the future (2021-10-28)"}}}
	if got, want := leftOutReasons(report), "2 with an error, 1 draft, 1 published in the future"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReflow(t *testing.T) {
	const text = `A paragraph whose lines are somewhat longer than the terminal is wide,
and that goes on.

  open      the period has not ended
  changed   since an editor found it good, which
            is told

Flags:
  -h, --help   help for it
`
	const want = `A paragraph whose lines are somewhat
longer than the terminal is wide, and
that goes on.

  open      the period has not ended
  changed   since an editor found it
            good, which is told

Flags:
  -h, --help   help for it
`
	if got := reflow(text, 40); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What a command says of itself fits the narrowest usual terminal.
func TestHelpFits(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		var out bytes.Buffer
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		if code := run(t.Context(), args, strings.NewReader(""), &out, io.Discard); code != exitOK {
			t.Errorf("%v: exit code %d", args, code)
		}
		for line := range strings.Lines(out.String()) {
			if n := textWidth(strings.TrimRight(line, "\n")); n > helpColumns {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	visit((&app{stdout: io.Discard}).rootCommand())
}
