package store

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLocksStay opens a database a second time in one process, in every way there
// is, as serve does at each build. The first connection's locks must outlast it:
// without them another process deletes the -wal file when it is done, with all that
// the first one commits from then on.
func TestLocksStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsdesk.db")
	db := mustOpen(t, "sqlite:"+path)
	if _, err := db.Exec(`INSERT INTO setting (name, value) VALUES ('a', 'b')`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again := mustOpen(t, "sqlite:"+path)
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		reader, err := OpenRead(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// A lock of this open file, not of the process, meets those of the process.
	ask := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &ask); err != nil {
		t.Fatal(err)
	}
	if ask.Type == unix.F_UNLCK {
		t.Error("the open database is not locked any more")
	}
}
