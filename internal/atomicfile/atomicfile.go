// Package atomicfile writes files whole or not at all. Feeds, digests and
// every other output of newsdesk go through it, so an interrupted run leaves
// the last good output, and no name can lead out of the output folder.
package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
)

// Dir is a folder that files are written to.
type Dir struct{ root *os.Root }

// Open opens the folder at name and makes it if it is not there.
func Open(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root}, nil
}

// Close releases the folder.
func (d *Dir) Close() error { return d.root.Close() }

// Write puts data into the file name (slash-separated, below the folder) by a
// temporary file, fsync and rename. A file that already holds data is left
// alone, time stamp included; changed tells. Names that lead out of the folder
// are errors.
func (d *Dir) Write(name string, data []byte) (changed bool, err error) {
	if old, err := d.root.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return false, nil
	}
	if err := d.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return false, err
	}
	// One writer per name: a fixed temporary name leaves no litter behind
	// after a crash, because the next run writes over it.
	temp := path.Join(path.Dir(name), "."+path.Base(name)+".tmp")
	if err := d.writeTemp(temp, data); err != nil {
		return false, errors.Join(err, d.remove(temp))
	}
	if err := d.root.Rename(temp, name); err != nil {
		return false, errors.Join(err, d.remove(temp))
	}
	return true, d.syncDir(path.Dir(name))
}

func (d *Dir) writeTemp(name string, data []byte) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename survive a power cut. Windows does it by itself, and
// refuses to be asked.
func (d *Dir) syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *Dir) remove(name string) error {
	if err := d.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
