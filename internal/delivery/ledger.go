package delivery

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// Delivery is one row of the ledger.
type Delivery struct {
	Address string
	State   State
	Tries   int    // that did not end in Accepted
	Code    int    // SMTP reply code of the last try, or 0
	Reason  string // the reply, or what went wrong; "" if nothing did
}

// ledger is the rows of one edition, as one worker sees and changes them.
type ledger struct {
	db      *store.DB
	edition int64
	worker  int // its number, or 0 for a command
	now     func() time.Time

	refused   Refused              // see Options; or nil
	leaseTime time.Duration        // of a shard
	seen      map[int64]sighting   // leases of others, by the shard; lead's alone
	prepared  map[string]*sql.Stmt // the committer's, by the text
}

// row is a delivery that this worker has.
type row struct {
	id, subscriber int64
	address, name  string
	segment        int64 // of the edition, or 0 for the whole
	tries          int
	shard          *shard
	state          State        // as the ledger has it; the committer alone changes it
	domain         *destination // whose limit it is counted for, while it is in a connection's hand
}

// bind gives a statement, written with ? for SQLite, for this database.
func (l *ledger) bind(query string) string {
	if !l.db.IsPostgres() {
		return query
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			fmt.Fprintf(&b, "$%d", n)
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// values gives so many rows for VALUES, whose columns have these types. Only the
// first row says so, which is enough for PostgreSQL; SQLite needs none.
func values(rows int, types ...string) string {
	typed := make([]string, len(types))
	for i, t := range types {
		typed[i] = "CAST(? AS " + t + ")"
	}
	rest := ", (" + strings.Repeat(", ?", len(types))[2:] + ")"
	return "(" + strings.Join(typed, ", ") + ")" + strings.Repeat(rest, rows-1)
}

// ids runs a statement that returns ids.
func (l *ledger) ids(ctx context.Context, tx *sql.Tx, query string, args ...any) (map[int64]bool, error) {
	var rows *sql.Rows
	var err error
	if s := l.prepared[query]; s != nil {
		rows, err = tx.StmtContext(ctx, s).QueryContext(ctx, args...)
	} else {
		rows, err = tx.QueryContext(ctx, l.bind(query), args...)
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all[id] = true
	}
	return all, rows.Err()
}

// inTx runs f in a transaction, even if ctx has ended: what a server said can't
// be asked for a second time.
func (l *ledger) inTx(ctx context.Context, f func(ctx context.Context, tx *sql.Tx) error) error {
	ctx = context.WithoutCancel(ctx)
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// counts is the number of deliveries in each state. Those that are leased or
// being sent are pending here.
type counts struct {
	audience, accepted, deferred, failed, uncertain, skipped int
}

// pending gives how many have no outcome yet, the deferred ones among them.
func (c counts) pending() int { return c.audience - c.accepted - c.failed - c.uncertain - c.skipped }

// add counts n deliveries more in a state.
func (c *counts) add(s State, n int) {
	switch s {
	case Accepted:
		c.accepted += n
	case Deferred:
		c.deferred += n
	case Failed:
		c.failed += n
	case Uncertain:
		c.uncertain += n
	case Skipped:
		c.skipped += n
	}
}

// tally adds what this worker changed, in the transaction that changes it.
func (l *ledger) tally(ctx context.Context, tx *sql.Tx, c counts) error {
	if c == (counts{}) {
		return nil
	}
	var acceptedAt int64
	if c.accepted > 0 {
		acceptedAt = l.now().Unix()
	}
	args := []any{l.edition, l.worker, c.accepted, c.deferred, c.failed, c.uncertain, c.skipped, acceptedAt}
	if s := l.prepared[tallyStatement]; s != nil {
		_, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...)
		return err
	}
	_, err := tx.ExecContext(ctx, l.bind(tallyStatement), args...)
	return err
}

const tallyStatement = `INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped, accepted_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (edition_id, worker) DO UPDATE SET
		accepted = tally.accepted + excluded.accepted, deferred = tally.deferred + excluded.deferred,
		failed = tally.failed + excluded.failed, uncertain = tally.uncertain + excluded.uncertain,
		skipped = tally.skipped + excluded.skipped,
		accepted_at = CASE WHEN excluded.accepted_at > tally.accepted_at THEN excluded.accepted_at ELSE tally.accepted_at END`

// count sums the tallies up, which takes no longer for a large audience.
func (l *ledger) count(ctx context.Context) (counts, error) { return l.countIn(ctx, l.db) }

func (l *ledger) countIn(ctx context.Context, q querier) (c counts, err error) {
	err = q.QueryRowContext(ctx, l.bind(`SELECT e.audience, COALESCE(SUM(t.accepted), 0), COALESCE(SUM(t.deferred), 0),
			COALESCE(SUM(t.failed), 0), COALESCE(SUM(t.uncertain), 0), COALESCE(SUM(t.skipped), 0)
		FROM edition e LEFT JOIN tally t ON t.edition_id = e.id WHERE e.id = ? GROUP BY e.audience`), l.edition).
		Scan(&c.audience, &c.accepted, &c.deferred, &c.failed, &c.uncertain, &c.skipped)
	return c, err
}

// verify compares the tallies with the rows themselves, one by one.
func (l *ledger) verify(ctx context.Context) error {
	var truth, told counts
	err := l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if l.db.IsPostgres() { // both as of one moment
			if _, err := tx.ExecContext(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
				return err
			}
		}
		if truth, err = l.rows(ctx, tx); err == nil {
			told, err = l.countIn(ctx, tx)
		}
		return err
	})
	if err == nil && told != truth {
		err = fmt.Errorf("the ledger does not add up: it counted %+v, but its rows are %+v (this is a fault of newsdesk)", told, truth)
	}
	return err
}

// rows counts the rows themselves.
func (l *ledger) rows(ctx context.Context, tx *sql.Tx) (truth counts, err error) {
	rows, err := tx.QueryContext(ctx, l.bind(`SELECT state, COUNT(*) FROM delivery WHERE edition_id = ? GROUP BY state`), l.edition)
	if err != nil {
		return truth, err
	}
	defer rows.Close()
	for rows.Next() {
		var s State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return truth, err
		}
		truth.audience += n
		truth.add(s, n)
	}
	return truth, rows.Err()
}

// maxProblems bounds the list of what went wrong: a summary is for people.
const maxProblems = 1000

// problems gives the rows that did not go as they should, in the audience's order.
func (l *ledger) problems(ctx context.Context) ([]Delivery, error) {
	rows, err := l.db.QueryContext(ctx, l.bind(
		`SELECT address, state, tries, code, reason FROM (
			SELECT id, address, state, tries, code, reason FROM delivery WHERE edition_id = ? AND state IN ('failed', 'uncertain')
			UNION ALL SELECT id, address, state, tries, code, reason FROM delivery
				WHERE edition_id = ? AND state IN ('pending', 'deferred') AND due > 0 AND tries > 0) AS wrong
		ORDER BY id LIMIT ?`), l.edition, l.edition, maxProblems)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		var d Delivery
		if err := rows.Scan(&d.Address, &d.State, &d.Tries, &d.Code, &d.Reason); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// state gives the edition's state.
func (l *ledger) state(ctx context.Context) (s EditionState, err error) {
	err = l.db.QueryRowContext(ctx, l.bind(`SELECT state FROM edition WHERE id = ?`), l.edition).Scan(&s)
	return s, err
}

// become brings the edition into a state, if it is in one from which that may be.
func (l *ledger) become(ctx context.Context, s EditionState) (bool, error) {
	return l.becomeIn(ctx, l.db, s)
}

func (l *ledger) becomeIn(ctx context.Context, q execer, s EditionState) (bool, error) {
	from := editionTransitions[s]
	args := []any{string(s), l.edition}
	for _, f := range from {
		args = append(args, string(f))
	}
	result, err := q.ExecContext(ctx, l.bind(`UPDATE edition SET state = ? WHERE id = ? AND state IN (`+
		strings.Repeat(", ?", len(from))[2:]+`)`), args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
