package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/store"
)

// State says whether a subscriber gets mail.
type State string

// The states. Only active subscribers get digests, and those whose pause is over.
const (
	Pending      State = "pending"      // has not confirmed yet
	Active       State = "active"       // gets mail
	Paused       State = "paused"       // wants none until a time, or until resumed
	Unsubscribed State = "unsubscribed" // has left
	Bounced      State = "bounced"      // the mailbox is no more
	Complained   State = "complained"   // called it spam
	Erased       State = "erased"       // asked to be forgotten; no address is left
)

// States are all states, in the order of a subscriber's life.
var States = []State{Pending, Active, Paused, Unsubscribed, Bounced, Complained, Erased}

// Left reports whether the subscriber gets no mail any more, which nobody but she may
// undo.
func (s State) Left() bool {
	return s == Unsubscribed || s == Bounced || s == Complained || s == Erased
}

// Subscriber is one address and what is known of it.
type Subscriber struct {
	ID      int64
	Address string // name@example.org, the domain in lower case ASCII; "" of one who is erased
	Name    string // one line, in any script; or ""
	State   State
	Until   time.Time // when a pause ends by itself; zero if it does not
	Created time.Time
	Changed time.Time

	Choice
}

// Choice is what a subscriber wants to get.
type Choice struct {
	Topics   []string // slugs, sorted; none is all
	Language string   // BCP 47; "" is every one
	Digests  []string // names, sorted; none is all
}

// Receives reports whether the subscriber gets mail at a time, as the SQL of
// the function Receives does.
func (s *Subscriber) Receives(now time.Time) bool {
	return s.State == Active || s.State == Paused && !s.Until.IsZero() && !s.Until.After(now)
}

// columnsOf are the columns that scan reads.
const columnsOf = `id, address, name, state, paused_until, created, changed, topics, language, digests`

func scan(row interface{ Scan(...any) error }) (s Subscriber, err error) {
	var until, created, changed int64
	var topics, digests string
	err = row.Scan(&s.ID, &s.Address, &s.Name, &s.State, &until, &created, &changed, &topics, &s.Language, &digests)
	s.Until, s.Created, s.Changed = fromUnix(until), fromUnix(created), fromUnix(changed)
	s.Topics, s.Digests = strings.Fields(topics), strings.Fields(digests)
	return s, err
}

// fromUnix gives a time of the database; 0 is none.
func fromUnix(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// words is a list as the database has it: sorted, each once, a space between.
func words(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// ErrUnknown says that no subscriber has an address.
var ErrUnknown = errors.New("no subscriber has this address")

// Find gives the subscriber with an address, or ErrUnknown.
func Find(ctx context.Context, db *store.DB, address string) (Subscriber, error) {
	address, _, err := ParseAddress(address)
	if err != nil {
		return Subscriber{}, fmt.Errorf("address: %w", err)
	}
	s, err := scan(db.QueryRowContext(ctx, `SELECT `+columnsOf+` FROM subscriber WHERE address_key = $1`, key(address)))
	if errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, fmt.Errorf("%s: %w", address, ErrUnknown)
	}
	return s, err
}

// Get gives the subscriber whom a token names, or ErrUnknown.
func Get(ctx context.Context, db *store.DB, id int64) (Subscriber, error) {
	s, err := scan(db.QueryRowContext(ctx, `SELECT `+columnsOf+` FROM subscriber WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, ErrUnknown
	}
	return s, err
}

// Filter says which subscribers a listing has. An empty field asks for nothing.
// Rows without an address of their own are in it only if it is for the erased.
type Filter struct {
	State  State
	Topic  string // a slug: those who chose it, and those who chose none and so get all
	Digest string // a name, likewise
	Text   string // in the address or the name, whatever the case
}

// where gives the condition, and its parameters behind those that are there.
func (f Filter) where(args ...any) (string, []any) {
	conditions := []string{"id > $1"}
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.State != Erased { // of whom there is nothing to show, nor of who made way for another
		conditions = append(conditions, "address_key LIKE '%@%'")
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	if f.Topic != "" {
		add(`(topics = '' OR ' ' || topics || ' ' LIKE ? ESCAPE '\')`, "% "+escapeLike(f.Topic)+" %")
	}
	if f.Digest != "" {
		add(`(digests = '' OR ' ' || digests || ' ' LIKE ? ESCAPE '\')`, "% "+escapeLike(f.Digest)+" %")
	}
	if f.Text != "" {
		add(`(address_key LIKE ? ESCAPE '\' OR LOWER(name) LIKE ? ESCAPE '\')`, "%"+escapeLike(strings.ToLower(f.Text))+"%")
	}
	return strings.Join(conditions, " AND "), args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func escapeLike(s string) string { return likeEscaper.Replace(s) }

// pageSize is how many subscribers List holds at a time.
const pageSize = 500

// List gives the subscribers that f asks for, in the order in which they came.
// The caller may use db meanwhile.
func List(ctx context.Context, db *store.DB, f Filter) iter.Seq2[Subscriber, error] {
	return func(yield func(Subscriber, error) bool) {
		for last := int64(0); ; {
			page, err := list(ctx, db, f, last)
			if err != nil {
				yield(Subscriber{}, err)
				return
			}
			for _, s := range page {
				if !yield(s, nil) {
					return
				}
				last = s.ID
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

func list(ctx context.Context, db *store.DB, f Filter, after int64) ([]Subscriber, error) {
	where, args := f.where(after)
	rows, err := db.QueryContext(ctx,
		`SELECT `+columnsOf+` FROM subscriber WHERE `+where+fmt.Sprintf(` ORDER BY id LIMIT %d`, pageSize), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []Subscriber
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, s)
	}
	return page, rows.Err()
}
