package corpusgen_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/corpusgen"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// folder generates n articles in memory.
func folder(t testing.TB, n int, seed uint64) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	err := corpusgen.Generate(n, seed, func(name string, data []byte) error {
		fsys[name] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func options(images fs.FS) corpus.Options {
	return corpus.Options{Site: "https://www.medigy.com", ImagesURL: "/images/news/", Images: images, Now: corpusgen.End}
}

// Nothing is wrong with a generated corpus but that it has no images, as long
// as none are generated.
func TestLoad(t *testing.T) {
	const n, images = 1000, 3
	g := corpusgen.New(1)
	imagesFS := fstest.MapFS{}
	for i := range images {
		name, data := g.Image(i)
		imagesFS[name] = &fstest.MapFile{Data: data}
	}
	c, report := corpus.Load(context.Background(), folder(t, n, 1), options(imagesFS))

	missing := 0
	for _, f := range report.Findings {
		if f.Kind == "missing-image" {
			missing++
			continue
		}
		t.Errorf("%v", f)
	}
	if missing != n-images {
		t.Errorf("%d images are missing, want all but %d of %d", missing, images, n)
	}
	for _, l := range report.LeftOut {
		t.Errorf("%s is left out: %s", l.Path, l.Reason)
	}
	if len(c.Heads) != n || len(c.Topics) != corpusgen.Topics {
		t.Errorf("got %d articles and %d topics, want %d and %d", len(c.Heads), len(c.Topics), n, corpusgen.Topics)
	}
	for _, h := range c.Heads {
		if !h.Updated.Before(corpusgen.End) {
			t.Errorf("%s is updated on %v, after the corpus ends", h.Path, h.Updated)
		}
	}
	newest, oldest := c.Heads[0].Published, c.Heads[n-1].Published
	if !newest.Before(corpusgen.End) || oldest.Before(corpusgen.End.AddDate(-6, 0, 0)) || newest.Sub(oldest).Hours() < 5*365*24 {
		t.Errorf("articles are from %v to %v, want the six years before %v", oldest, newest, corpusgen.End)
	}
}

// What the corpus says of an article is what the generator meant.
func TestArticle(t *testing.T) {
	name, data := corpusgen.New(1).Article(0)
	c, _ := corpus.Load(context.Background(), fstest.MapFS{name: {Data: data}}, options(nil))
	if len(c.Heads) != 1 {
		t.Fatalf("got %d articles, want 1", len(c.Heads))
	}
	a := c.Article(c.Heads[0])
	if want := "urn:uuid:" + path.Base(name[:len(name)-len(".md")]); a.ID != want {
		t.Errorf("ID is %s, want %s", a.ID, want)
	}
	if a.Title == "" || a.Summary == "" || a.Original == "" || a.Source.Domain == "" || len(a.Authors) == 0 || len(a.Topics) == 0 || a.HTML == "" {
		t.Errorf("something is missing: %+v", a)
	}
}

// The bytes are the same on every machine and with every version of Go, or
// figures measured on two of them could not be compared.
func TestGolden(t *testing.T) {
	const golden = "testdata/article.md"
	_, got := corpusgen.New(1).Article(0)
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An article does not depend on how many there are, nor on which were made
// before it, but on the seed.
func TestSameArticle(t *testing.T) {
	all := folder(t, 20, 7)
	g := corpusgen.New(7)
	for _, i := range []int{19, 3, 3} {
		name, data := g.Article(i)
		if file := all[name]; file == nil || !bytes.Equal(file.Data, data) {
			t.Errorf("article %d (%s) is not the one of the whole corpus", i, name)
		}
	}
	if name, _ := corpusgen.New(8).Article(3); all[name] != nil {
		t.Errorf("%s is in the corpora of two seeds", name)
	}
}

// Every key of the sample articles is in the generated ones, and no other; but
// no generated article is a draft.
func TestKeys(t *testing.T) {
	samples := os.DirFS("../../content")
	names, err := fs.Glob(samples, "*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	want := keys(t, samples, names)
	delete(want, "draft")
	got := folder(t, 20, 1)
	if diff := cmp.Diff(want, keys(t, got, slices.Collect(maps.Keys(got)))); diff != "" {
		t.Errorf("-samples +generated:\n%s", diff)
	}
}

// keys gives the dotted paths of all keys in the front matters of some files.
func keys(t *testing.T, fsys fs.FS, names []string) map[string]bool {
	t.Helper()
	paths := map[string]bool{}
	var walk func(parent string, v any)
	walk = func(parent string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, child := range v {
				paths[parent+key] = true
				walk(parent+key+".", child)
			}
		case []any:
			for _, child := range v {
				walk(parent, child)
			}
		}
	}
	for _, name := range names {
		walk("", frontMatter(t, fsys, name))
	}
	return paths
}

func frontMatter(t *testing.T, fsys fs.FS, name string) map[string]any {
	t.Helper()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(data, []byte("---\n"))
	front, _, ok := bytes.Cut(rest, []byte("\n---\n"))
	if !ok {
		t.Fatalf("%s has no front matter", name)
	}
	var v map[string]any
	if err := yaml.Unmarshal(front, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// Bodies are of 0.5 to 6 KB, and one in ten is Markdown.
func TestBodies(t *testing.T) {
	const n = 2000
	markdown := 0
	for name, file := range folder(t, n, 3) {
		_, body, _ := bytes.Cut(file.Data[len("---\n"):], []byte("\n---\n"))
		if len(body) < 512 || len(body) > 6<<10 {
			t.Errorf("%s has a body of %d bytes", name, len(body))
		}
		if body[0] != '<' {
			markdown++
		}
	}
	if markdown < n/10-n/20 || markdown > n/10+n/20 {
		t.Errorf("%d of %d bodies are Markdown, want about one in ten", markdown, n)
	}
}

func BenchmarkArticle(b *testing.B) {
	g := corpusgen.New(1)
	for i := 0; b.Loop(); i++ {
		g.Article(i)
	}
}
