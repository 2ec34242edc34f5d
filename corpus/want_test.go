package corpus

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func articleFile(title, date, body string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("---\ntitle: " + title + "\ndate: " + date + "\n---\n" + body + "\n")}
}

// What is wanted is read whole, and is the same as when all is read; of the
// rest only the heads are there.
func TestWant(t *testing.T) {
	fsys := fstest.MapFS{
		"a.md": articleFile("A", "2021-10-01", "Dor√© one."),
		"b.md": articleFile("B", "2021-10-02", "Dor√© two."),
		"c.md": articleFile("C", "2021-10-03", "Three."),
	}
	o := options(t)
	all, full := Load(context.Background(), fsys, o)
	o.Want = func(heads []*Head) []*Head { return heads[1:2] }
	some, part := Load(context.Background(), fsys, o)
	if len(some.Heads) != 3 {
		t.Fatalf("%d heads, want 3", len(some.Heads))
	}
	if diff := cmp.Diff(all.Article(all.Heads[1]), some.Article(some.Heads[1])); diff != "" {
		t.Errorf("the wanted article differs from the one of a whole load:\n%s", diff)
	}
	if some.Article(some.Heads[0]) != nil || some.Article(some.Heads[2]) != nil {
		t.Error("articles were read that nobody wanted")
	}
	if len(full.Findings) != 2 || len(part.Findings) != 1 || part.Findings[0].Path != "b.md" {
		t.Errorf("findings: %v, then %v; want those of a.md and b.md, then of b.md", full.Findings, part.Findings)
	}
}

// A file that changes between the two readings is told of, and its old head has
// no article: neither a new text nor an empty one.
func TestChangedWhileRead(t *testing.T) {
	fsys := fstest.MapFS{"a.md": articleFile("A", "2021-10-01", "Old."), "b.md": articleFile("B", "2021-10-01", "Old.")}
	o := options(t)
	o.Want = func(heads []*Head) []*Head {
		fsys["a.md"] = articleFile("A", "2021-10-02", "New.")
		delete(fsys, "b.md")
		return heads
	}
	c, report := Load(context.Background(), fsys, o)
	for _, h := range c.Heads {
		if a := c.Article(h); a != nil {
			t.Errorf("%s: %+v, want none", h.Path, a)
		}
	}
	if len(report.Findings) != 2 || report.Findings[0].Kind != "changed" {
		t.Errorf("findings: %v", report.Findings)
	}
}

// What is not a regular file of the folder is told and never waited for.
func TestOddFiles(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret.md")
	text := []byte("---\ntitle: Secret\ndate: 2021-10-01\n---\n")
	for _, err := range []error{
		os.WriteFile(outside, text, 0o644),
		os.Symlink(outside, filepath.Join(dir, "escape.md")),
		os.Symlink(".", filepath.Join(dir, "loop.md")),
		os.Symlink("nowhere", filepath.Join(dir, "dangling.md")),
		syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o644),
		os.Mkdir(filepath.Join(dir, "folder.md"), 0o755),
		os.WriteFile(filepath.Join(dir, "folder.md", "inside.md"), text, 0o644),
		os.WriteFile(filepath.Join(dir, "large.md"), make([]byte, maxArticle+1), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	folder, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	c, report := Load(context.Background(), folder, options(t))
	if len(c.Heads) != 1 || c.Heads[0].Path != "folder.md/inside.md" {
		t.Errorf("heads: %v, want folder.md/inside.md alone", c.Heads)
	}
	told := ""
	for _, f := range report.Findings {
		told += f.String() + "\n"
	}
	for _, want := range []string{
		"dangling.md: cannot be read", "escape.md: cannot be read", "large.md: larger than 4 MiB",
		"loop.md: not a regular file", "pipe.md: not a regular file",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("nobody told %q:\n%s", want, told)
		}
	}
}

// A pipe among the images is told, and not waited for.
func TestImagePipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "a.jpeg"), 0o644); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Images = os.DirFS(dir)
	fsys := fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\ndate: 2021-10-01\nfeaturedImage: a.jpeg\n---\nx\n")}}
	_, report := Load(context.Background(), fsys, o)
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Text, "not a file") {
		t.Errorf("findings: %v, want one about a.jpeg", report.Findings)
	}
}
