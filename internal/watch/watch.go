// Package watch tells when files and folders change, or a time has come, for pages,
// feeds and settings that follow them. It waits until files are at rest, tells of
// all that changed in the meantime at once, and of nothing that it may have missed
// in silence.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must have been at rest before they are read: an
// editor that saves writes several times.
const settle = 5 * time.Millisecond

// Options say what is watched, and who is told.
type Options struct {
	// Names gives the files and folders to watch, folders with all that is below
	// them. What is not there yet is watched for. It is asked again after every
	// call of Changed.
	Names func() []string

	// Changed is called when Run begins and after every change, never twice at a
	// time. Paths are absolute, each once; nil means that anything may have
	// changed, none that only the time came. A change of permissions alone is told
	// with the next other change.
	Changed func(ctx context.Context, paths []string)

	// Problem is told why some changes will go unseen, or nil when none will.
	Problem func(err error)

	// Due gives when Changed is to be called next though nothing changes, with no
	// paths then, or zero for never. It is asked after every call of Changed; nil
	// is never. A time that has passed is due at once.
	Due func() time.Time

	// Clock is the one that Due means.
	Clock Clock
}

// Clock is time.Now and time.After, or a test's.
type Clock struct {
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// Run watches until ctx is done. Folders that cannot be watched are told; only a
// system without any watching is an error.
func Run(ctx context.Context, o Options) error {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("cannot watch for changes: %w", err)
	}
	defer files.Close()
	w := watcher{Options: o, files: files, unknown: true}
	quiet := time.NewTimer(0) // the first call
	var due <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-files.Events:
			if w.wants(event) {
				w.note(event)
				if event.Op != fsnotify.Chmod { // also what backup and search programs do
					quiet.Reset(settle)
				}
			}
		case err := <-files.Errors:
			// The queue ran over: what changed is not known, that it did is.
			w.unknown = true
			o.Problem(fmt.Errorf("watching: %w", err))
			quiet.Reset(settle)
		case <-quiet.C:
			w.tell(ctx)
			due = w.wait()
		case <-due:
			if !w.Due().After(o.Clock.Now()) {
				w.tell(ctx)
			}
			due = w.wait()
		}
	}
}

// look is how long the clock is trusted to go on evenly: a computer sleeps, and
// its clock is set.
const look = time.Minute

// wait gives a channel that tells when to look whether it is time; nil is never.
func (w *watcher) wait() <-chan time.Time {
	if w.Due == nil || w.Due().IsZero() {
		return nil
	}
	return w.Clock.After(min(max(w.Due().Sub(w.Clock.Now()), 0), look))
}

// watcher knows which events of the folders it listens to matter.
type watcher struct {
	Options
	files   *fsnotify.Watcher
	names   []string        // that are watched
	roots   []string        // absolute paths of them
	changed map[string]bool // absolute paths
	unknown bool            // anything may have changed: folders, too
}

// note notes what an event tells. Folders that are new, the names themselves (a
// configuration may be in a folder that is watched, too) and what is above them
// change what is to be watched.
func (w *watcher) note(event fsnotify.Event) {
	if w.changed == nil {
		w.changed = map[string]bool{}
	}
	w.changed[event.Name] = true
	info, err := os.Stat(event.Name)
	if err == nil && info.IsDir() || slices.Contains(w.roots, event.Name) || !slices.ContainsFunc(w.roots, func(root string) bool { return within(event.Name, root) }) {
		w.unknown = true
	}
}

// tell tells of the changes, if there are any, and brings the watched folders up
// to them.
func (w *watcher) tell(ctx context.Context) {
	paths := slices.AppendSeq([]string{}, maps.Keys(w.changed)) // not nil, which is anything
	slices.Sort(paths)
	unknown := w.unknown
	w.changed, w.unknown = nil, false
	if !unknown {
		w.Changed(ctx, paths)
		if !slices.Equal(w.names, w.Names()) {
			w.follow()
		}
		return
	}
	// Watched first, read then: a file that is written into a new folder in
	// between is found by the reader, a later one by the watch.
	w.follow()
	w.Changed(ctx, nil)
	if !slices.Equal(w.names, w.Names()) {
		w.follow()
	}
}

// follow watches each name, folders with all below them. Files and the folders
// at the top are watched through the folder that holds them: an editor that
// saves by rename puts a new file in the place of the watched one, and a folder
// may be made only later.
func (w *watcher) follow() {
	w.names, w.roots = slices.Clone(w.Names()), w.roots[:0]
	var problems []error
	for _, name := range w.names {
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
	w.Problem(errors.Join(problems...))
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
