package corpus

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
)

// What is skipped is not read, and is told: a folder in one line.
func TestSkip(t *testing.T) {
	fsys := fstest.MapFS{
		"README.md":        {Data: []byte("# Not an article\n")},
		"en/README.md":     {Data: []byte("# Neither\n")},
		"en/about/team.md": {Data: []byte("---\ntitle: No date\n---\n")},
		"en/about/us.md":   {Data: []byte("---\ntitle: No date\n---\n")},
		"en/news/about.md": articleFile("News", "2021-10-01", "x"),
	}
	o := options(t)
	o.Skip = []string{"README.md", "*/about"}
	c, report := Load(context.Background(), fsys, o)
	want := "[{README.md content.skip (README.md)} {en/README.md content.skip (README.md)} {en/about content.skip (*/about)}]"
	if got := fmt.Sprint(report.LeftOut); got != want || len(c.Heads) != 1 || len(report.Findings) != 0 {
		t.Errorf("%d articles, %v, left out %s\nwant %s", len(c.Heads), report.Findings, got, want)
	}
	o.Skip = []string{"/README.md", "/about"} // of the topmost folder alone
	if _, report = Load(context.Background(), fsys, o); fmt.Sprint(report.LeftOut[:2]) != "[{README.md content.skip (/README.md)} {en/README.md error}]" {
		t.Errorf("with %q left out %v", o.Skip, report.LeftOut)
	}
	o.Skip = []string{"README.md", "*/about"}
	_, leftOut, _, err := Explain(context.Background(), fsys, "en/about/us.md", o)
	if leftOut != "content.skip (*/about)" || err != nil {
		t.Errorf("explained: left out %q, %v", leftOut, err)
	}
	o.Skip = []string{"["}
	if _, report := Load(context.Background(), fsys, o); len(report.Findings) != 1 || report.Findings[0].Kind != "bad-option" {
		t.Errorf("a broken pattern gives %v", report.Findings)
	}
}

// Pages among dated articles and readmes are proposed to be skipped; what may be an
// article that is broken is not.
func TestSurveySkip(t *testing.T) {
	page := &fstest.MapFile{Data: []byte("---\ntitle: Page\n---\n")}
	fsys := fstest.MapFS{
		"en/news/a.md": articleFile("A", "2021-10-01", "x"), "es/news/a.md": articleFile("A", "2021-10-01", "x"),
		"en/news/lost.md":  {Data: []byte("title: Its fence is lost\n\nx\n")},
		"en/news/b.md":     {Data: []byte("---\ntitle: [\n---\n")},
		"en/docs/b.md":     {Data: []byte("---\ntitle: [\n---\n")},
		"en/docs/c.md":     page,
		"en/about/team.md": page, "es/about/more/team.md": page, "es/about/README.md": {Data: []byte("# No\n")},
		"fr/about/team.md": page, "fr/history/x.md": page, // nothing is translated yet
		"404.md": page, "README.md": {Data: []byte("# No\n")},
	}
	r, err := Survey(context.Background(), fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"404.md", "README.md", "*/about", "*/docs/c.md", "*/history"}; !slices.Equal(r.Skip, want) {
		t.Errorf("skip %q, want %q", r.Skip, want)
	}
	// Where nothing has a date, these are all the articles that there are.
	fsys = fstest.MapFS{"docs/a.md": page, "docs/b.md": page, "LICENSE.md": {Data: []byte("Apache\n")}}
	if r, err = Survey(context.Background(), fsys, ""); err != nil || r.Skip != nil {
		t.Errorf("without dates: skip %q, error %v", r.Skip, err)
	}
}
