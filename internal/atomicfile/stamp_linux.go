package atomicfile

import (
	"io/fs"
	"syscall"
	"time"
)

// StampOf gives the stamp of a file of the operating system's, and the time of
// its last change of any kind.
func StampOf(info fs.FileInfo) (s Stamp, changed time.Time) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() {
		return 0, time.Time{}
	}
	return NewStamp(stat.Size, stat.Mtim.Nano(), stat.Ctim.Nano(), stat.Ino), time.Unix(stat.Ctim.Unix())
}
