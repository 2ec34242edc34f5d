package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// TestWriteAheadTogether: of processes that make a database at once none is refused.
func TestWriteAheadTogether(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		address := "sqlite:" + filepath.Join(dir, fmt.Sprint(i))
		errs := make(chan error)
		for range 4 {
			go func() {
				db, err := connect(address)
				if err == nil {
					err = errors.Join(db.writeAhead(t.Context()), db.Close())
				}
				errs <- err
			}()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
}
