package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fsnotify/fsnotify"
)

func TestWhichEventsMatter(t *testing.T) {
	w := watcher{roots: []string{"/s/content", "/s/config.yaml", "/s/.hidden/templates"}}
	for _, test := range []struct {
		name string
		op   fsnotify.Op
		want bool
	}{
		{"/s/content/a.md", fsnotify.Write, true},
		{"/s/content/a.md", fsnotify.Create, true},
		{"/s/content/a.md", fsnotify.Remove, true},
		{"/s/content/a.md", fsnotify.Rename, true},
		{"/s/content/a.md", fsnotify.Chmod, true},
		{"/s/content/a.md", fsnotify.Write | fsnotify.Chmod, true},
		{"/s/content/2021/10/a.md", fsnotify.Write, true},
		{"/s/content", fsnotify.Create, true},
		{"/s", fsnotify.Rename, true},
		{"/s/config.yaml", fsnotify.Create, true},
		{"/s/.hidden/templates/digest.html", fsnotify.Write, true},
		{"/s/config.yaml~", fsnotify.Create, false},
		{"/s/content-of-others/a.md", fsnotify.Write, false},
		{"/s/newsdesk.db-wal", fsnotify.Write, false},
		{"/s/content/.a.md.swp", fsnotify.Write, false},
		{"/s/content/.git/index", fsnotify.Write, false},
		{"/s/content/.#a.md", fsnotify.Create, false},
		{"/s/content/a.md~", fsnotify.Create, false},
		{"/s/content/4913", fsnotify.Create, false},
	} {
		if got := w.wants(fsnotify.Event{Name: test.name, Op: test.op}); got != test.want {
			t.Errorf("%v %s: %t, want %t", test.op, test.name, got, test.want)
		}
	}
}

// After these, anything may have changed.
func TestWhichEventsTellTooLittle(t *testing.T) {
	roots := []string{"/s", "/s/config.yaml", "/t/content"}
	for name, want := range map[string]bool{
		"/s/a.md": false, "/s/config.yaml": true, "/t/content/a.md": false, "/t/content": true, "/t": true,
	} {
		w := watcher{roots: roots}
		w.note(fsnotify.Event{Name: name, Op: fsnotify.Write})
		if w.unknown != want {
			t.Errorf("%s: %t, want %t", name, w.unknown, want)
		}
	}
}

// Who may read a file decides what is read of it.
func TestPermissionsAreTold(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a.md"), filepath.Join(folder, "b.md")
	if err := os.WriteFile(a, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	told := make(chan []string)
	go Run(ctx, Options{
		Names:   func() []string { return []string{folder} },
		Changed: func(_ context.Context, paths []string) { told <- paths },
		Problem: func(error) {},
	})
	<-told
	if err := os.Chmod(a, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := <-told; !slices.Equal(got, []string{a, b}) {
		t.Errorf("told %q, want a.md and b.md", got)
	}
}
