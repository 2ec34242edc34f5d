package delivery

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// Each message comes back to an address of its own, and a recipient whom a server
// refuses for good is told of, with the server's words; nobody else is.
func TestReturns(t *testing.T) {
	refusals := map[string][]error{reader(1): {no}, reader(2): {later}}
	server := mailtest.Start(t, mailtest.Options{Rcpt: replies(refusals)})
	d := newDesk(t, 4, server)
	d.options.EnvelopeFrom = func(edition, subscriber int64) string {
		return fmt.Sprintf("bounce+%d.%d@example.org", edition, subscriber)
	}
	var told []string
	d.options.Refused = func(ctx context.Context, tx *sql.Tx, edition, subscriber int64, address string, code int, enhanced, text string) error {
		told = append(told, fmt.Sprint(edition, subscriber, " ", address, " ", code, " ", enhanced, " ", text))
		return tx.QueryRowContext(ctx, "SELECT id FROM subscriber WHERE id = $1", subscriber).Scan(&subscriber)
	}
	s, err := d.send()
	if err != nil || counted(s) != "4: 3 accepted 1 failed" {
		t.Fatalf("%s, error %v", counted(s), err)
	}
	if len(told) != 1 || told[0] != "1 2 reader1@example.org 550 5.1.1 no such mailbox" {
		t.Errorf("told %q", told)
	}
	for _, m := range server.Messages() {
		want := map[string]string{reader(0): "bounce+1.1@example.org", reader(2): "bounce+1.3@example.org", reader(3): "bounce+1.4@example.org"}[m.To]
		if m.From != want {
			t.Errorf("the message to %s is from %s, want %s", m.To, m.From, want)
		}
	}
}
