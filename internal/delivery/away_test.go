package delivery

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
)

// TestConnectionsBreak ends every session of PostgreSQL again and again while an
// edition is sent, as an administrator does, or a limit for idle transactions. The run
// goes on by itself, and everybody has one message.
func TestConnectionsBreak(t *testing.T) {
	if !again {
		return // SQLite has none
	}
	const readers, breaks = 400, 60
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		time.Sleep(time.Millisecond)
		return nil
	}})
	url := address(t)
	db, tokens, err := openDB(t.Context(), url, readers)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	admin, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	var breaking sync.WaitGroup
	breaking.Go(func() {
		for range breaks {
			if _, err := admin.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	s, err := Send(t.Context(), db, testIssue(), Options{Sender: testSender(), SMTP: mailConfig(server), Tokens: tokens, Now: time.Now,
		Relays: []Relay{{SMTP: mailConfig(server), Connections: connections, Rate: 1000}}}) // takes few at a time
	breaking.Wait()
	if want := fmt.Sprintf("%d: %d accepted", readers, readers); err != nil || counted(s) != want {
		t.Errorf("%s, %v; want %s", counted(s), err, want)
	}
	once(t, server, readers)
}
