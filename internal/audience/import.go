package audience

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/medigy/newsdesk/internal/store"
)

// ImportOptions belong to a list.
type ImportOptions struct {
	Name     string            // of the list, for errors and as the consent's origin: "list.csv"
	Encoding string            // as the web names it; "" is UTF-8, or UTF-16 that is plain to see
	Map      map[string]string // one of Columns: the heading or the number of its column, where it can't be guessed
	Choice   Choice            // of rows that don't say it
	Consent  string            // what the people of the list agreed to
	Update   bool              // take name and choice of those who are there already from the list
	DryRun   bool              // only tell
	Act      Act

	Reject   func(Reject) error               // is told the rows that are not taken; nil is nobody
	Progress func(read int64, r Result) error // is told after every commit how many octets were read, and what was done

	batch int // rows that are committed at once; 0 is batchSize
}

// Result counts the rows of an imported list, the header and blank lines not
// among them: Rows = Added + Updated + Known + Suppressed + Bad.
type Result struct {
	Rows       int
	Added      int
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

	bad bool // else suppressed
}

func (r Reject) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", r.List, r.Line, r.Field, r.Text)
}

// batchSize is how many rows are sorted and committed at once. They are in
// memory, two batches at a time; and the more there are, the fewer pages of the
// index are written twice.
const batchSize = 100_000

// firstSize is the size of the first batch, for which the writer waits.
const firstSize = 20_000

// entry is a row of a list that can be read.
type entry struct {
	address, key, name string
	choice             *choiceText
	raw                string
	line               int
}

// choiceText is a Choice as the database has it. Rows that follow each other
// and want the same share one.
type choiceText struct{ topics, language, digests string }

func (c Choice) text() choiceText {
	return choiceText{words(c.Topics), c.Language, words(c.Digests)}
}

// batch is rows that are written in one transaction.
type batch struct {
	entries     []entry // sorted by key and line
	rejects     []Reject
	first, last int   // lines
	read        int64 // octets of the list, up to here
	plain       bool  // nobody makes a choice
	header      []string
	comma       byte
}

// Import adds the addresses of a list: one address a line, or a table delimited
// by comma, semicolon or tab, with or without a header, columns in any order.
// Addresses are written as ParseAddress reads them. Who is there already stays
// as she is, unless o.Update; nobody who has left comes back.
//
// The list is read while what was read before is written. A batch is written
// whole or not at all, and importing the list again does what is still to do.
// The error is about the list as a whole or the database; the result then tells
// what was imported before.
func Import(ctx context.Context, db *store.DB, hashes *Suppressor, list io.Reader, o ImportOptions) (Result, error) {
	if o.batch == 0 {
		o.batch = batchSize
	}
	end, err := db.Bulk(ctx)
	if err != nil {
		return Result{}, err
	}
	defer end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan *batch)
	r := &reader{ImportOptions: o, counted: counter{r: list}, used: make(chan []entry, 2)}
	var listErr error
	go func() {
		defer close(batches)
		listErr = r.run(ctx, batches)
	}()
	w := newWriter(db, hashes, o)
	for b := range batches {
		if err = w.write(ctx, b); err != nil {
			cancel()
			break
		}
		clear(b.entries)
		r.used <- b.entries[:0]
	}
	for range batches { // let the reader end
	}
	if err == nil {
		err = listErr
	}
	return w.result, err
}

// reader makes batches of a list.
type reader struct {
	ImportOptions
	counted counter
	rows    *rows
	where   *columns // nil until the first row was read
	header  []string
	choice  *choiceText // of the last row
	batch   *batch
	used    chan []entry // the memory of batches that were written
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (r *reader) run(ctx context.Context, to chan<- *batch) error {
	text, err := decoded(&r.counted, r.Encoding)
	if err == nil {
		r.rows, err = newRows(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	plain := r.Choice.text()
	r.choice = &plain
	size := min(r.ImportOptions.batch, firstSize)
	for err == nil {
		r.batch = &batch{plain: true}
		select {
		case r.batch.entries = <-r.used:
		default:
		}
		err = r.fill(size)
		size = r.ImportOptions.batch
		if len(r.batch.entries)+len(r.batch.rejects) == 0 {
			break
		}
		slices.SortFunc(r.batch.entries, func(a, b entry) int {
			if c := strings.Compare(a.key, b.key); c != 0 {
				return c
			}
			return a.line - b.line
		})
		r.batch.read, r.batch.header, r.batch.comma = r.counted.n.Load(), r.header, r.rows.comma
		select {
		case to <- r.batch: // good rows before an error of the list count, too
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// fill reads one batch; io.EOF is the end of the list.
func (r *reader) fill(size int) error {
	for len(r.batch.entries)+len(r.batch.rejects) < size {
		fields, line, err := r.rows.next()
		switch {
		case err == io.EOF:
			return err
		case err == errQuote:
			r.reject(line, "row", err, []string{r.rows.text})
		case err != nil:
			return fmt.Errorf("%s: %w", r.Name, err)
		default:
			if err := r.row(fields, line); err != nil {
				return err
			}
		}
	}
	return nil
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
	if err := r.where.standing(fields); err != nil {
		r.reject(line, "state", err, fields)
		return nil
	}
	address, name, err := r.where.read(fields)
	if err != nil {
		r.reject(line, "address", err, fields)
		return nil
	}
	if name, err = cleanName(name); err != nil {
		r.reject(line, "name", err, fields)
		return nil
	}
	choice, field, err := r.where.choice(fields, r.Choice)
	if err != nil {
		r.reject(line, field, err, fields)
		return nil
	}
	if text := choice.text(); text != *r.choice {
		r.choice = &text
	}
	b := r.batch
	b.plain = b.plain && *r.choice == choiceText{}
	b.mark(line)
	b.entries = append(b.entries, entry{address, key(address), name, r.choice, r.rows.text, line})
	return nil
}

func (r *reader) reject(line int, field string, err error, row []string) {
	r.batch.mark(line)
	r.batch.rejects = append(r.batch.rejects,
		Reject{List: r.Name, Line: line, Field: field, Text: err.Error(), Row: row, Header: r.header, bad: true})
}

// mark notes that the batch has a line.
func (b *batch) mark(line int) {
	if b.first == 0 {
		b.first = line
	}
	b.last = line
}
