package digest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An editor's note in the text part: looks as mail has always shown them, the
// address of every link below its paragraph.
func TestTextNote(t *testing.T) {
	const markdown = `# This week

A **loud** one for *interfaces*: [the plan](https://example.org/plan) and
[the plan](https://example.org/plan) again, at https://example.org/x.

- for paper, which needs no power and no password, only a drawer that somebody can open
- for phones

3. third

   and more of it
4. fourth

> Said one.

Write to <desk@example.org> or [us](mailto:desk@example.org).
`
	const want = `This week

A *loud* one for _interfaces_: the plan and the plan again, at
example.org/x.
https://example.org/plan
https://example.org/x

- for paper, which needs no power and no password, only a drawer that
  somebody can open
- for phones

3. third
   and more of it
4. fourth

> Said one.

Write to desk@example.org or us.
desk@example.org

`
	got := textNote(passages(blocksOf(markdown)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

// An editor's note and a sponsor are shown in both parts, the sponsor marked.
func TestNotes(t *testing.T) {
	i := render(t, rich(t), testTheme, testLinks)
	for _, want := range []string{"<b>loud</b>", "<li>for paper</li>", "<blockquote", ">Sponsored</h2>", `rel="sponsored"`, "<i>a second</i>", "and 7 more on the site", "Also at Also News"} {
		if !strings.Contains(string(i.HTML), want) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	for _, want := range []string{"- for phones\n", "\nSPONSORED\n", "Opens in _a second_.", "and 7 more on the site:\n", "Also at Also News:\n"} {
		if !strings.Contains(string(i.Text), want) {
			t.Errorf("text lacks %s", want)
		}
	}
}
