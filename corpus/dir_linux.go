package corpus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// beneath opens a file below a folder: the kernel refuses what leads out of it,
// and a pipe is opened without waiting for a writer.
var beneath = unix.OpenHow{
	Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY,
	Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
}

// readInto reads a regular file into buf, which it grows. ok is false if it must
// be read another way: because the kernel is older than openat2 (5.6) or a
// container forbids it, or to have the error told as os tells it. A link is, too,
// because it has no stamp: see list.
func (d *Dir) readInto(name string, buf []byte, settled time.Time) (data []byte, s stamp, ok bool) {
	how := beneath
	how.Flags |= unix.O_NOFOLLOW
	fd, err := unix.Openat2(int(d.folder.Fd()), name, &how)
	if err != nil {
		return buf, 0, false
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil || info.Mode&unix.S_IFMT != unix.S_IFREG || info.Size == 0 || info.Size > maxArticle {
		return buf, 0, false
	}
	if int64(cap(buf)) <= info.Size {
		buf = make([]byte, info.Size+info.Size/2)
	}
	// One byte of room behind the file tells whether it has grown since.
	data = buf[:info.Size+1]
	n, err := unix.Read(fd, data)
	if err != nil || int64(n) != info.Size {
		return buf, 0, false
	}
	return data[:n], stampOf(&info, settled), true
}

// stampOf gives a file's stamp, or 0 if it changed since settled.
func stampOf(info *unix.Stat_t, settled time.Time) stamp {
	if info.Mode&unix.S_IFMT != unix.S_IFREG || !time.Unix(info.Ctim.Unix()).Before(settled) {
		return 0
	}
	return atomicfile.NewStamp(info.Size, info.Mtim.Nano(), info.Ctim.Nano(), info.Ino)
}

// dirents are buffers for what the kernel tells of a folder.
var dirents = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// list gives the children of a folder below d, with the stamps of articles that
// changed before settled; if that is zero, it asks for none. Links have no
// stamp: where they lead may change.
func (d *Dir) list(folder string, settled time.Time) (children []child, err error) {
	how := beneath
	how.Flags |= unix.O_DIRECTORY
	fd, err := unix.Openat2(int(d.folder.Fd()), folder, &how)
	if err != nil {
		return listFS(d.FS, folder)
	}
	defer unix.Close(fd)
	buf := dirents.Get().(*[64 << 10]byte)
	defer dirents.Put(buf)
	for {
		n, err := unix.Getdents(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return children, os.NewSyscallError("getdents", err)
		}
		children = appendChildren(children, fd, buf[:n], settled)
	}
}

// child describes a file or folder below d, as list does.
func (d *Dir) child(name string, settled time.Time) (c child, there bool, err error) {
	var info unix.Stat_t
	err = unix.Fstatat(int(d.folder.Fd()), name, &info, unix.AT_SYMLINK_NOFOLLOW)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return child{}, false, nil
	}
	if err == nil && info.Mode&unix.S_IFMT == unix.S_IFREG && info.Nlink > 1 {
		err = errors.New("the file has other names, of which nobody has told")
	}
	return child{name, info.Mode&unix.S_IFMT == unix.S_IFDIR, stampOf(&info, settled)}, err == nil, err
}

// appendChildren reads linux_dirent64 structures: see getdents(2).
func appendChildren(children []child, fd int, buf []byte, settled time.Time) []child {
	const header = 19 // inode 8, offset 8, length 2, type 1
	for len(buf) > header {
		length := binary.NativeEndian.Uint16(buf[16:])
		kind := buf[18]
		name := buf[header:length]
		name = name[:bytes.IndexByte(name, 0)]
		buf = buf[length:]
		if name[0] == '.' {
			continue
		}
		c := child{name: string(name), folder: kind == unix.DT_DIR}
		if kind == unix.DT_UNKNOWN || kind == unix.DT_REG && !settled.IsZero() && isArticle(c.name) {
			var info unix.Stat_t
			if unix.Fstatat(fd, c.name, &info, unix.AT_SYMLINK_NOFOLLOW) == nil {
				c.folder = info.Mode&unix.S_IFMT == unix.S_IFDIR
				c.stamp = stampOf(&info, settled)
			}
		}
		children = append(children, c)
	}
	return children
}
