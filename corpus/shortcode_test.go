package corpus

import (
	"fmt"
	"strings"
	"testing"
)

// param is a front matter with one key.
func param(key string) string { return map[string]string{"version": "1.0"}[key] }

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
		{"{{ never\nclosed\n}} {% nor this", "{{ never\nclosed\n}} {% nor this", ""},
		{"({{ site.repository\n}}/x)", "(/x)", "site.repository 1"},
		{"[a]({% link b.md %}) [c]({{ site.repository }}/d)", "[a](template:) [c](template:/d)", "link 1, site.repository 1"},
		{"[a]: {% post_url b %}", "[a]: template:", "post_url 1"},
		{`<img src="{{ page.x }}">`, `<img src="template:">`, "page.x 1"},
		{"[a]({{ site.baseurl }}/b) [c]({{ '/d/' | relative_url }}) [e]({{ \"/f\" | prepend: site.url }})", "[a](/b) [c](/d/) [e](/f)", ""},
		{"{{ page.version }}, {{% param version %}} and {{< param \"version\" >}}", "1.0, 1.0 and 1.0", ""},
		{"a <{{ x }}> **{{ x }}** *{{ x }}* __{{ x }}__ b", "a     b", "x 4"},
		{"a\n{: .note .info}\nb{: style=\"border:0; x\" width='180'} c{:target=_blank} {:toc}", "a\n\nb c ", ""},
		{"a {:\n.icon width=\"70\"} b", "a  b", ""},
		{"## a {#b}\n## c {#d .e}\n### f {#g.h.i--j}\n{{ x }}", "## a \n## c \n### f \n", "x 1"},
		{"{:a => 1} {: } {#if x} {#a} b {.c} d `{: .e}`", "{:a => 1} {: } {#if x} {#a} b {.c} d `{: .e}`", ""},
		{"a {/* gone\n*/} b {/* stays", "a  b {/* stays", ""},
		{"<div style={{width:\"1\"}}>", "<div style=>", ""},
		{"<Tabs.Item>a</Tabs.Item> <YouTube id='x'/> <Br/> <IMG> `<Tabs>` <URL:x>", "<Tabs.Item>a</Tabs.Item> <YouTube id='x'/> <Br/> <IMG> `<Tabs>` <URL:x>", "<Tabs.Item> 1, <YouTube> 1"},
		{"a ` lone {{ x }}\n\nb", "a ` lone \n\nb", "x 1"},
	} {
		got, counts := stripShortcodes(test.in, param)
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
		got, _ := stripShortcodes(text, param)
		if strings.Count(text, "highlight") == 0 && len(got) > 3*len(text) { // {{x}} in a link becomes template:
			t.Errorf("%q grew to %q", text, got)
		}
	})
}

// A parameter fills no memory, however long it is and however often named.
func TestShortcodeParameters(t *testing.T) {
	long := func(string) string { return strings.Repeat("x", 301) }
	if got, counts := stripShortcodes("{{page.a}}", long); got != "" || len(counts) != 1 {
		t.Errorf("a long parameter gives %d bytes, %v", len(got), counts)
	}
	short := func(string) string { return strings.Repeat("x", 300) }
	if got, _ := stripShortcodes(strings.Repeat("{{page.a}}", 100_000), short); len(got) > 300_000 {
		t.Errorf("100,000 parameters give %d bytes", len(got))
	}
}

// Many names cost no more than one.
func BenchmarkShortcodesNames(b *testing.B) {
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, "{{n%d}}", i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		stripShortcodes(text.String(), param)
	}
}

// Many marks that nothing closes cost no more than many letters.
func BenchmarkShortcodesHostile(b *testing.B) {
	text := strings.Repeat("{{< {% `` ~~~ <pre> {: {#a <Aa <{{x}}> ", 100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		stripShortcodes(text, param)
	}
}
