package signup

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/words"
)

// Request is what somebody asks for by a form.
type Request struct {
	Address string // as audience.ParseAddress reads it
	Name    string `json:",omitempty"`
	audience.Choice
	Origin  string // network address of who asks
	Consent string // the words that she agreed to
	Words   string `json:",omitempty"` // language in which she was asked, BCP 47; "" is the site's

	Subscriber int64 `json:",omitempty"` // whose new address it is to be; 0 asks for a subscription
}

// Ask writes a request down; what comes of it the one who has the address learns
// by mail. It fails if the address is none, by an error for who wrote it, or if
// the database does.
func (d *Desk) Ask(ctx context.Context, r Request) error {
	if err := r.clean(); err != nil {
		return err
	}
	if (r.Subscriber == 0) == (r.Consent == "") {
		return errors.New("a new subscription needs the words of the consent, a new address has none")
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	now := d.Now().Unix()
	err = d.Group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO signup_request (data, time) VALUES ($1, $2)`, data, now)
		return err
	})
	if err == nil {
		d.stir()
	}
	return err
}

// AddressError says what is wrong with an address or a name that somebody wrote.
type AddressError struct {
	Err  error
	Name bool // it is the name
}

func (e *AddressError) Error() string { return e.Err.Error() }
func (e *AddressError) Unwrap() error { return e.Err }

// clean reads address and name. The name does not go through ParseAddress with the
// address, where it could bring another one.
func (r *Request) clean() error {
	address, own, err := audience.ParseAddress(r.Address)
	if err == nil && own != "" {
		err = errors.New("more than an address (want name@example.org)")
	}
	if err != nil {
		return &AddressError{Err: err}
	}
	r.Address = address
	if r.Name, err = audience.CleanName(r.Name); err != nil {
		return &AddressError{err, true}
	}
	return nil
}

// stir tells Stirred.
func (d *Desk) stir() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Stirred tells when there may be requests to work off, or letters to send, because
// of what this process did.
func (d *Desk) Stirred() <-chan struct{} { return d.wake }

// Due reports whether there are requests to work off, of whatever process.
func (d *Desk) Due(ctx context.Context) (due bool, err error) {
	err = d.DB.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM signup_request)`).Scan(&due)
	return due, err
}

// enough is for how long Work works at most: another may have to go on.
const enough = time.Minute

// Work works requests off until there are none, for about a minute. Then there may
// be letters.
func (d *Desk) Work(ctx context.Context) error {
	for begun := d.Now(); ctx.Err() == nil && d.Now().Sub(begun).Abs() < enough; {
		if n, err := d.work(ctx); n == 0 || err != nil {
			return err
		}
		d.stir()
	}
	return nil
}

// workedAtOnce is how many requests are worked off in one transaction, for which
// the answers to others wait.
const workedAtOnce = 32

type pending struct {
	id   int64
	data []byte
	at   time.Time
}

// work works some requests off and tells how many.
func (d *Desk) work(ctx context.Context) (int, error) {
	return store.Value(ctx, d.Group, func(ctx context.Context, tx *sql.Tx) (int, error) {
		found, err := oldest(ctx, tx)
		for _, p := range found {
			if err == nil {
				err = d.decide(ctx, tx, p)
			}
		}
		return len(found), err
	})
}

func oldest(ctx context.Context, tx *sql.Tx) (found []pending, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, data, time FROM signup_request ORDER BY id LIMIT $1`, workedAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p pending
		var at int64
		if err := rows.Scan(&p.id, &p.data, &at); err != nil {
			return nil, err
		}
		p.at = time.Unix(at, 0)
		found = append(found, p)
	}
	return found, rows.Err()
}

// decide takes a request off the list and does what is to be done. To take it
// shuts out another process that has read it, too.
func (d *Desk) decide(ctx context.Context, tx *sql.Tx, p pending) error {
	result, err := tx.ExecContext(ctx, `DELETE FROM signup_request WHERE id = $1`, p.id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	var r Request
	if err := json.Unmarshal(p.data, &r); err != nil {
		d.Log.Error("a sign-up can't be read and is dropped", "id", p.id, "error", err)
		return nil
	}
	s, state, err := audience.Standing(ctx, tx, d.Suppressor, r.Address)
	if err != nil {
		return err
	}
	switch {
	case state == audience.Complained:
		return nil // a second letter is a second complaint
	case r.Subscriber != 0 && s.ID != 0 && !state.Left():
		return nil // it is hers already, or somebody else's
	case state == audience.Active || state == audience.Paused:
		return d.remind(ctx, tx, s, r.Words, p.at)
	}
	return d.askToConfirm(ctx, tx, r, p.at)
}

// remind tells a subscriber who asked again that she is one, once a day.
func (d *Desk) remind(ctx context.Context, tx *sql.Tx, s audience.Subscriber, asked string, at time.Time) error {
	sent, mailbox, err := outbox.Recent(ctx, tx, s.Address, at.Add(-24*time.Hour), Already)
	if err != nil || len(sent) > 0 || mailbox >= mostOfMailbox {
		return err
	}
	return outbox.Put(ctx, tx, outbox.Letter{Kind: Already, Address: s.Address, About: s.ID, Language: speak(s, asked), Created: at})
}

// How many letters that ask to confirm one address gets, and in a day all
// addresses of one mailbox: people do have some, with a +tag each.
const (
	mostInHour    = 1
	mostInDay     = 3
	mostOfMailbox = 10
)

func (d *Desk) askToConfirm(ctx context.Context, tx *sql.Tx, r Request, at time.Time) error {
	for _, limit := range []struct {
		most  int
		since time.Duration
	}{{mostInHour, time.Hour}, {mostInDay, 24 * time.Hour}} {
		sent, mailbox, err := outbox.Recent(ctx, tx, r.Address, at.Add(-limit.since), Confirm, Address)
		if err != nil || mailbox >= mostOfMailbox {
			return err
		}
		if n, err := unanswered(ctx, tx, sent); err != nil || n >= limit.most {
			return err
		}
	}
	kind := Confirm
	if r.Subscriber != 0 {
		kind = Address
	}
	var id int64
	err := tx.QueryRowContext(ctx,
		`INSERT INTO signup (address, name, topics, language, digests, origin, consent, created, subscriber_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		r.Address, r.Name, list(r.Topics), r.Language, list(r.Digests), r.Origin, r.Consent, at.Unix(),
		sql.NullInt64{Int64: r.Subscriber, Valid: r.Subscriber != 0}).Scan(&id)
	if err != nil {
		return err
	}
	return outbox.Put(ctx, tx, outbox.Letter{Kind: kind, Address: r.Address, About: id, Language: r.Words, Created: at})
}

// unanswered counts the sign-ups that nobody has confirmed. A letter that was
// answered was wanted: who leaves by mistake may come back at once.
func unanswered(ctx context.Context, tx *sql.Tx, signups []int64) (n int, err error) {
	for _, id := range signups {
		var confirmed bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM signup WHERE id = $1 AND confirmed > 0)`, id).Scan(&confirmed); err != nil {
			return 0, err
		}
		if !confirmed {
			n++
		}
	}
	return n, nil
}

// speak is the language of a letter to a subscriber: hers, if she has one that there
// are words in, or the one in which she was asked.
func speak(s audience.Subscriber, asked string) string { return words.First(s.Language, asked) }

// Forget deletes old sign-ups.
func (d *Desk) Forget(ctx context.Context) error {
	return d.Group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM signup WHERE created < $1`, d.Now().Add(-kept).Unix())
		return err
	})
}

// list is some words as the database has them: sorted, each once, a space between.
func list(words []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(words))), " ")
}

// Forget deletes what there is of a subscriber besides her row, for
// audience.Erase. What an address only asked for goes by itself within days.
func Forget(ctx context.Context, tx *sql.Tx, subscriber int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE kind IN ('already', 'welcome', 'goodbye', 'moved') AND about = $1
		OR kind IN ('confirm', 'address') AND about IN (SELECT id FROM signup WHERE subscriber_id = $1)`, subscriber)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM signup WHERE subscriber_id = $1`, subscriber)
	return err
}
