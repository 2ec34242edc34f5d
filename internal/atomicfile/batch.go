package atomicfile

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"sync"
)

// Batch writes many files of a folder, each whole or not at all as Dir.Write
// does, but together: some dozens of temporary files are written before the first
// is synced, so that the disk's journal is committed once for all of them, and a
// folder is synced when all its files are there. Its methods may be called by
// several goroutines.
type Batch struct {
	dir *Dir

	mu      sync.Mutex
	waiting []waitingFile
	folders map[string]bool // that files were written to, by name
	failed  error
}

// waitingFile is a temporary file that is to be synced and renamed.
type waitingFile struct {
	*os.File
	temp, name string
	done       func()
}

// together is how many files are synced one after the other. Each is open.
const together = 48

// Batch begins to write many files. Nobody may write the same ones meanwhile.
func (d *Dir) Batch() *Batch { return &Batch{dir: d, folders: map[string]bool{}} }

// Write is Dir.Write, but the file has its name only when done is called, which
// may be nil, or after Flush. Of a file that already holds data done is not called.
func (b *Batch) Write(name string, data []byte, done func()) (changed bool, err error) {
	if b.dir.holds(name, data) {
		return false, nil
	}
	if err := b.folder(path.Dir(name)); err != nil {
		return false, err
	}
	temp := tempName(name)
	f, err := b.dir.create(temp)
	if err != nil {
		return false, err
	}
	if _, err := f.Write(data); err != nil {
		return false, errors.Join(err, f.Close(), b.dir.Remove(temp))
	}
	b.add(waitingFile{f, temp, name, done})
	return true, nil
}

// folder makes a folder, once.
func (b *Batch) folder(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.folders[name] {
		return nil
	}
	b.folders[name] = true
	return b.dir.root.MkdirAll(name, 0o755)
}

// add takes a file, and if there are enough finishes them, while others are
// taken by other goroutines.
func (b *Batch) add(f waitingFile) {
	b.mu.Lock()
	b.waiting = append(b.waiting, f)
	var full []waitingFile
	if len(b.waiting) >= together {
		full, b.waiting = b.waiting, nil
	}
	b.mu.Unlock()
	b.finish(full)
}

// finish syncs files and gives them their names.
func (b *Batch) finish(files []waitingFile) {
	for _, f := range files {
		err := errors.Join(f.Sync(), f.Close())
		if err == nil {
			err = b.dir.root.Rename(f.temp, f.name)
		}
		if err != nil {
			b.fail(fmt.Errorf("%s: %w", f.name, errors.Join(err, b.dir.Remove(f.temp))))
		} else if f.done != nil {
			f.done()
		}
	}
}

func (b *Batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = errors.Join(b.failed, err)
}

// Flush finishes all files that were written, and gives the errors of those that
// could not be, each with its name. It is called when no Write is under way.
func (b *Batch) Flush() error {
	parallel(b.waiting, func(f waitingFile) { b.finish([]waitingFile{f}) })
	parallel(slices.Sorted(maps.Keys(b.folders)), func(name string) {
		if err := b.dir.syncDir(name); err != nil {
			b.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
	err := b.failed
	b.waiting, b.folders, b.failed = nil, map[string]bool{}, nil
	return err
}

// parallel calls do for each of a list, a few at a time: it waits for the disk.
func parallel[T any](list []T, do func(T)) {
	const workers = 8
	var group sync.WaitGroup
	for first := range workers {
		group.Go(func() {
			for i := first; i < len(list); i += workers {
				do(list[i])
			}
		})
	}
	group.Wait()
}
