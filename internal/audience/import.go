package audience

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// ImportOptions belong to a list.
type ImportOptions struct {
	Name string    // of the list, for errors: "list.csv"
	Now  time.Time // when its subscribers came
}

// Result counts the rows of an imported list, the header and blank lines not
// among them: Rows = Added + Known + Suppressed + len(Bad).
type Result struct {
	Rows       int
	Added      int
	Known      int // subscribed already, from before or from an earlier row
	Suppressed int // had unsubscribed, and stay so
	Bad        []RowError
}

// RowError is a row that could not be taken.
type RowError struct {
	List  string // "list.csv"
	Line  int    // counted from 1
	Field string // "address", "name"; "row" if it could not be divided into fields
	Text  string // what is wrong and what is wanted
}

func (e RowError) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", e.List, e.Line, e.Field, e.Text)
}

// batchSize is how many rows are committed at once.
const batchSize = 500

type entry struct{ address, name string }

// Import subscribes the addresses of a list: one address a line, or a table
// delimited by comma, semicolon or tab, with or without a header, columns in
// any order. Addresses are written as ParseAddress reads them. Bad rows are
// reported in the result and the good ones kept. The error is about the list
// as a whole or the database; the result then tells what was imported before.
func Import(ctx context.Context, db *store.DB, list io.Reader, o ImportOptions) (Result, error) {
	rows, err := newRows(list)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", o.Name, err)
	}
	i := &importer{ImportOptions: o, db: db}
	err = i.run(ctx, rows)
	// Good rows before an error of the list stay, too.
	return i.result, errors.Join(err, i.flush(ctx))
}

type importer struct {
	ImportOptions
	db     *store.DB
	where  *columns // nil until the first row was read
	batch  []entry
	result Result
}

func (i *importer) run(ctx context.Context, rows *rows) error {
	for {
		fields, line, err := rows.next()
		switch {
		case err == io.EOF:
			return nil
		case err == errQuote:
			i.bad(line, "row", err)
		case err != nil:
			return fmt.Errorf("%s: %w", i.Name, err)
		default:
			if err := i.row(fields, line); err != nil {
				return err
			}
		}
		if len(i.batch) >= batchSize {
			if err := i.flush(ctx); err != nil {
				return err
			}
		}
	}
}

func (i *importer) row(fields []string, line int) error {
	if i.where == nil {
		c, header, err := findColumns(fields)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", i.Name, line, err)
		}
		i.where = &c
		if header {
			return nil
		}
	}
	address, name, err := i.where.read(fields)
	if err != nil {
		i.bad(line, "address", err)
		return nil
	}
	if name, err = cleanName(name); err != nil {
		i.bad(line, "name", err)
		return nil
	}
	i.batch = append(i.batch, entry{address, name})
	return nil
}

func (i *importer) bad(line int, field string, err error) {
	i.result.Rows++
	i.result.Bad = append(i.result.Bad, RowError{i.Name, line, field, err.Error()})
}

// flush subscribes the batch in one transaction and counts it once that is
// committed. A batch that fails is gone.
func (i *importer) flush(ctx context.Context) error {
	batch := i.batch
	i.batch = i.batch[:0]
	if len(batch) == 0 {
		return nil
	}
	tx, err := i.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var count [Suppressed + 1]int
	for _, e := range batch {
		what, err := insert(ctx, tx, e.address, e.name, i.Now)
		if err != nil {
			return err
		}
		count[what]++
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	i.result.Rows += len(batch)
	i.result.Added += count[Added]
	i.result.Known += count[Known]
	i.result.Suppressed += count[Suppressed]
	return nil
}
