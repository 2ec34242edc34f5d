// Package atomicfile writes files whole or not at all. Feeds, digests and
// every other output of newsdesk go through it, so an interrupted run leaves
// the last good output, and no name can lead out of the output folder.
//
// A Dir writes one file at a time, a Batch many with few waits for the disk. Made
// remembers of what a file was made, so that it need not be made at all.
package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Dir is a folder that files are written to.
type Dir struct {
	root   *os.Root
	locked *os.File // see Lock
}

// Open opens the folder at name and makes it if it is not there.
func Open(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root}, nil
}

// WriteFile is Dir.Write of a single file, whose folder it makes if it is not there.
func WriteFile(name string, data []byte) (changed bool, err error) {
	d, err := Open(filepath.Dir(name))
	if err != nil {
		return false, err
	}
	changed, err = d.Write(filepath.Base(name), data)
	return changed, errors.Join(err, d.Close())
}

// Name gives the folder as it was named.
func (d *Dir) Name() string { return d.root.Name() }

// Clock gives the time that the folder's file system stamps files with now. It
// may be that of another machine.
func (d *Dir) Clock() (time.Time, error) {
	const name = ".clock.tmp"
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return time.Time{}, err
	}
	_, err = f.Write([]byte{'\n'}) // a file that has always been empty is not stamped anew
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close(), d.Remove(name)); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// Has reports whether there is a file of that name below the folder.
func (d *Dir) Has(name string) bool {
	_, err := d.root.Stat(name)
	return err == nil
}

// ReadString gives the content of a file below the folder.
func (d *Dir) ReadString(name string) (string, error) {
	f, err := d.root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(info.Size()))
	}
	_, err = io.Copy(&b, f)
	return b.String(), err
}

// Close releases the folder.
func (d *Dir) Close() error {
	if d.locked != nil {
		d.locked.Close()
	}
	return d.root.Close()
}

// Write puts data into the file name (slash-separated, below the folder) by a
// temporary file, fsync and rename. A file that already holds data is left
// alone, time stamp included; changed tells. Names that lead out of the folder
// are errors.
func (d *Dir) Write(name string, data []byte) (changed bool, err error) {
	if d.holds(name, data) {
		return false, nil
	}
	err = d.Create(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	return err == nil, err
}

// holds reports whether the file name holds just data. One of another size is
// not read.
func (d *Dir) holds(name string, data []byte) bool {
	f, err := d.root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(data)) {
		return false
	}
	old := make([]byte, len(data))
	_, err = io.ReadFull(f, old)
	return err == nil && bytes.Equal(old, data)
}

// Create writes the file name as Write does, but what write gives piece by piece,
// and whatever the file holds already.
func (d *Dir) Create(name string, write func(w io.Writer) error) error {
	if err := d.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temp := tempName(name)
	if err := d.writeTemp(temp, write); err != nil {
		return errors.Join(err, d.Remove(temp))
	}
	if err := d.root.Rename(temp, name); err != nil {
		return errors.Join(err, d.Remove(temp))
	}
	return d.syncDir(path.Dir(name))
}

// tempName gives the temporary file of a file. There is one writer per name: a
// fixed name leaves no litter behind after a crash, because the next run writes
// over it.
func tempName(name string) string {
	return path.Join(path.Dir(name), "."+path.Base(name)+".tmp")
}

func (d *Dir) create(temp string) (*os.File, error) {
	return d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
}

func (d *Dir) writeTemp(name string, write func(w io.Writer) error) error {
	f, err := d.create(name)
	if err != nil {
		return err
	}
	err = write(f)
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

// Remove removes a file, if it is there.
func (d *Dir) Remove(name string) error {
	if err := d.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
