package digest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/templates"
)

// illustrated compiles an edition of three stories with images; pictures are made
// of those of the first two.
func illustrated(t *testing.T, id func(name string) string) (*Edition, *Templates) {
	t.Helper()
	var all []*corpus.Article
	for _, name := range []string{"a", "b", "c"} {
		a := article(t, "2021-09-28", "Title "+name)
		a.Image = &corpus.Image{URL: "https://www.medigy.com/images/" + name + ".jpeg", Alt: name}
		all = append(all, a)
	}
	e := Compile(corpus.New(all), week39(t), Options{Title: "News"})
	parsed, err := Parse(templates.FS(nil), testTheme, testLinks)
	if err != nil {
		t.Fatal(err)
	}
	return e, parsed.Illustrate(func(img *corpus.Image, at Place) (Picture, bool) {
		name := strings.TrimSuffix(img.URL[len("https://www.medigy.com/images/"):], ".jpeg")
		return Picture{URL: "https://www.medigy.com/digest/images/" + name + "-" + string(at) + ".jpg", Width: 560, Height: 373, ContentID: id(name), Type: "image/jpeg", Bytes: []byte(name)}, name != "c"
	})
}

// Pictures take the places of images, in the mail and on its public page; an
// image without one stays.
func TestIllustrate(t *testing.T) {
	e, templates := illustrated(t, func(string) string { return "" })
	issue, err := templates.Render(e, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"https://www.medigy.com/digest/images/a-lead.jpg", "https://www.medigy.com/digest/images/b-story.jpg", "https://www.medigy.com/images/c.jpeg"}
	for _, part := range [][]byte{issue.HTML, issue.Archive} {
		if diff := cmp.Diff(want, sources(part)); diff != "" {
			t.Errorf("images (-want +got):\n%s", diff)
		}
	}
	if !bytes.Contains(issue.HTML, []byte(`width="132" height="88"`)) {
		t.Error("the story's picture has not its size")
	}
	if len(issue.Inline) != 0 || e.Lead.Image.URL != "https://www.medigy.com/images/a.jpeg" {
		t.Errorf("%d inline; the edition's own image is %s", len(issue.Inline), e.Lead.Image.URL)
	}
}

// Embedded pictures are parts of the mail. The public page has none.
func TestEmbed(t *testing.T) {
	e, templates := illustrated(t, func(name string) string { return name + "+1@medigy.example" })
	issue, err := templates.Render(e, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cid:a+1@medigy.example", "cid:b+1@medigy.example", "https://www.medigy.com/images/c.jpeg"}, sources(issue.HTML)); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
	want := []Inline{{"a+1@medigy.example", "image/jpeg", []byte("a")}, {"b+1@medigy.example", "image/jpeg", []byte("b")}}
	if diff := cmp.Diff(want, issue.Inline); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if slices.ContainsFunc(sources(issue.Archive), func(s string) bool { return strings.HasPrefix(s, "cid:") }) {
		t.Error("the public page has what only a mail can show")
	}
}

func sources(html []byte) (all []string) {
	for _, match := range imageSource.FindAllSubmatch(html, -1) {
		all = append(all, string(match[2]))
	}
	return all
}

func TestEchoes(t *testing.T) {
	const title = "Rural Clinics Pool Their Night Shifts"
	for alt, want := range map[string]bool{
		title:                                    true,
		"rural clinics pool their night shifts.": true,
		"“Rural clinics” pool their night-shifts":        true,
		"Image: Rural Clinics Pool Their Night…":         true,
		"Photo of rural clinics pool their night shifts": true,
		"Rural Clinics Pool Their Night Shifts (1)":      true,
		"":                                    true,
		"...":                                 true,
		"A lit window at night":               false,
		"Rural Clinics":                       false,
		"Rural clinic":                        false,
		"A nurse of one of the rural clinics": false,
		"Image":                               false,
		title + ", a map of the nine that take part": false,
	} {
		if got := echoes(alt, title); got != want {
			t.Errorf("%q: %t", alt, got)
		}
	}
	if !echoes("農村診療所", "農村診療所") || echoes("夜の窓", "農村診療所") {
		t.Error("Japanese")
	}
}
