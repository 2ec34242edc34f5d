package audience

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/medigy/newsdesk/internal/store"
)

// ImportOptions belong to a list.
type ImportOptions struct {
	Name     string            // of the list, for errors and as the consent's origin: "list.csv"
	Encoding string            // as the web names it; "" is UTF-8, or UTF-16 that is plain to see
	Map      map[string]string // one of Columns: the heading or the number of its column, where it can't be guessed
	Choice   Choice            // of rows that don't say it
	State    State             // of rows that don't say it: Active, Paused, Unsubscribed, Bounced or Complained; "" is Active
	Consent  string            // what the people of the list agreed to
	Update   bool              // take name and choice of those who are there already from the list
	DryRun   bool              // only tell
	Act      Act

	Reject   func(Reject) error               // is told the rows that are not taken; nil is nobody
	Progress func(done int64, r Result) error // is told now and then how many octets are done, half each for reading and writing, and what is committed

	Temp string // folder for what does not fit into memory; "" is the system's

	batch int // rows that are committed at once; 0 is batchSize
	run   int // octets that are sorted at once; 0 is runSize
}

// Result counts the rows of an imported list, the header and blank lines not
// among them: Rows = Added + Left + Updated + Known + Suppressed + Bad.
type Result struct {
	Rows       int
	Added      int
	Paused     int // of Added: want no mail now, as the list says
	Left       int // have left, as the list says, and are kept out from now on
	Updated    int // were there already, and got the list's name or choice
	Known      int // are there already, from before or from an earlier row
	Suppressed int // have left, and stay away
	Bad        int // can't be read
}

// Reject is a row that was not taken.
type Reject struct {
	List   string   // "list.csv"
	Line   int      // counted from 1
	Field  string   // "address", "name"; "row" if it could not be divided into fields
	Text   string   // what is wrong and what is wanted
	Row    []string // as it stands in the list
	Header []string // of the list, or nil
}

func (r Reject) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", r.List, r.Line, r.Field, r.Text)
}

// batchSize is how many rows are committed at once.
const batchSize = 20_000

// batch is rows that are written in one transaction, in the order of their keys,
// each key once.
type batch struct {
	entries []entry
	doubles int  // rows more, whose key an earlier row has
	plain   bool // nobody makes a choice
}

// Import adds the addresses of a list: one address a line, or a table delimited
// by comma, semicolon or tab, with or without a header, columns in any order.
// Addresses are written as ParseAddress reads them. Who is there already stays
// as she is, unless o.Update; nobody who has left comes back. Of whom the list says
// that she has left, here or with another service, is kept out from then on, as if
// she had left newsdesk; also if she came with an earlier list.
//
// The whole list is read and sorted by address before the first row is written.
// A batch is written whole or not at all, and importing the list again does what
// is still to do. The error is about the list as a whole or the database; the
// result then tells what was imported before.
func Import(ctx context.Context, db *store.DB, hashes *Suppressor, list io.Reader, o ImportOptions) (result Result, err error) {
	o.batch = cmp.Or(o.batch, batchSize)
	s := newSorter(o.Temp, o.run)
	defer func() { err = errors.Join(err, s.close()) }()
	r := &reader{ImportOptions: o, counted: counter{r: list}, sorter: s}
	listErr := r.run(ctx)
	if err := errors.Join(s.end(), ctx.Err()); err != nil {
		return Result{}, err
	}
	w := newWriter(db, hashes, r)
	// Good rows before an error of the list count, too.
	return w.result, errors.Join(w.writeAll(ctx, s), listErr)
}

// reader reads a list into a sorter.
type reader struct {
	ImportOptions
	counted   counter
	rows      *rows
	where     *columns // nil until the first row was read
	header    []string
	choice    *choiceText // of the last row
	sorter    *sorter
	good, bad int
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// tellEvery is after how many rows somebody is told how far the reading is.
const tellEvery = 10_000

func (r *reader) run(ctx context.Context) error {
	text, err := decoded(&r.counted, r.Encoding)
	if err == nil {
		r.rows, err = newRows(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	plain := r.Choice.text()
	r.choice = &plain
	for n := 1; err == nil; n++ {
		if n%tellEvery == 0 {
			if err = cmp.Or(ctx.Err(), r.tell()); err != nil {
				break
			}
		}
		err = r.next()
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func (r *reader) tell() error {
	if r.Progress == nil {
		return nil
	}
	return r.Progress(r.counted.n/2, Result{})
}

// next reads one row; io.EOF is the end of the list.
func (r *reader) next() error {
	fields, line, err := r.rows.next()
	switch {
	case err == io.EOF:
		return err
	case err == errLong && r.where == nil:
		return fmt.Errorf("%s: line %d is %w", r.Name, line, err)
	case err == errQuote, err == errLong:
		return r.reject(line, "row", err, []string{r.rows.text})
	case err != nil:
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	return r.row(fields, line)
}

func (r *reader) row(fields []string, line int) error {
	if r.where == nil {
		c, header, err := findColumns(fields, r.Map)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", r.Name, line, err)
		}
		r.where = &c
		if header {
			r.header = fields
			return nil
		}
	}
	state, told, err := r.where.standing(fields, r.Act.Now)
	if err != nil {
		return r.reject(line, "state", err, fields)
	}
	address, name, err := r.where.read(fields)
	if err != nil {
		return r.reject(line, "address", err, fields)
	}
	if name, err = cleanName(name); err != nil {
		return r.reject(line, "name", err, fields)
	}
	choice, field, err := r.where.choice(fields, r.Choice)
	if err != nil {
		return r.reject(line, field, err, fields)
	}
	text := choice.text()
	if text.state = cmp.Or(state, r.State); text.state == Active {
		text.state = ""
	}
	if text != *r.choice {
		r.choice = &text
	}
	r.good++
	return r.sorter.add(entry{address, key(address), name, r.choice, r.rows.text, line, told})
}

// reject tells a row that can't be taken.
func (r *reader) reject(line int, field string, err error, row []string) error {
	r.bad++
	if r.Reject == nil {
		return nil
	}
	return r.Reject(Reject{List: r.Name, Line: line, Field: field, Text: err.Error(), Row: row, Header: r.header})
}
