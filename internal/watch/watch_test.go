package watch

import (
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
		{"/s/content/a.md", fsnotify.Chmod, false},
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
