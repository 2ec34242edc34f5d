package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must have been at rest before they are read:
// an editor that saves writes several times, a checkout writes many files.
const settle = 100 * time.Millisecond

// Run loads the desk, and loads it anew whenever something in Options.Watch or
// Desk.Watch changes, until ctx is done; then it ends all streams of events, so
// that http.Server.Shutdown need not wait for open pages, and returns nil. Folders
// that cannot be watched are told on the page and in the log; only a system
// without any watching is an error.
func (p *Preview) Run(ctx context.Context) error {
	defer p.pages.close()
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("cannot watch for changes: %w", err)
	}
	defer files.Close()
	w := watcher{files: files}
	quiet := time.NewTimer(0) // the first load
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-files.Events:
			if w.wants(event) {
				quiet.Reset(settle)
			}
		case err := <-files.Errors:
			// The queue ran over: what changed is not known, that it did is.
			p.log.Warn("watching", "error", err)
			quiet.Reset(settle)
		case <-quiet.C:
			// Watched first, read then: a file that is written into a new
			// folder in between is found by the load, a later one by the watch.
			p.watch(&w)
			p.load(ctx)
			p.watch(&w)
		}
	}
}

// watch brings the watched folders up to what the options and the newest desk
// name.
func (p *Preview) watch(w *watcher) {
	names := p.options.Watch
	if desk := p.state.now().desk; desk != nil {
		names = slices.Concat(names, desk.Watch)
	}
	err := w.follow(names)
	if err != nil {
		p.log.Warn("some changes will go unseen", "error", err)
	}
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.snapshot.watchErr = err
}

// watcher knows which events of the folders it listens to matter.
type watcher struct {
	files *fsnotify.Watcher
	roots []string // absolute paths of files and folders
}

// follow watches each name, folders with all below them. Files and the folders
// at the top are watched through the folder that holds them: an editor that
// saves by rename puts a new file in the place of the watched one, and a folder
// may be made only later.
func (w *watcher) follow(names []string) error {
	w.roots = w.roots[:0]
	var problems []error
	for _, name := range names {
		root, err := filepath.Abs(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		w.roots = append(w.roots, root)
		// A link is watched where it is and where it leads to.
		if target, err := filepath.EvalSymlinks(root); err == nil && target != root {
			w.roots = append(w.roots, target)
		}
	}
	for _, root := range w.roots {
		problems = append(problems, w.add(existing(filepath.Dir(root))), w.addTree(root))
	}
	return errors.Join(problems...)
}

// existing gives the nearest folder, name itself or one above it, that is there.
func existing(name string) string {
	for {
		info, err := os.Stat(name)
		if err == nil && info.IsDir() || filepath.Dir(name) == name {
			return name
		}
		name = filepath.Dir(name)
	}
}

func (w *watcher) addTree(root string) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // gone, or not there yet: the folder above is watched
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case name != root && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		}
		return w.add(name)
	})
}

func (w *watcher) add(folder string) error {
	err := w.files.Add(folder)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("cannot watch %s: %w", folder, err)
}

// wants tells whether an event may change what Load reads: something at, below
// or above one of the roots. Others come from the folders that hold them.
func (w *watcher) wants(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod {
		return false // also what backup and search programs do
	}
	return slices.ContainsFunc(w.roots, func(root string) bool {
		return event.Name == root || within(root, event.Name) ||
			within(event.Name, root) && !litter(strings.TrimPrefix(event.Name, root))
	})
}

// within tells whether name is below folder.
func within(name, folder string) bool {
	return strings.HasPrefix(name, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator))
}

// litter tells whether a path below a root is one that editors and tools leave
// behind while they save: hidden files (.git, .a.md.swp, .#a.md), copies (a.md~)
// and vim's test file 4913.
func litter(below string) bool {
	for part := range strings.SplitSeq(below, string(filepath.Separator)) {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, "~") || part == "4913" {
			return true
		}
	}
	return false
}
