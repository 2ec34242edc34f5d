package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/editionfile"
)

// kept is how many versions of an edition file can be undone. A file has a few
// kilobytes.
const kept = 200

// fileVersion is an edition file as it was at one time.
type fileVersion struct {
	hash string // of data; absent if there was no file
	data []byte
}

// absent is the hash of a file that is not there.
const absent = "none"

// editionFiles are the edition files that this process has seen, with what they
// held before. It is what undo goes back to, and what a write is compared with
// that was made from an older version.
type editionFiles struct {
	mu   sync.Mutex
	seen map[string]*fileHistory // by path
}

// fileHistory is a file's versions, the oldest first; at is the one that the
// file holds, those after it were undone.
type fileHistory struct {
	versions []fileVersion
	at       int
}

// look reads a file, and notes if it is not what it was: a text editor's change
// can be undone like one made here.
func (f *editionFiles) look(path string) (fileVersion, *fileHistory, error) {
	data, err := editionfile.Read(path)
	v := fileVersion{absent, nil}
	switch {
	case err == nil:
		sum := sha256.Sum256(data)
		v = fileVersion{hex.EncodeToString(sum[:16]), data}
	case !errors.Is(err, fs.ErrNotExist):
		return v, nil, err
	}
	if f.seen == nil {
		f.seen = make(map[string]*fileHistory)
	}
	h := f.seen[path]
	if h == nil {
		h = &fileHistory{versions: []fileVersion{v}}
		f.seen[path] = h
	}
	h.note(v)
	return v, h, nil
}

// note makes v the newest version, unless it is the one that is there.
func (h *fileHistory) note(v fileVersion) {
	if h.versions[h.at].hash == v.hash {
		return
	}
	h.versions = append(h.versions[:h.at+1], v)
	if over := len(h.versions) - kept; over > 0 {
		h.versions = append([]fileVersion(nil), h.versions[over:]...)
	}
	h.at = len(h.versions) - 1
}

// find gives a version by its hash.
func (h *fileHistory) find(hash string) (fileVersion, bool) {
	for _, v := range h.versions {
		if v.hash == hash {
			return v, true
		}
	}
	return fileVersion{}, false
}

// fileState is an edition file as the page shows it.
type fileState struct {
	fileVersion
	Choices    digest.Choices // those that are right, if the file has faults
	Faults     []*editionfile.Error
	Undo, Redo int // steps that can be gone
}

// state reads a file for the page.
func (f *editionFiles) state(path string) (fileState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, h, err := f.look(path)
	if err != nil {
		return fileState{}, err
	}
	s := fileState{fileVersion: v, Undo: h.at, Redo: len(h.versions) - 1 - h.at}
	s.Choices, err = editionfile.Parse(filepath.Base(path), v.data)
	s.Faults = faults(err)
	return s, nil
}

// faults takes apart what editionfile.Parse joins.
func faults(err error) []*editionfile.Error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*editionfile.Error
		for _, e := range joined.Unwrap() {
			all = append(all, faults(e)...)
		}
		return all
	}
	if one, ok := errors.AsType[*editionfile.Error](err); ok {
		return []*editionfile.Error{one}
	}
	return nil
}

// errStale says that the file is not the one which a write was made from.
var errStale = errors.New("the edition's file was changed meanwhile")

// step goes back (-1) or on (1) in a file's history. Base is the version that
// the editor saw.
func (f *editionFiles) step(path, base string, by int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, h, err := f.look(path)
	if err != nil {
		return err
	}
	if v.hash != base {
		return errStale
	}
	to := h.at + by
	if to < 0 || to >= len(h.versions) {
		return errors.New("there is nothing more to undo or redo")
	}
	if err := put(path, h.versions[to]); err != nil {
		return err
	}
	h.at = to
	return nil
}

// write changes a file's choices by edit. Base is the version that the editor
// saw: where that is no longer the file's, only an edit is taken that touches
// nothing which was changed since. The error is a *conflict otherwise, and
// editionfile's of a file with faults, which is left as it is.
func (f *editionFiles) write(path, base string, e edit) (merged bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, h, err := f.look(path)
	if err != nil {
		return false, err
	}
	name := filepath.Base(path)
	now, err := editionfile.Parse(name, v.data)
	if err != nil {
		return false, err
	}
	next := clone(now)
	if err := e.apply(&next); err != nil {
		return false, err
	}
	if v.hash != base {
		if key := h.touched(base, name, now, e.keys); key != "" && show(now, key) != show(next, key) {
			return false, &conflict{Key: key, Mine: show(next, key), Theirs: show(now, key), File: v.hash}
		}
		merged = true
	}
	data, err := editionfile.Update(name, v.data, next)
	if err != nil {
		return false, err
	}
	if _, err := editionfile.Parse(name, data); err != nil {
		return false, err // never leave a file that can't be read
	}
	if string(data) == string(v.data) {
		return merged, nil
	}
	if err := put(path, fileVersion{"", data}); err != nil {
		return false, err
	}
	_, _, err = f.look(path)
	return merged, err
}

// touched gives the first of keys that was changed since base, or "". What base
// was is not known after a restart: every key that is there may have changed.
func (h *fileHistory) touched(base, name string, now digest.Choices, keys []string) string {
	was, ok := h.find(base)
	old, err := editionfile.Parse(name, was.data)
	for _, key := range keys {
		if !ok || err != nil || show(old, key) != show(now, key) {
			return key
		}
	}
	return ""
}

// put writes a version whole, or takes the file away.
func put(path string, v fileVersion) error {
	if v.hash != absent {
		_, err := atomicfile.WriteFile(path, v.data)
		return err
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// onlyEditions tells whether every one of the names that changed is the file of an
// edition, which is read when it is looked at, or has a name that no file keeps. A
// file that nobody reads calls for a load, which tells of it.
func (d *Desk) onlyEditions(changed []string) bool {
	root, err := filepath.Abs(d.Editions)
	if err != nil || d.Editions == "" {
		return false
	}
	for _, name := range changed {
		folder, file := filepath.Split(name)
		series := d.series(filepath.Base(folder))
		if series == nil || filepath.Dir(filepath.Clean(folder)) != root {
			return false
		}
		if _, ok := series.period(strings.TrimSuffix(file, ".yaml")); !ok && !strings.HasPrefix(file, ".") {
			return false
		}
	}
	return len(changed) > 0
}
