package corpus

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestSurvey surveys the files of each archive; what it says, and the
// configuration that it proposes, are the file want.
func TestSurvey(t *testing.T) {
	runArchives(t, "testdata/survey", func(t *testing.T, _ *txtar.Archive, files fstest.MapFS) string {
		r, err := Survey(context.Background(), files, "")
		if err != nil {
			t.Fatal(err)
		}
		return r.String() + "\n" + r.Config(Places{Dir: "content"})
	})
}

// The proposed configuration finds the fields that the survey saw.
func TestSurveyProposal(t *testing.T) {
	fsys := fstest.MapFS{
		"a.md": {Data: []byte("---\ntitle: A\nlayout: post\ndate: 2020-01-02\ncategories: [x]\nabstract: About A.\n---\n")},
		"b.md": {Data: []byte("---\ntitle: B\nlayout: post\ndate: 2020-01-03\ncategories: [y]\nabstract: About B.\n---\n")},
	}
	r, err := Survey(context.Background(), fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Fields = maps.Clone(Presets[r.Preset()])
	maps.Copy(o.Fields, r.Departing)
	c, _ := Load(context.Background(), fsys, o)
	if len(c.Heads) != 2 || len(c.Topics) != 2 || c.Article(c.Heads[0]).Summary != "About B." {
		t.Errorf("with preset %s and %v: got %d articles, %d topics", r.Preset(), r.Departing, len(c.Heads), len(c.Topics))
	}
}

// A state in a word is found, so that no draft is published.
func TestSurveyState(t *testing.T) {
	fsys := fstest.MapFS{
		"a.md": {Data: []byte("---\ntitle: A\ndate: 2020-01-02\nstatus: published\n---\n")},
		"b.md": {Data: []byte("---\ntitle: B\ndate: 2020-01-03\nstatus: draft\n---\n")},
	}
	r, err := Survey(context.Background(), fsys, "jekyll")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Fields = maps.Clone(Presets[r.Preset()])
	maps.Copy(o.Fields, r.Departing)
	c, report := Load(context.Background(), fsys, o)
	if len(c.Heads) != 1 || c.Heads[0].Path != "a.md" || len(report.LeftOut) != 1 || report.LeftOut[0].Reason != "draft" {
		t.Errorf("with %v: %d articles, left out %v", r.Departing, len(c.Heads), report.LeftOut)
	}
}

// A large folder is sampled over its whole length.
func TestSurveySample(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 2*surveyed + 1 {
		key := "tags"
		if i > surveyed {
			key = "topics"
		}
		fsys[fmt.Sprintf("%05d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "---\ntitle: T\n%s: [a, b]\n---\n", key)}
	}
	r, err := Survey(context.Background(), fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Files != 2*surveyed+1 || r.Read != surveyed {
		t.Errorf("read %d of %d files, want %d of %d", r.Read, r.Files, surveyed, 2*surveyed+1)
	}
	for _, use := range r.Fields {
		if use.Field == FieldTopics && (len(use.Paths) != 2 || use.Paths[1].Files < surveyed/2-1) {
			t.Errorf("topics are at %v, want two paths of half the files each", use.Paths)
		}
	}
}

func TestSurveyErrors(t *testing.T) {
	if _, err := Survey(context.Background(), os.DirFS(filepath.Join(t.TempDir(), "no")), ""); err == nil {
		t.Error("no error for a folder that is not there")
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Survey(done, fstest.MapFS{"a.md": {Data: []byte("---\n---\n")}}, ""); err == nil {
		t.Error("no error for a done context")
	}
}

// Every preset can fill what an article must have, names no path twice, and
// uses only fields that a survey knows.
func TestPresets(t *testing.T) {
	known := map[Field]bool{}
	for _, c := range candidates {
		known[c.field] = true
	}
	for name, preset := range Presets {
		for _, field := range []Field{FieldTitle, FieldDate, FieldTopics, FieldSummary, FieldImage} {
			if len(preset[field]) == 0 {
				t.Errorf("%s has no path for %s", name, field)
			}
		}
		for field, paths := range preset {
			if !known[field] {
				t.Errorf("%s: a survey does not know %s", name, field)
			}
			for i, path := range paths {
				if indexFold(paths, path) != i {
					t.Errorf("%s names %s twice for %s", name, path, field)
				}
			}
		}
	}
}

// Whatever an image is called, its folder is found, and in finite time.
func FuzzImageFolders(f *testing.F) {
	for _, image := range []string{"", "a.png", "/a.png", "/a/../b/c.png", "//cdn/x.png", "https://a.example/b", "/a/b/c.png?d=/e"} {
		f.Add(image, "/a/x.png")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, folder := range imageFolders([]fileSurvey{{image: one}, {image: two}}) {
			if strings.HasPrefix(folder.Path, "/") && !strings.HasPrefix(folder.Example, "/") {
				t.Errorf("%q is said to be in %q", folder.Example, folder.Path)
			}
		}
	})
}
