package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// present is a subscriber whose address is in the list.
type present struct {
	Subscriber
	consent int64
}

// lookUp gives those of a chunk who are in the database, by key.
func (w *writing) lookUp(ctx context.Context, chunk []entry) (map[string]*present, error) {
	args := make([]any, len(chunk))
	for i, e := range chunk {
		args[i] = e.key
	}
	rows, err := w.tx.QueryContext(ctx,
		`SELECT COALESCE(consent_id, 0), address_key, `+columnsOf+` FROM subscriber WHERE address_key IN `+w.db.Parameters(1, len(chunk)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	there := map[string]*present{}
	for rows.Next() {
		var p present
		var key string
		p.Subscriber, err = scan(prefixed{rows, []any{&p.consent, &key}})
		if err != nil {
			return nil, err
		}
		there[key] = &p
	}
	return there, rows.Err()
}

// prefixed scans the columns before those of columnsOf, too.
type prefixed struct {
	rows   *sql.Rows
	before []any
}

func (p prefixed) Scan(dest ...any) error { return p.rows.Scan(append(p.before, dest...)...) }

// settle counts a row of a chunk, of which p may have been there before; isNew if
// it was not.
func (w *writing) settle(ctx context.Context, e entry, p *present) (isNew bool, err error) {
	leaves := e.choice.state.Left()
	switch {
	case p == nil && !w.DryRun:
		return false, fmt.Errorf("%s: somebody changed it meanwhile (import the list again)", e.address)
	case p == nil, p.consent == w.consent && p.ID > w.before && !w.DryRun:
		w.countNew(&e)
		return true, nil
	case leaves && !p.State.Left():
		return false, w.leave(ctx, e, p)
	case p.State.Left() && !leaves:
		w.suppressed(e, refusal(p.State, p.Changed))
	case w.Update && !leaves && p.differs(e):
		w.count.Updated++
		if !w.DryRun {
			return false, w.update(ctx, e, p)
		}
	default:
		w.count.Known++
	}
	return false, nil
}

// leave takes off somebody of whom the list says that she has left, if she came with
// a list, too. Who has signed up here stays: when she left elsewhere is no word on that.
func (w *writing) leave(ctx context.Context, e entry, p *present) error {
	var origin string
	err := w.tx.QueryRowContext(ctx, `SELECT origin FROM consent WHERE id = $1`, p.consent).Scan(&origin)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && !strings.HasPrefix(origin, importOrigin) {
		w.count.Known++
		w.tellAway(e, "is "+string(e.choice.state)+" in the list, but has agreed here, and stays (newsdesk subscriber remove takes off)")
		return nil
	}
	w.count.Left++
	if w.DryRun {
		return nil
	}
	s := p.Subscriber
	s.State, s.Until = e.choice.state, time.Time{}
	_, err = w.tx.ExecContext(ctx, `UPDATE subscriber SET state = $1, paused_until = 0, changed = $2 WHERE id = $3`,
		string(s.State), w.Act.Now.Unix(), s.ID)
	if err != nil {
		return err
	}
	return w.Act.note(ctx, w.tx, "import", s.ID, w.consent, difference(p.Subscriber, s))
}

// differs reports whether the list knows more or other things than we do. What
// it leaves empty it does not know.
func (p *present) differs(e entry) bool {
	s := p.merged(e)
	return s.Name != p.Name || difference(p.Subscriber, s) != ""
}

func (p *present) merged(e entry) Subscriber {
	s := p.Subscriber
	if e.name != "" {
		s.Name = e.name
	}
	if e.choice.topics != "" {
		s.Topics = strings.Fields(e.choice.topics)
	}
	if e.choice.language != "" {
		s.Language = e.choice.language
	}
	if e.choice.digests != "" {
		s.Digests = strings.Fields(e.choice.digests)
	}
	return s
}

func (w *writing) update(ctx context.Context, e entry, p *present) error {
	s := p.merged(e)
	_, err := w.tx.ExecContext(ctx, `UPDATE subscriber SET name = $1, topics = $2, language = $3, digests = $4, changed = $5 WHERE id = $6`,
		s.Name, words(s.Topics), s.Language, words(s.Digests), w.Act.Now.Unix(), s.ID)
	if err != nil {
		return err
	}
	detail := difference(p.Subscriber, s)
	if s.Name != p.Name { // the names themselves are not for the log
		detail = strings.TrimPrefix(detail+"; name", "; ")
	}
	return w.Act.note(ctx, w.tx, "import", s.ID, w.consent, detail)
}
