package audience

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSorter gives rows, with doubles and a row longer than the buffers, in the
// order of key and line, as they were, whether or not they fit into memory; and no
// file is left.
func TestSorter(t *testing.T) {
	var all []entry
	random := rand.New(rand.NewPCG(1, 2))
	for line := range 3000 {
		e := entry{key: fmt.Sprintf("a.reader.of.news%d@example.org", random.IntN(2000)), choice: &noChoice, raw: "x", line: line + 1}
		switch e.address = e.key; line % 3 {
		case 0:
			e.address, e.name = strings.ToUpper(e.key), "Jané"
		case 1:
			e.choice = &choiceText{"a b", "en-US", "weekly", Paused}
			e.story = &story{1_500_000_000, 0, 1_600_000_000, "192.0.2.7"}
		}
		all = append(all, e)
	}
	all[7].raw = strings.Repeat("wide;", 50_000)
	sorted := slices.SortedFunc(slices.Values(all), func(a, b entry) int { return a.compare(&b) })
	for _, size := range []int{0, 100_000, 1000} {
		dir := t.TempDir()
		s := newSorter(dir, size)
		for _, e := range all {
			if err := s.add(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
		if (len(s.spans) > 0) != (size > 0) {
			t.Errorf("%d octets a run: %d runs in the file", size, len(s.spans))
		}
		n := 0
		err := s.each(t.Context(), func(e entry) error {
			if want := sorted[n]; e.line != want.line || e.told() != want.told() || e.fields() != want.fields() {
				return fmt.Errorf("row %d: got line %d %+v, want line %d %+v", n, e.line, e, want.line, want)
			}
			n++
			return nil
		})
		if err != nil || n != len(all) {
			t.Errorf("%d octets a run: %d rows, error %v", size, n, err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left, error %v", len(left), err)
		}
	}
}

// TestSorterNoRoom: a file that can't be written is told.
func TestSorterNoRoom(t *testing.T) {
	db := openDB(t)
	list := strings.Repeat("jane@example.org\n", 100)
	o := ImportOptions{Name: "list.csv", Act: act, Temp: t.TempDir() + "/none", run: 1000}
	_, err := Import(t.Context(), db, suppressor(t, db), strings.NewReader(list), o)
	if err == nil || !strings.Contains(err.Error(), "a temporary file for sorting") {
		t.Error(err)
	}
}
