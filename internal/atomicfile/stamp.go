package atomicfile

// Stamp tells one state of a file from another without reading it: a hash of its
// size, its times and its inode. 0 is unknown, as it is of what is no regular
// file, and everywhere but on Linux: without the time of a file's last change
// of any kind, a file could change and keep its stamp.
type Stamp uint64

// NewStamp makes the stamp of a file of so many bytes, in nanoseconds since 1970.
func NewStamp(size, modified, changed int64, inode uint64) Stamp {
	var h uint64
	for _, n := range [...]uint64{uint64(size), uint64(modified), uint64(changed), inode} {
		h += n + 0x9e3779b97f4a7c15 // mixed as splitmix64 does
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return Stamp(max(h, 1))
}
