package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

// The folder holds what the generator makes, the images in a folder of their
// own.
func TestWrite(t *testing.T) {
	dir, g := t.TempDir(), corpusgen.New(1)
	if err := write(dir, g, 5, 2); err != nil {
		t.Fatal(err)
	}
	check := func(name string, want []byte) {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as generated (%v)", name, err)
		}
	}
	for i := range 5 {
		check(g.Article(i))
	}
	for i := range 2 {
		name, data := g.Image(i)
		check("images/"+name, data)
	}
	if images, _ := os.ReadDir(filepath.Join(dir, "images")); len(images) != 2 {
		t.Errorf("got %d images, want 2", len(images))
	}
}
