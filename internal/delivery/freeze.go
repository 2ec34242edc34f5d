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
// If the edition is frozen already, it stays as it is, and changed tells that
// issue or s differ from it: all subscribers of an edition get the same bytes.
// Only as long as nobody got it, nor perhaps got it, is the edition frozen anew:
// with what was repaired since, a wrong sender that the server refused or a typo
// found in time, and with who has subscribed since.
func Freeze(ctx context.Context, db *store.DB, issue *digest.Issue, s Sender, now time.Time) (e *Edition, changed bool, err error) {
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
	e, changed, sent, err := find(ctx, tx, issue, s)
	if err != nil {
		return nil, false, err
	}
	if e != nil && sent {
		return e, changed, nil
	}
	if e != nil {
		if err := thaw(ctx, tx, e.id); err != nil {
			return nil, false, err
		}
	}
	e, err = freeze(ctx, tx, issue, s, now)
	if err != nil {
		return nil, false, err
	}
	return e, false, tx.Commit()
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

func freeze(ctx context.Context, tx *sql.Tx, issue *digest.Issue, s Sender, now time.Time) (*Edition, error) {
	frozen := *issue
	frozen.Archive, frozen.Listing, frozen.Record = nil, digest.Listing{}, digest.Record{} // no part of a message
	issueJSON, err := json.Marshal(frozen)
	if err != nil {
		return nil, err
	}
	senderJSON, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	e := &Edition{Issue: &frozen, Sender: s, Date: now.Truncate(time.Second)}
	err = tx.QueryRowContext(ctx,
		`INSERT INTO edition (digest, period, date, hash, issue, sender) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		issue.Digest, issue.Period, e.Date.Format(time.RFC3339), issue.Hash(), issueJSON, senderJSON).Scan(&e.id)
	if err != nil {
		return nil, err
	}
	if err := record(ctx, tx, e.id, issue.Record); err != nil {
		return nil, err
	}
	if err := keepPage(ctx, tx, e.id, issue); err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(ctx,
		`INSERT INTO delivery (edition_id, subscriber_id, address, name, changed)
		SELECT CAST($1 AS BIGINT), id, address, name, CAST($2 AS BIGINT) FROM subscriber
		WHERE `+audience.Receives("subscriber", "$2")+` AND `+audience.Wants("subscriber", "$3")+` ORDER BY id`,
		e.id, now.Unix(), audience.DigestPattern(issue.Digest))
	if err != nil {
		return nil, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return nil, errors.Join(err, ErrNoSubscribers)
	}
	_, err = tx.ExecContext(ctx, `UPDATE edition SET audience = $1 WHERE id = $2`, n, e.id)
	return e, err
}
