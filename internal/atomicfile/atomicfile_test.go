package atomicfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

func open(t *testing.T) (*atomicfile.Dir, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "out")
	d, err := atomicfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, name
}

func TestWrite(t *testing.T) {
	d, name := open(t)
	for _, step := range []struct {
		data    string
		changed bool
	}{{"one", true}, {"one", false}, {"two", true}, {"", true}, {"", false}} {
		changed, err := d.Write("topic/a/rss.xml", []byte(step.data))
		if err != nil || changed != step.changed {
			t.Fatalf("Write(%q) = %v, %v; want %v", step.data, changed, err, step.changed)
		}
		got, err := os.ReadFile(filepath.Join(name, "topic/a/rss.xml"))
		if err != nil || string(got) != step.data {
			t.Fatalf("the file holds %q, %v; want %q", got, err, step.data)
		}
	}
	entries, _ := os.ReadDir(filepath.Join(name, "topic/a"))
	if len(entries) != 1 {
		t.Errorf("%d files in the folder, want only rss.xml: %v", len(entries), entries)
	}
}

func TestWriteFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "weekly", "2021-W39.html")
	for _, want := range []bool{true, false} {
		if changed, err := atomicfile.WriteFile(name, []byte("page")); err != nil || changed != want {
			t.Errorf("WriteFile = %v, %v; want %v", changed, err, want)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "page" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if _, err := atomicfile.WriteFile(filepath.Join(name, "below-a-file"), nil); err == nil {
		t.Error("a file was written below a file")
	}
}

// A file that holds the bytes already keeps its time, so that what serves or
// uploads it by time sees no change.
func TestUnchangedKeepsTime(t *testing.T) {
	d, name := open(t)
	if _, err := d.Write("a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	old := time.Date(2021, 9, 27, 0, 0, 0, 0, time.UTC)
	file := filepath.Join(name, "a")
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
	d.Write("a", []byte("x"))
	if info, err := os.Stat(file); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("time is %v, %v; want %v", info.ModTime(), err, old)
	}
}

func TestNamesThatLeadOut(t *testing.T) {
	d, name := open(t)
	for _, bad := range []string{"../x", "a/../../x", "/etc/newsdesk-test"} {
		if _, err := d.Write(bad, []byte("x")); err == nil {
			t.Errorf("Write(%q) went through", bad)
		}
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(name, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write("link/x", []byte("x")); err == nil {
		t.Error("Write followed a symlink out of the folder")
	}
}

// A write that fails leaves what was there, and no litter.
func TestFailedWriteKeepsOld(t *testing.T) {
	d, name := open(t)
	if _, err := d.Write("a/b", []byte("old")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write("a", []byte("new")); err == nil || !strings.Contains(err.Error(), "a") {
		t.Errorf("writing over a folder: %v, want an error that names it", err)
	}
	if got, err := os.ReadFile(filepath.Join(name, "a/b")); err != nil || string(got) != "old" {
		t.Errorf("a/b is %q, %v; want old", got, err)
	}
	if _, err := os.Stat(filepath.Join(name, ".a.tmp")); err == nil {
		t.Error("a temporary file was left behind")
	}
}
