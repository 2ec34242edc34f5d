package audience

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

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
			if e.choice.state.left() && !b.entries[n-1].choice.state.left() {
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

// writing is one batch on its way.
type writing struct {
	*writer
	*batch
	tx      *sql.Tx
	before  int64 // the highest id before the batch
	consent int64
	count   Result
	inserts map[int]*sql.Stmt // by number of rows
	away    []Reject          // who are suppressed
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

// tell tells what was committed.
func (w *writing) tell() error {
	slices.SortFunc(w.away, func(a, b Reject) int { return cmp.Compare(a.Line, b.Line) })
	for _, r := range w.away {
		if w.Reject == nil {
			break
		}
		if err := w.Reject(r); err != nil {
			return err
		}
	}
	if w.Progress == nil {
		return nil
	}
	written := w.result.Rows - w.result.Bad
	return w.Progress(w.read/2+w.read*int64(written)/int64(2*max(w.good, 1)), w.result)
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

// chunkSize is how many rows go into one statement.
const chunkSize = 50

func (w *writing) run(ctx context.Context) error {
	if w.consent == 0 && !w.DryRun {
		id, err := Consent{Time: w.Act.Now, Origin: importOrigin + w.Name, Text: w.Consent}.keep(ctx, w.tx, 0)
		if err != nil {
			return err
		}
		w.consent = id
	}
	entries, err := w.unsuppressed(ctx, w.entries)
	if err != nil {
		return err
	}
	if err := w.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM subscriber`).Scan(&w.before); err != nil {
		return err
	}
	for chunk := range slices.Chunk(entries, chunkSize) {
		if err := w.chunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// unsuppressed drops the rows whose address is suppressed.
func (w *writing) unsuppressed(ctx context.Context, entries []entry) ([]entry, error) {
	var any bool
	if err := w.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM suppression)`).Scan(&any); err != nil || !any {
		return entries, err
	}
	free := make([]entry, 0, len(entries))
	for chunk := range slices.Chunk(entries, chunkSize) {
		why, err := w.hashes.findAll(ctx, w.db, w.tx, chunk)
		if err != nil {
			return nil, err
		}
		for _, e := range chunk {
			switch text := why[e.key]; {
			case text == "":
				free = append(free, e)
			case e.choice.state.left():
				w.count.Known++
			default:
				w.suppressed(e, text)
			}
		}
	}
	return free, nil
}

func (w *writing) suppressed(e entry, why string) {
	w.count.Suppressed++
	w.tellAway(e, why)
}

// tellAway tells, after the commit, why a row is not taken.
func (w *writing) tellAway(e entry, why string) {
	row, _, _ := split(e.raw, w.comma) // it went well the first time
	w.away = append(w.away,
		Reject{List: w.Name, Line: e.line, Field: "address", Text: e.address + " " + why, Row: row, Header: w.header})
}

// chunk adds the rows that are not there, in one statement. If it did not add
// all, the others are looked up.
func (w *writing) chunk(ctx context.Context, chunk []entry) error {
	added, err := 0, error(nil)
	if !w.DryRun {
		if added, err = w.insert(ctx, chunk); err != nil {
			return err
		}
	}
	if added == len(chunk) {
		for i := range chunk {
			w.countNew(&chunk[i])
		}
		return w.keepStories(ctx, chunk, nil)
	}
	there, err := w.lookUp(ctx, chunk)
	if err != nil {
		return err
	}
	fresh := chunk[:0]
	for _, e := range chunk {
		isNew, err := w.settle(ctx, e, there[e.key])
		if err != nil {
			return err
		}
		if isNew && !w.DryRun {
			fresh = append(fresh, e)
		}
	}
	return w.keepStories(ctx, fresh, there)
}

// countNew counts a row that was not there.
func (w *writing) countNew(e *entry) {
	if e.choice.state.left() {
		w.count.Left++
		return
	}
	w.count.Added++
	if e.choice.state == Paused {
		w.count.Paused++
	}
}

func (w *writing) insert(ctx context.Context, chunk []entry) (added int, err error) {
	statement := w.inserts[len(chunk)]
	if statement == nil {
		if statement, err = w.tx.PrepareContext(ctx, w.insertSQL(len(chunk))); err != nil {
			return 0, err
		}
		w.inserts[len(chunk)] = statement
	}
	args := make([]any, 0, 10*len(chunk))
	for i := range chunk {
		e := &chunk[i]
		args = append(args, e.address, e.key, e.name)
		if !w.plain {
			told, now := e.told(), w.Act.Now.Unix()
			args = append(args, e.choice.topics, e.choice.language, e.choice.digests, string(cmp.Or(e.choice.state, Active)),
				told.until, cmp.Or(told.since, now), cmp.Or(told.left, now))
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	// A context that can end costs the driver a goroutine for each statement.
	result, err := statement.ExecContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// insertSQL has the numbers that all rows share as defaults of the statement:
// SELECT around VALUES costs more than a parameter a row.
func (w *writing) insertSQL(rows int) string {
	columns, n := "address, address_key, name, consent_id, created, changed", 3
	shared := fmt.Sprintf(",%d,%d,%d)", w.consent, w.Act.Now.Unix(), w.Act.Now.Unix())
	if !w.plain {
		columns, n = "address, address_key, name, topics, language, digests, state, paused_until, created, changed, consent_id", 10
		shared = fmt.Sprintf(",%d)", w.consent)
	}
	insert := `INSERT`
	if !w.db.IsPostgres() {
		// An error ends the transaction; to undo the statement alone, as by default,
		// SQLite would copy each page that it changes.
		insert = `INSERT OR ROLLBACK`
	}
	return insert + ` INTO subscriber (` + columns + `) VALUES ` +
		strings.ReplaceAll(w.db.Parameters(rows, n), ")", shared) + ` ON CONFLICT (address_key) DO NOTHING`
}
