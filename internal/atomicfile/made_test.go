package atomicfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func dir(t *testing.T, name string) *Dir {
	t.Helper()
	d, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// What was noted is current, for another run of the same program, until the
// recipe or the file changes.
func TestMade(t *testing.T) {
	out := t.TempDir()
	store, folder := dir(t, t.TempDir()), dir(t, out)
	made := func(version string) *Made {
		m, err := OpenMade(store, folder, version)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if _, err := folder.Write("a b/c.xml", []byte("text")); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Write("a.xml", []byte("text")); err != nil {
		t.Fatal(err)
	}
	first := made("1")
	for _, name := range []string{"a.xml", "a b/c.xml", "absent.xml"} {
		if _, ok := first.Current(name, Recipe{1}); ok {
			t.Errorf("%s is current before anybody noted it", name)
		}
		first.Note(name, Recipe{1}, 4)
	}
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		version, name string
		recipe        Recipe
		want          bool
	}{
		{"1", "a.xml", Recipe{1}, true},
		{"1", "a.xml", Recipe{2}, false},
		{"2", "a.xml", Recipe{1}, false},
		{"1", "a b/c.xml", Recipe{1}, false}, // a name that a line cannot hold is made again
		{"1", "absent.xml", Recipe{1}, false},
	} {
		size, ok := made(test.version).Current(test.name, test.recipe)
		if ok != test.want || ok && size != 4 {
			t.Errorf("%s, version %s, recipe %d: current %t, %d bytes", test.name, test.version, test.recipe[0], ok, size)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "a.xml"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := made("1").Current("a.xml", Recipe{1}); ok {
		t.Error("a file that somebody wrote is current")
	}
}

func TestMadeDamaged(t *testing.T) {
	store, folder := dir(t, t.TempDir()), dir(t, t.TempDir())
	m, err := OpenMade(store, folder, "1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Write("a.xml", []byte("text")); err != nil {
		t.Fatal(err)
	}
	m.Note("a.xml", Recipe{1}, 4)
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
	whole, err := store.ReadString(m.name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(whole) {
		damaged := []byte(whole)
		damaged[i] ^= 1
		if _, err := store.Write(m.name, damaged); err != nil {
			t.Fatal(err)
		}
		m, err := OpenMade(store, folder, "1")
		if _, ok := m.Current("a.xml", Recipe{1}); ok {
			t.Fatalf("byte %d is damaged, and the file is current", i)
		}
		if header := len("newsdesk made 1 12345678 "); err == nil && (i < header || i > header+len(`"1"`)) {
			t.Errorf("byte %d is damaged, and nobody said so", i)
		}
	}
}

// A folder is locked for one at a time.
func TestLock(t *testing.T) {
	name := t.TempDir()
	one, two := dir(t, name), dir(t, name)
	if err := one.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := two.Lock(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want to have waited", err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := two.Lock(t.Context()); err != nil {
		t.Error(err)
	}
}
