package delivery

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// smallDisk gives a folder on a file system of its own of so many octets.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted: %v (run it as root)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk writes a file that takes all that is free but some.
func fillDisk(t *testing.T, dir string, free int64) (ballast string) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	ballast = filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, int64(s.Bavail)*s.Bsize-free), 0o600); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// TestDiskRunsFull fills the disk in the middle of an edition. Where there is space
// again soon, nobody notices. Else it ends with one clear error, and the next run
// goes on. The other programs of the machine are not so lucky, so this is SQLite's.
func TestDiskRunsFull(t *testing.T) {
	if again {
		return
	}
	for _, soon := range []bool{true, false} {
		t.Run(map[bool]string{true: "space comes back", false: "it stays full"}[soon], func(t *testing.T) { testDiskRunsFull(t, soon) })
	}
}

func testDiskRunsFull(t *testing.T, soon bool) {
	const recipients = 600
	server := mailtest.Start(t, mailtest.Options{})
	dir := smallDisk(t, "16m")
	db, tokens, err := openDB(t.Context(), "sqlite:"+filepath.Join(dir, "newsdesk.db"), recipients)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil { // what is free in it could be used
		t.Fatal(err)
	}
	o := Options{Sender: testSender(), SMTP: mailConfig(server), Tokens: tokens, Now: time.Now, Connections: connections}
	ballast := ""
	var waits, told atomic.Int32
	o.Progress = func(Outcome) {
		if told.Add(1) == 50 {
			ballast = fillDisk(t, dir, 32<<10)
		}
	}
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		if waits.Add(1) == 3 && soon {
			if err := os.Remove(ballast); err != nil {
				t.Error(err)
			}
		}
		return sleep(ctx, min(d, 10*time.Millisecond))
	}
	s, err := Send(t.Context(), db, testIssue(), o)
	t.Logf("%s after %d waits: %v", counted(s), waits.Load(), err)
	if soon {
		if err != nil || waits.Load() < 3 {
			t.Errorf("%d waits: %v", waits.Load(), err)
		}
	} else {
		if err == nil || !strings.Contains(err.Error(), "disk is full") || strings.Contains(err.Error(), "\n") {
			t.Errorf("not one clear error: %v", err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		o.Progress = nil
		if s, err = Send(t.Context(), db, testIssue(), o); err != nil {
			t.Error(err)
		}
	}
	s.Already, s.Accepted = s.Already+s.Accepted, 0
	checkCopies(t, db, server, s, connections, Hold)
}
