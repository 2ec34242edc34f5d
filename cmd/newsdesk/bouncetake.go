package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/bounce"
	"github.com/medigy/newsdesk/internal/store"
)

// What became of a verdict that changed nothing, besides the effects of audience.
const (
	unproved   = audience.Effect("unproved")    // nothing shows whose mail it was
	notCounted = audience.Effect("not counted") // a server blocks us; her mailbox is good
)

// returns connects what comes back with the subscribers.
type returns struct {
	db     *store.DB
	hashes *audience.Suppressor
	tokens *audience.Tokens
	keys   *bounce.Keys
}

func (a *app) newReturns(ctx context.Context, db *store.DB) (*returns, error) {
	hashes, err := audience.OpenSuppressor(ctx, db, a.random)
	if err != nil {
		return nil, err
	}
	tokens, err := audience.OpenTokens(ctx, db, a.random)
	if err != nil {
		return nil, err
	}
	keys, err := a.bounceKeys(ctx, db)
	return &returns{db, hashes, tokens, keys}, err
}

// bounceKeys loads the keys of the addresses to which mails come back.
func (a *app) bounceKeys(ctx context.Context, db *store.DB) (*bounce.Keys, error) {
	secrets, err := audience.AddressKeys(ctx, db, a.random)
	if err != nil {
		return nil, err
	}
	return bounce.NewKeys(secrets...)
}

// apply does what a verdict asks for, if it is proved whom it is about. The effect is
// "" where nothing was to be done. A dry run changes nothing.
func (r *returns) apply(ctx context.Context, v bounce.Verdict, act audience.Act, dryRun bool) (audience.Effect, error) {
	kind, ok := map[bounce.Kind]audience.ReturnKind{
		bounce.Hard: audience.HardBounce, bounce.Soft: audience.SoftBounce,
		bounce.Complaint: audience.Complaint, bounce.Unsubscribe: audience.Farewell,
	}[v.Kind]
	if !ok {
		return "", nil
	}
	subscriber, edition := v.Subscriber, v.Edition
	if subscriber == 0 && v.Link != "" {
		subscriber, edition, _ = r.tokens.VerifyIn(v.Link, audience.Unsubscribe) // 0 if it is not ours
	}
	if subscriber == 0 {
		return unproved, nil
	}
	if v.Blocked() {
		return notCounted, nil
	}
	what := audience.Return{ID: v.ID, Kind: kind, Subscriber: subscriber, Edition: edition, Address: v.Address, Detail: detail(v)}
	if !dryRun {
		return audience.Take(ctx, r.db, r.hashes, what, act)
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	effect, err := audience.TakeIn(ctx, tx, r.hashes, what, act)
	return effect, errors.Join(err, tx.Rollback())
}

// detail is what the audit log tells of a verdict: codes and words of ours, for what
// else a mail says may name a person.
func detail(v bounce.Verdict) string {
	switch {
	case v.Kind == bounce.Complaint:
		for _, known := range []string{"abuse", "fraud", "virus", "other", "not-spam"} {
			if strings.EqualFold(v.Feedback, known) {
				return known
			}
		}
		return ""
	case v.Kind == bounce.Unsubscribe:
		return "by mail"
	case v.Code == "" && v.Reply != 0:
		return fmt.Sprint(v.Reply)
	}
	return v.Code
}

// recipientRefused makes what delivery is to call, in the transaction of the outcome,
// when a server has refused a recipient for good at RCPT TO: an address that does not
// exist bounces at once, a full mailbox is counted. Any other refusal changes
// nothing. To call it again with the same edition and subscriber does no harm.
func (r *returns) recipientRefused(now func() time.Time) func(ctx context.Context, tx *sql.Tx, edition, subscriber int64, address string, code int, enhanced, text string) error {
	return func(ctx context.Context, tx *sql.Tx, edition, subscriber int64, address string, code int, enhanced, text string) error {
		what := audience.Return{
			ID: fmt.Sprintf("smtp.%d.%d", edition, subscriber), Kind: audience.HardBounce,
			Subscriber: subscriber, Edition: edition, Address: address, Detail: strings.TrimSpace(fmt.Sprint(code, " ", enhanced)),
		}
		switch bounce.Refusal(code, enhanced, text) {
		case bounce.Hard:
		case bounce.Soft:
			what.Kind = audience.SoftBounce
		default:
			return nil
		}
		_, err := audience.TakeIn(ctx, tx, r.hashes, what, audience.Act{By: "mail server", Now: now()})
		return err
	}
}

// envelopeSender makes what gives the envelope sender of each message, which tells
// whose came back; nil if bounces.address is not set, and all come to the sender.
func envelopeSender(c *Config, keys *bounce.Keys) func(edition, subscriber int64) string {
	if c.Bounces.Address == "" {
		return nil
	}
	return func(edition, subscriber int64) string {
		return keys.Address(c.Bounces.Address, bounce.ForBounce, bounce.Token{Edition: edition, Subscriber: subscriber})
	}
}

// returnSink is a bounce.Sink that applies verdicts and tells what that changed.
type returnSink struct {
	*returns
	act    func() audience.Act
	dryRun bool
	told   func(bounce.Verdict, audience.Effect) error

	mu      sync.Mutex // of what follows, and of told
	counted map[bounce.Kind]map[audience.Effect]int
	forgot  time.Time // when what is too old was deleted
}

// Take implements bounce.Sink.
func (s *returnSink) Take(ctx context.Context, v bounce.Verdict) error {
	act := s.act()
	if err := s.forget(ctx, act.Now); err != nil {
		return err
	}
	effect, err := s.apply(ctx, v, act, s.dryRun)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counted == nil {
		s.counted = map[bounce.Kind]map[audience.Effect]int{}
	}
	if s.counted[v.Kind] == nil {
		s.counted[v.Kind] = map[audience.Effect]int{}
	}
	s.counted[v.Kind][effect]++
	return s.told(v, effect)
}

// forget deletes what is too old to matter, once a day.
func (s *returnSink) forget(ctx context.Context, now time.Time) error {
	s.mu.Lock()
	due := !s.dryRun && now.Sub(s.forgot) >= 24*time.Hour
	if due {
		s.forgot = now
	}
	s.mu.Unlock()
	if !due {
		return nil
	}
	return audience.ForgetReturned(ctx, s.db, now)
}
