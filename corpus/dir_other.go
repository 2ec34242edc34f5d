//go:build !linux

package corpus

import (
	"errors"
	"time"
)

// readInto is for Linux alone.
func (d *Dir) readInto(_ string, buf []byte, _ time.Time) (data []byte, s stamp, ok bool) {
	return buf, 0, false
}

// list knows no stamps: without the time of a file's last change of any kind, a
// file could change and keep its stamp.
func (d *Dir) list(folder string, _ time.Time) ([]child, error) { return listFS(d.FS, folder) }

// child is told by walking the whole folder.
func (d *Dir) child(string, time.Time) (c child, there bool, err error) {
	return child{}, false, errors.ErrUnsupported
}
