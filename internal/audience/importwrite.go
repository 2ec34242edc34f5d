package audience

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/internal/store"
)

// writer writes batches.
type writer struct {
	ImportOptions
	db      *store.DB
	hashes  *Suppressor
	consent int64 // of all who come with the list; 0 until the first batch
	result  Result

	seed maphash.Seed
	seen map[uint64]bool // of a dry run: who would have been added, by the hash of the key
}

func newWriter(db *store.DB, hashes *Suppressor, o ImportOptions) *writer {
	return &writer{ImportOptions: o, db: db, hashes: hashes, seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
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
}

// write commits a batch, and tells and counts it only then.
func (w *writer) write(ctx context.Context, b *batch) error {
	job := &writing{writer: w, batch: b, consent: w.consent, inserts: map[int]*sql.Stmt{}}
	job.count.Bad = len(b.rejects)
	err := transact(ctx, w.db, func(tx *sql.Tx) error {
		job.tx = tx
		if err := job.run(ctx); err != nil {
			return err
		}
		if w.DryRun {
			return nil // nothing was written
		}
		detail := fmt.Sprintf("%s, lines %d to %d: %d added, %d updated, %d known, %d suppressed, %d bad", w.Name,
			b.first, b.last, job.count.Added, job.count.Updated, job.count.Known, job.count.Suppressed, job.count.Bad)
		return w.Act.note(ctx, tx, "import", 0, job.consent, detail)
	})
	if err != nil {
		return err
	}
	w.consent = job.consent
	w.result.add(job.count)
	slices.SortFunc(job.rejects, func(a, b Reject) int { return a.Line - b.Line })
	for _, r := range job.rejects {
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
	return w.Progress(b.read, w.result)
}

func (r *Result) add(other Result) {
	r.Added += other.Added
	r.Updated += other.Updated
	r.Known += other.Known
	r.Suppressed += other.Suppressed
	r.Bad += other.Bad
	r.Rows = r.Added + r.Updated + r.Known + r.Suppressed + r.Bad
}

// chunkSize is how many rows go into one statement.
const chunkSize = 20

func (w *writing) run(ctx context.Context) error {
	if w.consent == 0 && !w.DryRun {
		id, err := Consent{Time: w.Act.Now, Origin: "import " + w.Name, Text: w.Consent}.keep(ctx, w.tx, 0)
		if err != nil {
			return err
		}
		w.consent = id
	}
	entries, err := w.unsuppressed(ctx, w.unique(w.entries))
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

// unique drops the rows whose address an earlier row has. They are sorted.
func (w *writing) unique(entries []entry) []entry {
	n := len(entries)
	entries = slices.CompactFunc(entries, func(a, b entry) bool { return a.key == b.key })
	w.count.Known += n - len(entries)
	return entries
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
			if text := why[e.key]; text != "" {
				w.suppressed(e, text)
			} else {
				free = append(free, e)
			}
		}
	}
	return free, nil
}

func (w *writing) suppressed(e entry, why string) {
	w.count.Suppressed++
	row, _, _ := split(e.raw, w.comma) // it went well the first time
	w.rejects = append(w.rejects,
		Reject{List: w.Name, Line: e.line, Field: "address", Text: e.address + " " + why, Row: row, Header: w.header})
}

// chunk adds the rows that are not there, in one statement. If it did not add
// all, the others are looked up.
func (w *writing) chunk(ctx context.Context, chunk []entry) error {
	if !w.DryRun {
		added, err := w.insert(ctx, chunk)
		if err != nil {
			return err
		}
		if added == len(chunk) {
			w.count.Added += added
			return nil
		}
	}
	there, err := w.lookUp(ctx, chunk)
	if err != nil {
		return err
	}
	for _, e := range chunk {
		if err := w.settle(ctx, e, there[e.key]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) insert(ctx context.Context, chunk []entry) (added int, err error) {
	statement := w.inserts[len(chunk)]
	if statement == nil {
		if statement, err = w.tx.PrepareContext(ctx, w.insertSQL(len(chunk))); err != nil {
			return 0, err
		}
		w.inserts[len(chunk)] = statement
	}
	args := make([]any, 0, 6*len(chunk))
	for _, e := range chunk {
		args = append(args, e.address, e.key, e.name)
		if !w.plain {
			args = append(args, e.choice.topics, e.choice.language, e.choice.digests)
		}
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// insertSQL has the numbers that all rows share as defaults of the statement:
// SELECT around VALUES costs more than a parameter a row.
func (w *writing) insertSQL(rows int) string {
	columns, n := "address, address_key, name", 3
	if !w.plain {
		columns, n = columns+", topics, language, digests", 6
	}
	shared := fmt.Sprintf(",%d,%d,%d)", w.Act.Now.Unix(), w.Act.Now.Unix(), w.consent)
	return `INSERT INTO subscriber (` + columns + `, created, changed, consent_id) VALUES ` +
		strings.ReplaceAll(w.db.Parameters(rows, n), ")", shared) + ` ON CONFLICT (address_key) DO NOTHING`
}
