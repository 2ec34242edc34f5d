package delivery

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// Edition is an issue that was frozen: all that its messages are made of.
type Edition struct {
	Issue  *digest.Issue // without Archive, Listing and Record
	Sender Sender
	Date   time.Time // when it was frozen, and the Date of every message

	id int64
}

// Name gives the edition's name for people: "weekly/2021-W39".
func (e *Edition) Name() string { return editionName(e.Issue) }

func editionName(i *digest.Issue) string { return i.Digest + "/" + i.Period }

// ErrNoSubscribers says that an edition would go to nobody.
var ErrNoSubscribers = errors.New("there are no subscribers (newsdesk subscriber import list.csv)")

// Freeze writes down the issue, the sender, which articles the edition held, its
// public page and a ledger row for everybody who is subscribed now, in one
// transaction. From then on the edition is what was written down, and its
// audience, too.
//
// With a part, each subscriber gets what she chose: the parts are frozen with the
// issue, and those for whom it has nothing are skipped (NothingChosen). Without
// one everybody gets the whole issue. What people may look up is of the whole.
//
// If the edition is frozen already, it stays as it is, and changed tells that
// issue or s differ from it: all subscribers of an edition get the same bytes.
// Only as long as nobody got it, nor perhaps got it, is the edition frozen anew:
// with what was repaired since, a wrong sender that the server refused or a typo
// found in time, and with who has subscribed since. An article that only got
// another topic may change a part and not the issue, which changed does not tell.
func Freeze(ctx context.Context, db *store.DB, issue *digest.Issue, part Part, s Sender, now time.Time) (e *Edition, changed bool, err error) {
	p := newParts(part, issue, s, now)
	e, changed, sent, err := find(ctx, db, issue, s)
	if err != nil || e != nil && sent {
		return e, changed, err
	}
	if _, err := p.render(ctx, db); err != nil {
		return nil, false, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, false, err
	}
	defer tx.Rollback()
	if db.IsPostgres() { // which does not keep two from freezing at the same time
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(718100)`); err != nil {
			return nil, false, err
		}
	}
	e, changed, sent, err = find(ctx, tx, issue, s)
	if err != nil {
		return nil, false, err
	}
	if e != nil && sent {
		return e, changed, nil
	}
	if db.IsPostgres() && part != nil { // nobody may choose between the parts and the deliveries
		if _, err := tx.ExecContext(ctx, `LOCK TABLE subscriber IN SHARE MODE`); err != nil {
			return nil, false, err
		}
	}
	var before int64
	if e != nil {
		before = e.id
		if err := thaw(ctx, tx, before); err != nil {
			return nil, false, err
		}
	}
	e, err = freeze(ctx, tx, p, before)
	if err != nil {
		return nil, false, err
	}
	return e, false, tx.Commit()
}

// Gone reports whether another newsdesk has frozen the edition anew, with another ID, as
// it may while nobody has got it. Who was about to send it fails then, by whatever it
// misses first, and goes on with the new one.
func (e *Edition) Gone(ctx context.Context, db *store.DB) bool {
	var there bool
	err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM edition WHERE id = $1)`, e.id).Scan(&there)
	return err == nil && !there
}

// Unfinished gives the editions that were frozen and are not done, paused nor
// cancelled, in the order in which they were frozen: what a worker has to do.
func Unfinished(ctx context.Context, db *store.DB) ([]*Edition, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, date, issue, sender FROM edition WHERE state IN ('frozen', 'sending') ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*Edition
	for rows.Next() {
		e := &Edition{Issue: &digest.Issue{}}
		var date string
		var issue, sender []byte
		if err := rows.Scan(&e.id, &date, &issue, &sender); err != nil {
			return nil, err
		}
		if err := e.read(date, issue, sender); err != nil {
			return nil, fmt.Errorf("edition %d in the database: %w", e.id, err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// UnfinishedNames gives the names of the same, which costs little: a worker looks
// every second.
func UnfinishedNames(ctx context.Context, db *store.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT digest || '/' || period FROM edition WHERE state IN ('frozen', 'sending') ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

// read takes what is in the edition's columns.
func (e *Edition) read(date string, issue, sender []byte) (err error) {
	e.Date, err = time.Parse(time.RFC3339, date)
	return errors.Join(err, json.Unmarshal(issue, e.Issue), json.Unmarshal(sender, &e.Sender))
}

// querier is a database or a transaction on it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find gives the frozen edition of issue's digest and period, or nil: whether
// it differs from issue and s, and whether somebody has it or may have it.
func find(ctx context.Context, q querier, issue *digest.Issue, s Sender) (e *Edition, changed, sent bool, err error) {
	var date, hash string
	var frozenIssue, frozenSender []byte
	e = &Edition{Issue: &digest.Issue{}}
	err = q.QueryRowContext(ctx, `SELECT id, date, hash, issue, sender, 
			EXISTS (SELECT 1 FROM shard WHERE edition_id = edition.id AND expires > 0)
			OR (SELECT COALESCE(SUM(accepted + uncertain), 0) FROM tally WHERE edition_id = edition.id) > 0
			OR state IN ('paused', 'cancelled')
		FROM edition WHERE digest = $1 AND period = $2`, issue.Digest, issue.Period).
		Scan(&e.id, &date, &hash, &frozenIssue, &frozenSender, &sent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, false, nil
	}
	if err != nil {
		return nil, false, false, err
	}
	wanted, err := json.Marshal(s)
	if err != nil {
		return nil, false, false, err
	}
	changed = hash != issue.Hash() || !bytes.Equal(frozenSender, wanted)
	if err := e.read(date, frozenIssue, frozenSender); err != nil {
		return nil, false, false, fmt.Errorf("edition %s in the database: %w", editionName(issue), err)
	}
	return e, changed, sent, nil
}

func thaw(ctx context.Context, tx *sql.Tx, id int64) error {
	for _, statement := range []string{
		`DELETE FROM delivery WHERE edition_id = $1`,
		`DELETE FROM tally WHERE edition_id = $1`,
		`DELETE FROM edition_selection WHERE edition_id = $1`,
		`DELETE FROM edition_segment WHERE edition_id = $1`,
		`DELETE FROM edition_article WHERE edition_id = $1`,
		`DELETE FROM edition_page WHERE edition_id = $1`,
		`DELETE FROM edition WHERE id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

// freeze gives the edition an ID above that of the one before: SQLite would give the
// same once more, and who has read that one would send its text.
func freeze(ctx context.Context, tx *sql.Tx, p *parts, before int64) (*Edition, error) {
	issue, frozen := p.issue, bare(p.issue)
	issueJSON, err := json.Marshal(frozen)
	if err != nil {
		return nil, err
	}
	senderJSON, err := json.Marshal(p.sender)
	if err != nil {
		return nil, err
	}
	e := &Edition{Issue: frozen, Sender: p.sender, Date: p.date.Truncate(time.Second)}
	err = tx.QueryRowContext(ctx,
		`INSERT INTO edition (digest, period, date, hash, issue, sender) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		issue.Digest, issue.Period, e.Date.Format(time.RFC3339), issue.Hash(), issueJSON, senderJSON).Scan(&e.id)
	if err == nil && e.id <= before {
		_, err = tx.ExecContext(ctx, `UPDATE edition SET id = $1 WHERE id = $2`, before+1, e.id)
		e.id = before + 1
	}
	if err != nil {
		return nil, err
	}
	if err := record(ctx, tx, e.id, issue.Record); err != nil {
		return nil, err
	}
	if err := keepPage(ctx, tx, e.id, issue); err != nil {
		return nil, err
	}
	chosen, err := p.render(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := p.keep(ctx, tx, e.id, chosen); err != nil {
		return nil, err
	}
	return e, addressees(ctx, tx, e, p.date)
}

// addressees writes the ledger's rows: those of a segment follow each other, so
// that each is composed at one time. For whom there is nothing is skipped at once.
func addressees(ctx context.Context, tx *sql.Tx, e *Edition, now time.Time) error {
	result, err := tx.ExecContext(ctx,
		`INSERT INTO delivery (edition_id, subscriber_id, address, name, changed, segment_id, state, reason)
		SELECT CAST($1 AS BIGINT), s.id, s.address, s.name, CAST($2 AS BIGINT), c.segment_id,
			CASE WHEN c.edition_id IS NOT NULL AND c.segment_id IS NULL THEN 'skipped' ELSE 'pending' END,
			CASE WHEN c.edition_id IS NOT NULL AND c.segment_id IS NULL THEN CAST($4 AS TEXT) ELSE '' END
		FROM subscriber s LEFT JOIN edition_selection c ON c.edition_id = $1 AND c.topics = s.topics AND c.language = s.language
		WHERE `+audience.Receives("s", "$2")+` AND `+audience.Wants("s", "$3")+` ORDER BY COALESCE(c.segment_id, 0), s.id`,
		e.id, now.Unix(), audience.DigestPattern(e.Issue.Digest), NothingChosen)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return errors.Join(err, ErrNoSubscribers)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE edition SET audience = $1 WHERE id = $2`, n, e.id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped)
		SELECT edition_id, 0, 0, 0, 0, 0, COUNT(*) FROM delivery WHERE edition_id = $1 AND state = 'skipped' GROUP BY edition_id`, e.id)
	return err
}
