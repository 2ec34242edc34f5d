package corpus

import (
	"fmt"
	"strings"
	"testing"
)

func TestStripShortcodes(t *testing.T) {
	for _, test := range []struct{ in, want, counts string }{
		{"plain { text } here", "plain { text } here", ""},
		{`a {{< figure src="x.jpg" >}} b`, "a  b", "figure 1"},
		{"{{% note %}}\nKept.\n{{% /note %}}", "\nKept.\n", "note 1"},
		{"{{< youtube a >}}{{< youtube b >}}{{< x />}}", "", "youtube 2, x 1"},
		{"{% include a.html %}{{ page.title }}{%- if x -%}y{%- endif -%}", "y", "include 1, page.title 1, if 1"},
		{"`{{< in code >}}` and ``{% `x` %}``", "`{{< in code >}}` and ``{% `x` %}``", ""},
		{"```\n{{< in code >}}\n```\n{{< out >}}", "```\n{{< in code >}}\n```\n", "out 1"},
		{"<pre>{{ x }}</pre><code class=\"y\">{% z %}</code>{{ w }}", "<pre>{{ x }}</pre><code class=\"y\">{% z %}</code>", "w 1"},
		{"{% highlight go %}\na{{ b }}\n{% endhighlight %}\nc", "\n```go\n\na{{ b }}\n\n```\n\nc", ""},
		{"{% raw %}{{ kept }}{% endraw %}", "{{ kept }}", ""},
		{"a{% comment %}gone{% endcomment %}b", "ab", ""},
		{"{{</* shown */>}}", "{{< shown >}}", ""},
		{"{{ never closed\n}} {% nor this", "{{ never closed\n}} {% nor this", ""},
		{"a ` lone {{ x }}\n\nb", "a ` lone \n\nb", "x 1"},
	} {
		got, counts := stripShortcodes(test.in)
		var told []string
		for _, c := range counts {
			told = append(told, fmt.Sprintf("%s %d", c.name, c.count))
		}
		if got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
		if s := strings.Join(told, ", "); s != test.counts {
			t.Errorf("%q counts %q, want %q", test.in, s, test.counts)
		}
	}
}

// FuzzShortcodes holds that stripping ends and never makes text longer than
// the tags it turns into code fences.
func FuzzShortcodes(f *testing.F) {
	for _, seed := range []string{"{{< a >}}b{{< /a >}}", "`{{`", "{% raw %}{{ x }}", "```\n{%", "{{</* a */>}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := stripShortcodes(text)
		if strings.Count(text, "highlight") == 0 && len(got) > 2*len(text) {
			t.Errorf("%q grew to %q", text, got)
		}
	})
}

// Many marks that nothing closes cost no more than many letters.
func BenchmarkShortcodesHostile(b *testing.B) {
	text := strings.Repeat("{{< {% `` ~~~ <pre> ", 200_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		stripShortcodes(text)
	}
}
