package feed_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

var templates = os.DirFS("../templates")

func TestWrite(t *testing.T) {
	out := t.TempDir()
	first := write(t, out)
	want := []string{"atom.xml", "feed.css", "feed.json", "feeds.opml", "index.html", "rss.xml"}
	for _, slug := range []string{"healthcare-it-news-cybersecurity", "himss-business", "opinion"} {
		for _, file := range []string{"atom.xml", "feed.json", "rss.xml"} {
			want = append(want, "topic/"+slug+"/"+file)
		}
	}
	files := tree(t, out)
	var got []string
	var bytes int64
	for _, f := range files.Files {
		got = append(got, f.Name)
		bytes += int64(len(f.Data))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := (feed.Stats{Feeds: 4, Files: 15, Written: 15, Bytes: bytes}); first != want {
		t.Errorf("first run: %+v, want %+v", first, want)
	}

	second := write(t, out)
	if want := (feed.Stats{Feeds: 4, Files: 15, Bytes: bytes}); second != want {
		t.Errorf("second run: %+v, want %+v", second, want)
	}
	if diff := cmp.Diff(string(txtar.Format(files)), string(txtar.Format(tree(t, out)))); diff != "" {
		t.Errorf("second run changed files:\n%s", diff)
	}
}

// What Made knows need not be made, nor its articles read, unless an item of it,
// the options, the templates or the file itself changed.
func TestWriteMade(t *testing.T) {
	store, out := open(t, t.TempDir()), t.TempDir()
	dir := open(t, out)
	o, pages := options(), fs.FS(templates)
	articles := []*corpus.Article{full(), article(4, day(1), cybersecurity), article(5, day(27), opinion)}
	for _, step := range []struct {
		name            string
		change          func()
		needed, written int
	}{
		{"first", func() {}, 3, 15},
		{"nothing", func() {}, 0, 0},
		{"an article of one topic", func() { articles[2].Summary = "New." }, 3, 6 + 1},
		{"its topic's name", func() {
			other := *opinion
			other.Name, other.Label = "Opinions", "Opinions"
			articles[2].Topics = []*corpus.Topic{&other}
		}, 3, 6 + 2},
		{"an option", func() { o.TTL++ }, 3, 4},
		{"a file edited", func() {
			if err := os.WriteFile(filepath.Join(out, "topic/opinion/atom.xml"), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, 1, 1},
		{"a file gone", func() {
			if err := os.Remove(filepath.Join(out, "topic/opinion/rss.xml")); err != nil {
				t.Fatal(err)
			}
		}, 1, 1},
		{"a template", func() {
			index, err := fs.ReadFile(templates, "index.html")
			if err != nil {
				t.Fatal(err)
			}
			pages = overlay{fstest.MapFS{"index.html": {Data: append(index, "<p>New.</p>"...)}}, templates}
		}, 3, 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			made := openMade(t, store, dir, "1")
			feeds := feed.Build(corpus.New(articles), o)
			if n := len(feed.Needed(feeds, pages, made)); n != step.needed {
				t.Errorf("%d articles are needed, want %d", n, step.needed)
			}
			stats, err := feed.Write(dir, feeds, pages, made)
			if err != nil {
				t.Fatal(err)
			}
			if err := made.Save(); err != nil {
				t.Fatal(err)
			}
			if stats.Written != step.written || stats.Files != 15 {
				t.Errorf("%d of %d files written, want %d of 15", stats.Written, stats.Files, step.written)
			}
			fresh := t.TempDir()
			if _, err := feed.Write(open(t, fresh), feeds, pages, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(txtar.Format(tree(t, fresh))), string(txtar.Format(tree(t, out)))); diff != "" {
				t.Errorf("-made anew +made:\n%s", diff)
			}
		})
	}
	if made := openMade(t, store, dir, "2"); len(feed.Needed(feed.Build(corpus.New(articles), o), pages, made)) != 3 {
		t.Error("another version of the program trusts what the last one made")
	}
}

// The newest article could not be read, and then was gone: the items are the same,
// and the feed's own date is not.
func TestWriteMadeWithoutNewest(t *testing.T) {
	store, dir, anew := open(t, t.TempDir()), open(t, t.TempDir()), t.TempDir()
	content := fstest.MapFS{
		"old.md": {Data: []byte("---\ntitle: Old\ndate: 2021-09-01\n---\nText.\n")},
		"new.md": {Data: []byte("---\ntitle: New\ndate: 2021-09-02\n---\nText.\n")},
	}
	build := func() []*feed.Feed {
		c, _ := corpus.Load(t.Context(), content, corpus.Options{
			Site: "https://www.medigy.com", Now: day(30),
			Want: func(heads []*corpus.Head) []*corpus.Head { return heads[len(heads)-1:] },
		})
		return feed.Build(c, options())
	}
	made := openMade(t, store, dir, "1")
	for range 2 {
		if _, err := feed.Write(dir, build(), templates, made); err != nil {
			t.Fatal(err)
		}
		delete(content, "new.md")
	}
	if _, err := feed.Write(open(t, anew), build(), templates, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(txtar.Format(tree(t, anew))), string(txtar.Format(tree(t, dir.Name())))); diff != "" {
		t.Errorf("-made anew +by what was made:\n%s", diff)
	}
}

// An index that cannot be written fails no build.
func TestWriteMadeOnFullDisk(t *testing.T) {
	store, dir := open(t, t.TempDir()), open(t, t.TempDir())
	made := openMade(t, store, dir, "1")
	store.Close()
	if _, err := feed.Write(dir, feed.Build(corpus.New([]*corpus.Article{full()}), options()), templates, made); err != nil {
		t.Error(err)
	}
	if err := made.Save(); err == nil {
		t.Error("nobody was told that the index is not saved")
	}
}

// overlay has the files of another file system under its own.
type overlay struct{ own, under fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.own.Open(name); err == nil && name != "." {
		return f, nil
	}
	return o.under.Open(name)
}

// TestTopicPage compares a topic's page with testdata/topic.txtar. A page that
// the site has of its own stays.
func TestTopicPage(t *testing.T) {
	out := t.TempDir()
	own := filepath.Join(out, "topic", "opinion", "index.html")
	if err := os.MkdirAll(filepath.Dir(own), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, []byte("<p>The site's own.</p>"), 0o644); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Pages = true
	stats, err := feed.Write(open(t, out), feed.Build(sample(), o), templates, nil)
	if err != nil {
		t.Fatal(err)
	}
	if stats.Kept != 1 || stats.Files != 17 {
		t.Errorf("%+v, want 17 files and one that is kept", stats)
	}
	if text, err := os.ReadFile(own); err != nil || string(text) != "<p>The site's own.</p>" {
		t.Errorf("the site's own page is %q now, error %v", text, err)
	}
	data, err := os.ReadFile(filepath.Join(out, "topic", "himss-business", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/topic.txtar", &txtar.Archive{Files: []txtar.File{{Name: "index.html", Data: data}}})
	list, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil || !strings.Contains(string(list), `<a href="topic/himss-business/">`) {
		t.Errorf("the list does not lead to the topic's page, error %v", err)
	}
}

// TestLists compares the OPML list and the page with testdata/lists.txtar.
func TestLists(t *testing.T) {
	out := t.TempDir()
	write(t, out)
	got := &txtar.Archive{}
	for _, name := range []string{"feeds.opml", "index.html"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		got.Files = append(got.Files, txtar.File{Name: name, Data: data})
	}
	golden(t, "testdata/lists.txtar", got)
}

// TestOPMLText wants outlines whose texts are what was meant when read as HTML.
func TestOPMLText(t *testing.T) {
	out := t.TempDir()
	topic := &corpus.Topic{Slug: "c", Name: "R&D <c> 1 < 2", Label: "R&D <c> 1 < 2"}
	if _, err := feed.Write(open(t, out), feed.Build(corpus.New([]*corpus.Article{article(1, day(1), topic)}), options()), templates, nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "feeds.opml"))
	if err != nil || !strings.Contains(string(data), `text="R&amp;D &amp;lt;c&gt; 1 &amp;lt; 2 `) || strings.Contains(string(data), `"&lt;`) {
		t.Errorf("error %v; an attribute has a tag:\n%s", err, data)
	}
}

// TestWriteErrors wants every file that fails named, and the others written.
func TestWriteErrors(t *testing.T) {
	out := t.TempDir()
	for _, taken := range []string{"atom.xml", "topic/opinion/rss.xml"} {
		if err := os.MkdirAll(filepath.Join(out, taken, "a folder in its place"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := open(t, out)
	stats, err := feed.Write(dir, feed.Build(sample(), options()), templates, nil)
	if err == nil || !strings.Contains(err.Error(), "atom.xml") || !strings.Contains(err.Error(), "topic/opinion/rss.xml") {
		t.Errorf("error is %v, want both files in it", err)
	}
	if stats.Files != 10 {
		t.Errorf("%d files, want the 10 other feeds", stats.Files)
	}
	if _, err := os.Stat(filepath.Join(out, "index.html")); err == nil {
		t.Error("index.html is written although a feed that it lists is not")
	}
}

func TestWriteBadTemplate(t *testing.T) {
	empty := &fstest.MapFile{}
	bad := fstest.MapFS{
		"index.html": {Data: []byte("{{")}, "partials/page-style.html": empty, "partials/feed-style.html": empty, "partials/feed-parts.html": empty,
	}
	_, err := feed.Write(open(t, t.TempDir()), feed.Build(corpus.New(nil), options()), bad, nil)
	if err == nil || !strings.Contains(err.Error(), "index.html:1") {
		t.Errorf("error is %v, want the template's name and line", err)
	}
}

func open(t *testing.T, name string) *atomicfile.Dir {
	t.Helper()
	dir, err := atomicfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

func write(t *testing.T, out string) feed.Stats {
	t.Helper()
	stats, err := feed.Write(open(t, out), feed.Build(sample(), options()), templates, nil)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// tree reads all files below a folder.
func tree(t *testing.T, root string) *txtar.Archive {
	t.Helper()
	all := &txtar.Archive{}
	fsys := os.DirFS(root)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		all.Files = append(all.Files, txtar.File{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func openMade(t *testing.T, store, dir *atomicfile.Dir, version string) *atomicfile.Made {
	t.Helper()
	made, err := atomicfile.OpenMade(store, dir, version)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
