package digest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/medigy/newsdesk/templates"
)

// A mistake in a site's own template is reported with file and line, whether
// it is found by reading or by rendering.
func TestTemplateErrors(t *testing.T) {
	for _, tt := range []struct{ file, source, want string }{
		{"digest.html", "one\n{{.Title", "digest.html:2: unclosed action"},
		{"digest.html", "one\n{{colour}}", `digest.html:2: function "colour" not defined`},
		{"digest.txt", "one\ntwo\n{{end}}", "digest.txt:3: unexpected {{end}}"},
		{"digest.txt", "one\n{{.Titel}}", "digest.txt:2:2:"},
		{"archive.html", "one\n{{.Titel}}", "archive.html:2:2:"},
		{"partials/digest-footer.html", "\n\n{{.Titel}}", "partials/digest-footer.html:3:2:"},
		{"digest.html", "<a href='{{if .View}}'{{end}}>", "digest.html:1:"},
	} {
		p, err := Parse(templates.FS(fstest.MapFS{tt.file: {Data: []byte(tt.source)}}), testTheme, testLinks)
		if err == nil {
			_, err = p.Render(sample(t), Selection{})
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s with %q: error %v, want %s", tt.file, tt.source, err, tt.want)
		}
	}
	if _, err := Parse(fstest.MapFS{}, testTheme, testLinks); err == nil || !strings.Contains(err.Error(), "digest.html") {
		t.Errorf("without templates: error %v", err)
	}
}

func TestLinkErrors(t *testing.T) {
	for _, tt := range []struct {
		links Links
		want  string
	}{
		{Links{Base: "https://news.medigy.com/"}, "link home is missing"},
		{Links{Home: "https://x"}, `link base: "" does not end in a slash`},
		{Links{Home: "https://x", Base: "https://news.medigy.com"}, `link base: "https://news.medigy.com" does not end in a slash`},
		{Links{Base: "/"}, `link base: "/" is not an absolute http or https URL`},
		{Links{Base: "https://x/", Home: "www.medigy.com"}, `link home: "www.medigy.com" is not an absolute http or https URL`},
	} {
		if _, err := Parse(templates.FS(nil), testTheme, tt.links); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want %s", tt.links, err, tt.want)
		}
	}
}

// A site replaces one partial; all others stay ours.
func TestOverride(t *testing.T) {
	own := fstest.MapFS{"partials/digest-footer.html": {Data: []byte(`<p>Leave: <a href="{{.Unsubscribe}}">here</a>, {{.Title}}</p>`)}}
	p, err := Parse(templates.FS(own), testTheme, testLinks)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Render(sample(t), Selection{})
	if err != nil {
		t.Fatal(err)
	}
	want := render(t, sample(t), testTheme, testLinks)
	const footer = `<p>Leave: <a href="` + MarkUnsubscribe + `">here</a>, Medigy News</p>`
	before, _, found := strings.Cut(string(got.HTML), footer)
	if !found || !strings.HasPrefix(string(want.HTML), before) || strings.Contains(string(got.HTML), "Springfield") {
		t.Errorf("the mail does not have the site's footer below ours of everything else:\n%s", got.HTML)
	}
	if string(got.Text) != string(want.Text) {
		t.Error("a partial of the HTML changed the text")
	}
}
