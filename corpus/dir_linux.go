package corpus

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// beneath opens a file below a folder: the kernel refuses what leads out of it,
// and a pipe is opened without waiting for a writer.
var beneath = unix.OpenHow{
	Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY,
	Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
}

// readInto reads a regular file into buf, which it grows. ok is false if it must
// be read another way: because the kernel is older than openat2 (5.6) or a
// container forbids it, or to have the error told as os tells it.
func (d *Dir) readInto(name string, buf []byte) (data []byte, ok bool) {
	how := beneath
	fd, err := unix.Openat2(int(d.folder.Fd()), name, &how)
	if err != nil {
		return buf, false
	}
	defer unix.Close(fd)
	data = buf[:0]
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := unix.Read(fd, data[len(data):cap(data)])
		if err != nil || len(data)+n > maxArticle {
			return buf, false
		}
		data = data[:len(data)+n]
		if n == 0 {
			return data, len(data) > 0
		}
	}
}

// ReadDir lists a folder below d. A folder that was opened through os.Root would
// ask the kernel about each file once more.
func (d *Dir) ReadDir(name string) ([]fs.DirEntry, error) {
	how := beneath
	how.Flags |= unix.O_DIRECTORY
	fd, err := unix.Openat2(int(d.folder.Fd()), name, &how)
	if err != nil {
		return fs.ReadDir(d.FS, name)
	}
	folder := os.NewFile(uintptr(fd), name)
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}
