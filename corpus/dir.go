package corpus

import (
	"io/fs"
	"os"
)

// Dir is a folder of the operating system as a file system for Load. Links that
// lead out of it are not followed. On Linux Load reads a file of it with three
// system calls; any other fs.FS will do, more slowly.
type Dir struct {
	fs.FS
	root   *os.Root
	folder *os.File // the folder itself
}

// OpenDir opens a folder. The caller closes it when nothing reads it any more.
func OpenDir(name string) (*Dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	folder, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, err
	}
	return &Dir{root.FS(), root, folder}, nil
}

// Stat describes a file without opening it: opening a pipe would wait.
func (d *Dir) Stat(name string) (fs.FileInfo, error) { return d.root.Stat(name) }

// Close releases the folder.
func (d *Dir) Close() error {
	d.folder.Close()
	return d.root.Close()
}
