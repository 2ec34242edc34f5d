package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

// folders are those that reading keeps open: a corpus reads more articles while
// it is used. They are opened again when another folder has taken the name.
type folders struct {
	open  map[string]*openFolder
	index *corpus.Index
	store *atomicfile.Dir // of the index

	noIndex  string // why there is none, which has been told
	watching bool   // the program loads again and again
}

type openFolder struct {
	*corpus.Dir
	info fs.FileInfo
}

func (f *folders) close() {
	for _, o := range f.open {
		o.Close()
	}
	if f.index != nil {
		f.index.Close()
		f.store.Close()
	}
	*f = folders{watching: f.watching} // cobra keeps the app, by the completions of its flags, for good
}

// folder opens a folder, or gives it if it is open.
func (f *folders) folder(dir string) (*corpus.Dir, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if o := f.open[dir]; o != nil {
		if os.SameFile(o.info, info) {
			return o.Dir, nil
		}
		o.Close()
	}
	d, err := corpus.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	if f.open == nil {
		f.open = map[string]*openFolder{}
	}
	f.open[dir] = &openFolder{d, info}
	return d, nil
}

// contentFolder opens the articles' folder. Links in it that lead out of it are
// not followed.
func (f *folders) contentFolder(dir string) (*corpus.Dir, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(dir + ": there is no such folder (name the articles' folder with --content DIR or content.dir)")
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s: not a folder (name the articles' folder with --content DIR or content.dir)", dir)
	}
	return f.folder(dir)
}

// missing is an error that says what is not there and what to do; it is
// fs.ErrNotExist.
type missing string

func (m missing) Error() string      { return string(m) }
func (missing) Is(target error) bool { return target == fs.ErrNotExist }

// notWritten says of files that could not be written to which folder they were to go.
func notWritten(dir string, err error) error {
	return fmt.Errorf("writing to %s: %w", dir, atomicfile.Few(err))
}

// within reports whether a file or folder, which need not be there, is dir or below
// it: as the two are named, or where their links lead.
func within(dir, name string) bool {
	below := func(dir, name string) bool {
		rel, err := filepath.Rel(dir, name)
		return err == nil && filepath.IsLocal(rel)
	}
	dir, name = absolute(dir), absolute(name)
	return below(dir, name) || below(linked(dir), linked(name))
}

// absolute gives a path from the root, or as it is if nobody knows where this is.
func absolute(name string) string {
	if all, err := filepath.Abs(name); err == nil {
		return all
	}
	return name
}

// linked gives where a path leads, or the path itself if nothing is there.
func linked(name string) string {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		return target
	}
	return name
}

// openIndex opens the index of the articles, or gives nil: without one,
// everything takes longer and comes out the same.
func (a *app) openIndex(c *Config) *corpus.Index {
	if c.Content.Index == "" || a.folders.index != nil {
		return a.folders.index
	}
	store, err := openState(c)
	var index *corpus.Index
	if err == nil {
		index, err = corpus.OpenIndex(c.Content.Index, programVersion())
	}
	if err != nil {
		if why := err.Error(); why != a.folders.noIndex {
			a.note("no index (content.index): %s", why)
			a.folders.noIndex = why
		}
		return nil
	}
	a.folders.index, a.folders.store = index, store
	return index
}

// contentChanged tells the index what a watch has seen change; nil is anything.
func (a *app) contentChanged(c *Config, changed []string) {
	index := a.openIndex(c)
	if index == nil {
		return
	}
	index.Keep()
	a.folders.watching = true
	root, err := filepath.Abs(c.Content.Dir)
	target, linkErr := filepath.EvalSymlinks(root)
	if changed == nil || err != nil || linkErr != nil {
		index.Changed(nil)
		return
	}
	below := []string{}
	for _, name := range changed {
		for _, folder := range []string{root, target} {
			if rest, ok := strings.CutPrefix(name, folder+string(filepath.Separator)); ok {
				below = append(below, filepath.ToSlash(rest))
				break
			}
		}
	}
	index.Changed(below)
}

// made is what the index knows of the output folder.
func (a *app) made(c *Config, out *atomicfile.Dir) *atomicfile.Made {
	if a.openIndex(c) == nil {
		return nil
	}
	made, err := atomicfile.OpenMade(a.folders.store, out, programVersion())
	if err != nil {
		a.note("%v", err)
	}
	return made
}

// outputFolder opens the folder that feeds and digests are written to, for one
// program at a time.
func outputFolder(ctx context.Context, c *Config) (*atomicfile.Dir, error) {
	dir, err := atomicfile.Open(c.Feeds.Dir)
	if err == nil {
		err = dir.Lock(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("the output folder: %w", err)
	}
	return dir, nil
}
