//go:build linux || darwin

package doctor

import "golang.org/x/sys/unix"

func spaceOf(dir string) (space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return space{}, err
	}
	return space{
		free:     s.Bavail * uint64(s.Bsize),
		noFiles:  s.Files > 0 && s.Ffree == 0,
		writable: unix.Access(dir, unix.W_OK) == nil,
	}, nil
}
