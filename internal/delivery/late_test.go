package delivery

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestLateOutcomeIsWaitedFor: a worker whose lease is over did not send a dot that it had
// announced. Others took it for dead, did the rest and closed the edition; it writes late
// that the message is still to be sent, while the one behind it waits in its queue. It
// does not leave before that is written, and sends the message.
func TestLateOutcomeIsWaitedFor(t *testing.T) {
	const recipients = 5
	server := mailtest.Start(t, mailtest.Options{})
	db, tokens, err := openDB(t.Context(), address(t), recipients)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := Options{Sender: testSender(), SMTP: mailConfig(server), Connections: 1, Tokens: tokens}
	var asleep, intents atomic.Int64 // for how long the first worker was; what it announced
	first.Now = func() time.Time { return time.Now().Add(time.Duration(asleep.Load())) }
	first.at = func(point string) {
		switch {
		case point == "intended":
			if intents.Add(1) != 2 {
				return
			}
			if err := othersDoTheRest(t.Context(), &ledger{db: db, edition: 1, worker: 2, now: time.Now}); err != nil {
				t.Error(err)
			}
			asleep.Store(int64(2 * leaseTime))
			time.Sleep(3 * pollTime) // it sees that its lease is over and the edition done
		case point == "commit" && asleep.Load() > 0:
			time.Sleep(100 * time.Millisecond)
		}
	}
	s, err := Send(t.Context(), db, testIssue(), first)
	if err != nil || s.Pending != 0 || s.Uncertain != 0 {
		t.Errorf("the first worker: %s, error %v", counted(s), err)
	}
	if got := server.Count(); len(server.Messages()) != 2 || len(got) != 2 {
		t.Errorf("the server has %v, want one for each of the first two", got)
	}
}

// othersDoTheRest has the ledger as other workers leave it who took this one for dead.
func othersDoTheRest(ctx context.Context, l *ledger) error {
	return l.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rest, err := tx.ExecContext(ctx, `UPDATE delivery SET state = 'accepted' WHERE state = 'leased'`)
		if err != nil {
			return err
		}
		n, err := rest.RowsAffected()
		for _, change := range []string{
			`UPDATE delivery SET state = 'uncertain' WHERE state = 'sending'`,
			`UPDATE shard SET expires = 0`,
			`UPDATE edition SET state = 'done'`,
		} {
			if err == nil {
				_, err = tx.ExecContext(ctx, change)
			}
		}
		return errors.Join(err, l.tally(ctx, tx, counts{accepted: int(n), uncertain: 1}))
	})
}
