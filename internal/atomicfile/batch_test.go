package atomicfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestBatch writes files of several folders from several goroutines, more than are
// synced together; some hold their bytes already.
func TestBatch(t *testing.T) {
	d, name := open(t)
	for _, round := range []struct{ text, changed string }{{"one", "200"}, {"one", "0"}, {"two", "200"}} {
		b := d.Batch()
		var group sync.WaitGroup
		var mu sync.Mutex
		changed, done := 0, 0
		for w := range 4 {
			group.Go(func() {
				for i := w; i < 200; i += 4 {
					c, err := b.Write(fmt.Sprintf("%d/%d", i%3, i), fmt.Append(nil, round.text, i), func() {
						mu.Lock()
						defer mu.Unlock()
						done++
					})
					if err != nil {
						t.Error(err)
					}
					if c {
						mu.Lock()
						changed++
						mu.Unlock()
					}
				}
			})
		}
		group.Wait()
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(changed) != round.changed || done != changed {
			t.Errorf("%d files changed, %d are done, want %s", changed, done, round.changed)
		}
		for i := range 200 {
			data, err := os.ReadFile(filepath.Join(name, fmt.Sprintf("%d/%d", i%3, i)))
			if err != nil || string(data) != fmt.Sprint(round.text, i) {
				t.Errorf("file %d holds %q, %v", i, data, err)
			}
		}
	}
	temps, _ := filepath.Glob(filepath.Join(name, "*", ".*"))
	if len(temps) > 0 {
		t.Errorf("left behind: %v", temps)
	}
}

// Until it is synced a file has not its name, and one that cannot have it does
// not stop the others.
func TestBatchFails(t *testing.T) {
	d, name := open(t)
	if err := os.MkdirAll(filepath.Join(name, "taken", "by a folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := d.Batch()
	for _, file := range []string{"taken", "free"} {
		if changed, err := b.Write(file, []byte("x"), nil); !changed || err != nil {
			t.Fatalf("%s: %t, %v", file, changed, err)
		}
	}
	if d.Has("free") {
		t.Error("a file is there before it is synced")
	}
	if _, err := b.Write("../out", nil, nil); err == nil {
		t.Error("a name that leads out is no error")
	}
	if err := b.Flush(); err == nil || !strings.Contains(err.Error(), "taken") || strings.Contains(err.Error(), "free") {
		t.Errorf("error is %v, want it to name the one file", err)
	}
	if text, err := d.ReadString("free"); err != nil || text != "x" {
		t.Errorf("the other file holds %q, %v", text, err)
	}
	if err := b.Flush(); err != nil {
		t.Errorf("the error is given again: %v", err)
	}
}
