package audience

import (
	"context"
	"database/sql"
	"strings"
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

// settle counts a row of a chunk, of which p may have been there before.
func (w *writing) settle(ctx context.Context, e entry, p *present) error {
	switch {
	case p == nil: // a dry run
		w.count.Added++
	case !w.DryRun && p.consent == w.consent && p.ID > w.before:
		w.count.Added++
	case p.State.left():
		w.suppressed(e, refusal(p.State, p.Changed))
	case w.Update && p.differs(e):
		w.count.Updated++
		if !w.DryRun {
			return w.update(ctx, e, p)
		}
	default:
		w.count.Known++
	}
	return nil
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
