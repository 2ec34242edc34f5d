package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

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

// What is dated ahead is told when its time comes, not before and only once,
// however the clock goes on.
func TestDue(t *testing.T) {
	folder := t.TempDir()
	now := time.Date(2021, 10, 1, 12, 0, 0, 0, time.UTC)
	due := now.Add(90 * time.Second)
	waits, wake, told := make(chan time.Duration), make(chan time.Time), make(chan []string)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go Run(ctx, Options{
		Names:   func() []string { return []string{folder} },
		Changed: func(_ context.Context, paths []string) { told <- paths },
		Problem: func(error) {},
		Due:     func() time.Time { return due },
		Clock: Clock{
			Now:   func() time.Time { return now },
			After: func(d time.Duration) <-chan time.Time { waits <- d; return wake },
		},
	})
	expect := func(want time.Duration) {
		t.Helper()
		if got := <-waits; got != want {
			t.Errorf("waits %v, want %v", got, want)
		}
	}
	if paths := <-told; paths != nil {
		t.Errorf("first told %q, want anything", paths)
	}
	expect(time.Minute)
	now = now.Add(20 * time.Second) // the computer's clock was set back
	wake <- now
	expect(time.Minute)
	now = now.Add(time.Minute)
	wake <- now
	expect(10 * time.Second)
	now = now.Add(time.Hour) // it slept
	wake <- now
	if paths := <-told; paths == nil || len(paths) > 0 {
		t.Errorf("told %q, want that nothing changed", paths)
	}
	expect(0) // it still says that it is due
}
