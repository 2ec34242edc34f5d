package digest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/medigy/newsdesk/templates"
)

// A mistake in a site's own template is reported with file and line when it is
// read, also if only a rare edition would come to it, so none reaches a mail.
func TestTemplateErrors(t *testing.T) {
	for _, tt := range []struct{ file, source, want string }{
		{"digest.html", "one\n{{.Title", "digest.html:2: unclosed action"},
		{"digest.html", "one\n{{colour}}", `digest.html:2: function "colour" not defined`},
		{"digest.txt", "one\ntwo\n{{end}}", "digest.txt:3: unexpected {{end}}"},
		{"digest.txt", "one\n{{.Titel}}", "digest.txt:2:2:"},
		{"archive.html", "one\n{{.Titel}}", "archive.html:2:2:"},
		{"partials/digest-footer.html", "\n\n{{.Titel}}", "partials/digest-footer.html:3:2:"},
		{"digest.html", "<a href='{{if .View}}'{{end}}>", "digest.html:1:"},
		{"digest.html", "\n{{template \"partials/none.html\" .}}", "digest.html:2:"},
		{"digest.html", "\n{{light \"pink\"}}", `digest.html:2:2: executing "digest.html" at <light "pink">: error calling light: there is no colour "pink"`},
		{"digest.html", `<a href="{{.Lead.Title}}" onclick="{{.Subject}}" style="{{.Subject}}">`, "puts a text where only a URL or a style can stand"},
		// What only some editions come to.
		{"digest.txt", "{{with .Sponsor}}\n{{.Nmae}}{{end}}", "digest.txt:2:2:"},
		{"digest.txt", "{{if not .Intro}}\n{{.Itnro}}{{end}}", "digest.txt:2:2:"},
		{"digest.txt", "{{range .Sections}}{{range .Stories}}{{range .Also}}\n{{.Nmae}}{{end}}{{end}}{{end}}", "digest.txt:2:2:"},
		{"archive.html", "{{with .Lead.Image}}{{if eq $.Dir `rtl`}}\n{{.Hieght}}{{end}}{{end}}", "archive.html:2:2:"},
		{"partials/digest-story.html", "{{define `story`}}\n{{.Titel}}{{end}}", "partials/digest-story.html:2:"},
		{"partials/digest-offerings.html", "{{range .Offerings}}{{range .}}{{with .Logo}}\n{{.URL}}{{end}}{{end}}{{end}}", "partials/digest-offerings.html:2:"},
	} {
		_, err := Parse(templates.FS(fstest.MapFS{tt.file: {Data: []byte(tt.source)}}), testTheme, testLinks)
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
		{Links{Home: "https://x", Base: "https://y/", UTM: map[string]string{"medum": "email"}}, `utm "medum" is not a parameter (want source, medium, campaign, term or content)`},
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
