package audience

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// sorter puts the rows of a list into the order of their keys, however many they
// are: SQLite adds a million rows to an index in its order more than twice as fast
// as in any other, because it then writes each page once. Rows that are more than
// a run go to a file, run by run.
//
// The file holds addresses. It is taken away as soon as it is open, where the
// system can do that, so that no end of the process leaves it behind.
type sorter struct {
	dir  string
	size int // octets that a run takes in memory, about

	run    []entry
	octets int
	runs   chan []entry  // that are to be spilled
	free   chan []entry  // memory of runs that are
	done   chan struct{} // spilling has ended
	err    error         // of spilling; read it after done

	file  *os.File
	spans []span // of the file, a run each
}

// span is where in a file something stands.
type span struct{ start, end int64 }

// runSize is how much memory a run takes. There are two: one is filled while the
// other is written.
const runSize = 10 << 20

func newSorter(dir string, size int) *sorter {
	return &sorter{dir: dir, size: cmp.Or(size, runSize), free: make(chan []entry, 2)}
}

// add takes a row.
func (s *sorter) add(e entry) error {
	s.run = append(s.run, e)
	s.octets += entrySize + len(e.raw)
	if s.octets < s.size {
		return nil
	}
	if s.runs == nil {
		s.runs, s.done = make(chan []entry), make(chan struct{})
		go s.spillAll()
	}
	select {
	case s.runs <- s.run:
	case <-s.done:
		return s.err
	}
	s.run, s.octets = nil, 0
	select {
	case s.run = <-s.free:
	default:
	}
	return nil
}

func (s *sorter) spillAll() {
	defer close(s.done)
	for run := range s.runs {
		if s.err = s.spill(run); s.err != nil {
			s.err = fmt.Errorf("a temporary file for sorting: %w", s.err)
			return
		}
		clear(run)
		s.free <- run[:0]
	}
}

// end says that there are no more rows.
func (s *sorter) end() error {
	if s.runs == nil {
		return nil
	}
	close(s.runs)
	<-s.done
	return s.err
}

// close takes the file away.
func (s *sorter) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if rerr := os.Remove(s.file.Name()); !errors.Is(rerr, os.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// spill appends a run to the file.
func (s *sorter) spill(run []entry) (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, "newsdesk-import-"); err != nil {
			return err
		}
		_ = os.Remove(s.file.Name()) // Windows keeps it until close
	}
	var start int64
	if n := len(s.spans); n > 0 {
		start = s.spans[n-1].end
	}
	at := start
	w := bufio.NewWriterSize(s.file, 256<<10)
	var record []byte
	for _, i := range inOrder(run) {
		record = run[i].append(record[:0])
		at += int64(len(record))
		w.Write(record)
	}
	s.spans = append(s.spans, span{start, at})
	return w.Flush()
}

// inOrder gives the indexes of a run's rows by key and line. Comparing the start
// of the keys as a number saves most of the looks at the rest.
func inOrder(run []entry) []int32 {
	type item struct {
		start, more uint64
		i           int32
	}
	items := make([]item, len(run))
	for i, e := range run {
		var start [16]byte
		copy(start[:], e.key)
		items[i] = item{binary.BigEndian.Uint64(start[:]), binary.BigEndian.Uint64(start[8:]), int32(i)}
	}
	slices.SortFunc(items, func(a, b item) int {
		switch {
		case a.start != b.start:
			return cmp.Compare(a.start, b.start)
		case a.more != b.more:
			return cmp.Compare(a.more, b.more)
		}
		return run[a.i].compare(&run[b.i])
	})
	order := make([]int32, len(run))
	for i, it := range items {
		order[i] = it.i
	}
	return order
}

// compare orders rows by key and line.
func (e *entry) compare(other *entry) int {
	if c := strings.Compare(e.key, other.key); c != 0 {
		return c
	}
	return cmp.Compare(e.line, other.line)
}

// each calls f with all rows, in order.
func (s *sorter) each(ctx context.Context, f func(entry) error) error {
	merge := make(merge, 0, len(s.spans)+1)
	merge = append(merge, &source{run: s.run, order: inOrder(s.run)})
	buffer := min(64<<10, max(4<<10, mergeMemory/(len(s.spans)+1)))
	for _, at := range s.spans {
		part := io.NewSectionReader(s.file, at.start, at.end-at.start)
		merge = append(merge, &source{file: bufio.NewReaderSize(part, buffer)})
	}
	for i := 0; i < len(merge); {
		switch err := merge[i].next(); err {
		case nil:
			i++
		case io.EOF:
			merge = slices.Delete(merge, i, i+1)
		default:
			return err
		}
	}
	heap.Init(&merge)
	for len(merge) > 0 {
		if err := f(merge[0].entry); err != nil {
			return err
		}
		switch err := merge[0].next(); err {
		case nil:
			heap.Fix(&merge, 0)
		case io.EOF:
			heap.Pop(&merge)
		default:
			return fmt.Errorf("the temporary file for sorting: %w", err)
		}
	}
	return ctx.Err()
}

// mergeMemory is what the buffers of all runs take together.
const mergeMemory = 8 << 20

// source is a run that is being merged, at its smallest row: that in memory, or
// one of the file.
type source struct {
	entry
	run   []entry
	order []int32
	file  *bufio.Reader
}

func (s *source) next() (err error) {
	if s.file != nil {
		s.entry, err = readEntry(s.file)
		return err
	}
	if len(s.order) == 0 {
		return io.EOF
	}
	s.entry, s.order = s.run[s.order[0]], s.order[1:]
	return nil
}

// merge is a heap (container/heap) of runs, the one with the smallest row first.
type merge []*source

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].compare(&m[j].entry) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(*source)) }
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
