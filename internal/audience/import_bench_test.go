package audience

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// BenchmarkImport imports 1,000,000 rows in random order into SQLite, and the
// same rows with the sqlite3 shell: .import and an index. "speed" is how fast
// we are by the shell's speed; the budget is 0.5. Run it with -benchtime 3x.
func BenchmarkImport(b *testing.B) {
	const rows = 1_000_000
	list := writeList(b, rows)
	var ours, shells time.Duration
	for b.Loop() {
		shells += timeShell(b, list)
		start := time.Now()
		db, err := store.Open(b.Context(), storetest.SQLiteReady(b))
		if err != nil {
			b.Fatal(err)
		}
		f, err := os.Open(list)
		if err != nil {
			b.Fatal(err)
		}
		r, err := Import(b.Context(), db, suppressor(b, db), f, ImportOptions{Name: "list.csv", Act: act, Temp: b.TempDir()})
		if err != nil || r.Added != rows {
			b.Fatal(r, err)
		}
		f.Close()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
	}
	b.ReportMetric(rows*float64(b.N)/ours.Seconds(), "rows/s")
	if shells > 0 {
		b.ReportMetric(shells.Seconds()/ours.Seconds(), "speed")
	}
}

func writeList(b *testing.B, rows int) string {
	name := filepath.Join(b.TempDir(), "list.csv")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	w.WriteString("email,name\n")
	random := rand.New(rand.NewPCG(1, 2))
	for _, i := range random.Perm(rows) {
		fmt.Fprintf(w, "%c%c.reader%d@mail%d.example.org,Reader %d\n", 'a'+i%26, 'a'+i/26%26, i, i%7, i)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return name
}

// timeShell gives 0 if there is no sqlite3.
func timeShell(b *testing.B, list string) time.Duration {
	cmd := exec.Command("sqlite3", filepath.Join(b.TempDir(), "shell.db"))
	cmd.Stdin = strings.NewReader("PRAGMA journal_mode=WAL;\nCREATE TABLE s (email TEXT, name TEXT);\n.import --csv --skip 1 " +
		list + " s\nCREATE UNIQUE INDEX e ON s (email);\n")
	start := time.Now()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		return 0
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return time.Since(start)
}
