//go:build unix

package atomicfile

import (
	"context"
	"errors"
	"syscall"
	"time"
)

// Lock waits until no other program has locked the folder, and locks it until
// Close: two that write the same names would mix them up.
func (d *Dir) Lock(ctx context.Context) error {
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			d.locked = f
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil // a file system without locks
		}
		select {
		case <-ctx.Done():
			f.Close()
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
