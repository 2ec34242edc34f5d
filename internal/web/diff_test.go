package web

import (
	"fmt"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	for name, test := range map[string]struct{ left, right, want string }{
		"same":     {"a\nb\n", "a\nb\n", " a|a  b|b"},
		"added":    {"a\nc\n", "a\nb\nc\n", " a|a *|b  c|c"},
		"taken":    {"a\nb\nc\n", "a\nc\n", " a|a *b|  c|c"},
		"replaced": {"a\nb\nc\n", "a\nx\nc\n", " a|a *b|x  c|c"},
		"moved":    {"a\nb\n", "b\na\n", "*a|  b|b *|a"},
		"nothing":  {"", "a\n", "*|a"},
	} {
		var rows []string
		for _, r := range diff(test.left, test.right) {
			mark := " "
			if r.Changed {
				mark = "*"
			}
			rows = append(rows, mark+r.Left+"|"+r.Right)
		}
		if got := strings.Join(rows, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What has nothing in common takes no more work than is bounded, and every line
// is there.
func TestLargeDiff(t *testing.T) {
	var left, right strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&left, "l%d\n", i)
		fmt.Fprintf(&right, "r%d\n", i)
	}
	if rows := diff(left.String(), right.String()); len(rows) != 5000 {
		t.Errorf("%d rows", len(rows))
	}
	if rows := fold(diff("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\ne\nf\ng\nx\n")); len(rows) != 4 {
		t.Errorf("folded to %d rows, want a gap, two lines and the change", len(rows))
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a\nb", "b\na\n")
	f.Fuzz(func(t *testing.T, left, right string) {
		var a, b []string
		for _, r := range diff(left, right) {
			if r.LeftLine > 0 {
				a = append(a, r.Left)
			}
			if r.RightLine > 0 {
				b = append(b, r.Right)
			}
			if !r.Changed && r.Left != r.Right {
				t.Errorf("%q and %q are told the same", r.Left, r.Right)
			}
		}
		if strings.Join(a, "\n") != strings.Join(lines(left), "\n") || strings.Join(b, "\n") != strings.Join(lines(right), "\n") {
			t.Errorf("lines are lost of %q and %q", left, right)
		}
	})
}
