package audience

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

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
			case e.choice.state.Left():
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
	if e.choice.state.Left() {
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
