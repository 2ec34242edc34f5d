package audience

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"github.com/medigy/newsdesk/internal/store"
)

// writer writes the sorted rows of a list.
type writer struct {
	ImportOptions
	db      *store.DB
	hashes  *Suppressor
	consent int64 // of all who come with the list; 0 until the first batch
	result  Result
	read    int64 // octets of the list
	good    int   // rows that are to be written
	bad     int   // rows that can't be read, until the first batch is committed
	header  []string
	comma   byte
}

func newWriter(db *store.DB, hashes *Suppressor, r *reader) *writer {
	w := &writer{ImportOptions: r.ImportOptions, db: db, hashes: hashes, read: r.counted.n, good: r.good, bad: r.bad, header: r.header}
	if r.rows != nil {
		w.comma = r.rows.comma
	}
	return w
}

// writeAll writes all rows, batch by batch; one is made while another is written.
func (w *writer) writeAll(ctx context.Context, s *sorter) error {
	if w.good+w.bad == 0 {
		return nil
	}
	end, err := w.db.Bulk(ctx)
	if err != nil {
		return err
	}
	defer end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan *batch)
	var sortErr error
	go func() {
		defer close(batches)
		sortErr = s.batches(ctx, w.batch, batches)
	}()
	for b := range batches {
		if err = w.write(ctx, b); err != nil {
			cancel()
			break
		}
	}
	for range batches { // let it end
	}
	return cmp.Or(err, sortErr)
}

// batches makes batches of the sorted rows, the last of which may be empty.
func (s *sorter) batches(ctx context.Context, size int, to chan<- *batch) error {
	send := func(b *batch) error {
		select {
		case to <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b := &batch{plain: true}
	err := s.each(ctx, func(e entry) error {
		if n := len(b.entries); n > 0 && b.entries[n-1].key == e.key {
			b.doubles++
			// Whoever has left once has left, in whatever order the rows stand.
			if e.choice.state.Left() && !b.entries[n-1].choice.state.Left() {
				b.entries[n-1], b.plain = e, false
			}
			return nil
		}
		if len(b.entries) >= size {
			if err := send(b); err != nil {
				return err
			}
			b = &batch{plain: true, entries: make([]entry, 0, size)}
		}
		b.entries = append(b.entries, e)
		b.plain = b.plain && *e.choice == noChoice && e.story == nil
		return nil
	})
	if err != nil {
		return err
	}
	return send(b)
}

// write commits a batch, and tells and counts it only then.
func (w *writer) write(ctx context.Context, b *batch) error {
	job := &writing{writer: w, batch: b, consent: w.consent, inserts: map[int]*sql.Stmt{}}
	job.count = Result{Bad: w.bad, Known: b.doubles}
	err := transact(ctx, w.db, func(tx *sql.Tx) error {
		job.tx = tx
		if err := job.run(ctx); err != nil {
			return err
		}
		if w.DryRun {
			return nil // nothing was written
		}
		detail := fmt.Sprintf("%s: %d added (%d paused), %d left, %d updated, %d known, %d suppressed, %d bad", w.Name,
			job.count.Added, job.count.Paused, job.count.Left, job.count.Updated, job.count.Known, job.count.Suppressed, job.count.Bad)
		return w.Act.note(ctx, tx, "import", 0, job.consent, detail)
	})
	if err != nil {
		return err
	}
	w.consent, w.bad = job.consent, 0
	w.result.add(job.count)
	return job.tell()
}

func (r *Result) add(other Result) {
	r.Added += other.Added
	r.Paused += other.Paused
	r.Left += other.Left
	r.Updated += other.Updated
	r.Known += other.Known
	r.Suppressed += other.Suppressed
	r.Bad += other.Bad
	r.Rows = r.Added + r.Left + r.Updated + r.Known + r.Suppressed + r.Bad
}
