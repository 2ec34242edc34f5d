package corpus

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// file is an article file of a folder.
type file struct {
	path  string
	stamp stamp
}

// stamp is a file's, or 0 if the file must be read: because it has none, or
// changed lately. The clocks of file systems are coarse: such a file may change
// once more and keep its stamp.
type stamp = atomicfile.Stamp

// child is a file or folder in a folder.
type child struct {
	name   string
	folder bool
	stamp  stamp
}

// sortKey sorts children so that the paths below them come out in the order of
// strings: "a-b/x.md" before "a/x.md".
func (c child) sortKey() string {
	if c.folder {
		return c.name + "/"
	}
	return c.name
}

// walker lists the article files of a folder on all processors.
type walker struct {
	skip skip
	list func(folder string) ([]child, error)

	mu       sync.Mutex
	work     *sync.Cond
	waiting  []string // folders that nobody has begun
	open     int      // folders that are waiting or being listed
	children map[string][]child
	found    found
}

// found is what a walk finds.
type found struct {
	files   []file    // by path
	failed  []Finding // folders that cannot be listed
	skipped []LeftOut // folders that hold no articles: see skip
}

// walk lists the article files below a folder. Hidden files and folders are not
// the site's content.
func walk(ctx context.Context, skip skip, list func(folder string) ([]child, error)) found {
	w := &walker{skip: skip, list: list, waiting: []string{"."}, open: 1, children: map[string][]child{}}
	w.work = sync.NewCond(&w.mu)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() { w.run(ctx) })
	}
	group.Wait()
	slices.SortFunc(w.found.failed, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	w.found.files = w.flatten(nil, ".")
	return w.found
}

// run lists folders until there are none left.
func (w *walker) run(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.open > 0 {
		if len(w.waiting) == 0 {
			w.work.Wait()
			continue
		}
		last := len(w.waiting) - 1
		folder := w.waiting[last]
		w.waiting = w.waiting[:last]
		w.mu.Unlock()
		children, err := w.articles(ctx, folder)
		w.mu.Lock()
		w.add(folder, children, err)
	}
}

// articles lists what matters of a folder: article files and folders.
func (w *walker) articles(ctx context.Context, folder string) ([]child, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil // whoever asked knows
	}
	children, err := w.list(folder)
	children = slices.DeleteFunc(children, func(c child) bool {
		return strings.HasPrefix(c.name, ".") || !c.folder && !isArticle(c.name)
	})
	slices.SortFunc(children, func(a, b child) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	return children, err
}

// add notes what a folder holds. The lock is held.
func (w *walker) add(folder string, children []child, err error) {
	if err != nil {
		w.found.failed = append(w.found.failed, Finding{Error, "unreadable", folder, 0, "", readError(err)})
	}
	w.children[folder] = children
	w.open--
	for _, c := range children {
		if !c.folder {
			continue
		}
		name := path.Join(folder, c.name)
		if reason := w.skip.folder(name); reason != "" {
			w.found.skipped = append(w.found.skipped, LeftOut{name, reason})
			continue
		}
		w.waiting = append(w.waiting, name)
		w.open++
	}
	w.work.Broadcast()
}

// flatten appends the files below a folder.
func (w *walker) flatten(files []file, folder string) []file {
	prefix := ""
	if folder != "." {
		prefix = folder + "/"
	}
	for _, c := range w.children[folder] {
		if name := prefix + c.name; c.folder {
			files = w.flatten(files, name)
		} else {
			files = append(files, file{name, c.stamp})
		}
	}
	return files
}

func isArticle(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".mdx", ".markdown", ".html":
		return true
	}
	return false
}

// listFS lists a folder of any file system. It knows no stamps.
func listFS(fsys fs.FS, folder string) ([]child, error) {
	entries, err := fs.ReadDir(fsys, folder)
	var children []child
	for _, e := range entries {
		children = append(children, child{name: e.Name(), folder: e.IsDir()})
	}
	return children, err
}

// readError says why a file cannot be read without naming it again.
func readError(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "cannot be read: " + e.Err.Error()
	}
	return err.Error()
}
