package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is one that newsdesk writes to.
type Folder struct {
	Name string // what for: "output"
	Path string // it need not be there yet
}

// Below these a disk is about to be full, or is.
const (
	low  = 200 << 20
	full = 20 << 20
)

// disk tells for each folder whether newsdesk may write there and has room.
func (e *Exam) disk() {
	for _, f := range e.Folders {
		at, err := existing(f.Path)
		if err != nil {
			e.tell("disk", Error, "disk-folder", fmt.Sprintf("%s, %s: %v", f.Name, f.Path, err), "make the folder, or name another")
			continue
		}
		s, err := spaceOf(at)
		where := fmt.Sprintf("%s, %s", f.Name, f.Path)
		switch do := "make room, or name a folder on another disk"; {
		case errors.Is(err, errors.ErrUnsupported):
			e.tell("disk", Note, "disk-unknown", where+": free space is not known on this system", "")
		case err != nil:
			e.tell("disk", Error, "disk-folder", fmt.Sprintf("%s: %v", where, err), "")
		case !s.writable:
			e.tell("disk", Error, "disk-read-only", where+": this user may not write there", "let the user that runs newsdesk own it")
		case s.free < full || s.noFiles:
			e.tell("disk", Error, "disk-full", fmt.Sprintf("%s: the disk is full (%s free%s)", where, size(s.free), s.files()), do)
		case s.free < low:
			e.tell("disk", Warning, "disk-low", fmt.Sprintf("%s: %s free", where, size(s.free)), do)
		default:
			e.tell("disk", OK, "disk", fmt.Sprintf("%s: %s free", where, size(s.free)), "")
		}
	}
}

// space is what a folder's disk has left.
type space struct {
	free     uint64 // bytes, for this user
	noFiles  bool   // no inode is left
	writable bool
}

func (s space) files() string {
	if s.noFiles {
		return ", but no more files can be made"
	}
	return ""
}

// existing gives the nearest folder of path that is there: newsdesk makes the rest.
func existing(path string) (string, error) {
	path, err := filepath.Abs(path)
	for err == nil {
		var info os.FileInfo
		info, err = os.Stat(path)
		switch {
		case err == nil && !info.IsDir():
			return "", errors.New("is a file")
		case err == nil:
			return path, nil
		case errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path:
			path, err = filepath.Dir(path), nil
		}
	}
	return "", err
}

func size(n uint64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MB", n>>20)
}
