package audience

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// What the parent tells the child.
const (
	childURL  = "NEWSDESK_TEST_URL"
	childList = "NEWSDESK_TEST_LIST"
)

func TestMain(m *testing.M) {
	if os.Getenv(childURL) != "" {
		if err := child(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is this test's binary, run again as a process that imports and can be
// killed. It writes how many rows are committed, each time.
func child(ctx context.Context) error {
	db, err := store.Open(ctx, os.Getenv(childURL))
	if err != nil {
		return err
	}
	hashes, err := OpenSuppressor(ctx, db, rand.Reader)
	if err != nil {
		return err
	}
	list, err := os.Open(os.Getenv(childList))
	if err != nil {
		return err
	}
	_, err = Import(ctx, db, hashes, list, ImportOptions{Name: "list.csv", Act: act, batch: 200, run: 50_000,
		Progress: func(_ int64, r Result) error {
			_, err := fmt.Println(r.Rows)
			return err
		}})
	return err
}

// TestKill kills an importing process at random moments, again and again. What
// it had told is there each time, and in the end everything is, once.
func TestKill(t *testing.T) {
	const rows, kills = 4000, 4
	list := filepath.Join(t.TempDir(), "list.csv")
	var text bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&text, "reader%d@example.org\n", i)
	}
	if err := os.WriteFile(list, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	storetest.EachReady(t, func(t *testing.T, address string) {
		db := open(t, address)
		told := 0
		for kill := range kills + 1 {
			told = max(told, runChild(t, address, list, kill < kills))
			stats, err := Count(t.Context(), db)
			if err != nil || stats.Total < told {
				t.Fatalf("%d subscribers are left, %d were told, error %v", stats.Total, told, err)
			}
			if kill == kills && stats.States[Active] != rows {
				t.Errorf("%d subscribers in the end, want %d", stats.States[Active], rows)
			}
		}
	})
}

// runChild gives how many rows the child told to be committed before it was
// killed or, without kill, came to its end.
func runChild(t *testing.T, address, list string, kill bool) (told int) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+address, childList+"="+list)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	batches := mathrand.IntN(12)
	for n := 0; (!kill || n < batches) && lines.Scan(); n++ {
		fmt.Sscan(lines.Text(), &told)
	}
	if kill {
		time.Sleep(time.Duration(mathrand.IntN(5000)) * time.Microsecond)
		cmd.Process.Kill()
	}
	for lines.Scan() { // what it told before it died
		fmt.Sscan(lines.Text(), &told)
	}
	io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil && !kill {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return told
}
