package corpus

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// runArchives runs a test on each txtar file of a folder: what got makes of its
// files is compared with the last of them, want.
func runArchives(t *testing.T, dir string, got func(t *testing.T, archive *txtar.Archive, files fstest.MapFS) string) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if len(names) == 0 {
		t.Fatal("no test files")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if last < 0 || archive.Files[last].Name != "want" {
				t.Fatalf("%s does not end in a file want", name)
			}
			files := fstest.MapFS{}
			for _, f := range archive.Files[:last] {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			compareWant(t, name, archive, got(t, archive, files))
		})
	}
}

func compareWant(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	want := &archive.Files[len(archive.Files)-1]
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
