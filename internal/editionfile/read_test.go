package editionfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/medigy/newsdesk/internal/editionfile"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "weekly")
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	try(os.Mkdir(folder, 0o755))
	try(os.WriteFile(filepath.Join(folder, "right.yaml"), []byte("subject: A\n"), 0o644))
	try(os.WriteFile(filepath.Join(folder, "large.yaml"), make([]byte, 1<<20), 0o644))
	try(os.WriteFile(filepath.Join(dir, "secret"), []byte("hush\n"), 0o600))
	try(os.Symlink("right.yaml", filepath.Join(folder, "link.yaml")))
	try(os.Symlink("../secret", filepath.Join(folder, "out.yaml")))
	try(os.Symlink("/dev/zero", filepath.Join(folder, "endless.yaml")))
	try(os.Symlink("loop.yaml", filepath.Join(folder, "loop.yaml")))
	try(syscall.Mkfifo(filepath.Join(folder, "pipe.yaml"), 0o644))
	for name, want := range map[string]string{
		"right.yaml":   "",
		"link.yaml":    "",
		"large.yaml":   "too large: 1048576 bytes",
		"out.yaml":     "path escapes",
		"endless.yaml": "path escapes",
		"loop.yaml":    "too many levels",
		"pipe.yaml":    "not a regular file",
	} {
		path := filepath.Join(folder, name)
		data, err := editionfile.Read(path)
		switch {
		case want == "" && (err != nil || string(data) != "subject: A\n"):
			t.Errorf("Read(%s) = %q, %v", name, data, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path+": ")):
			t.Errorf("Read(%s) = %v, want %q in it", name, err, want)
		}
	}
	for _, path := range []string{filepath.Join(folder, "none.yaml"), filepath.Join(dir, "monthly", "none.yaml")} {
		if _, err := editionfile.Read(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Read(%s) = %v, want fs.ErrNotExist", path, err)
		}
	}
}
