package delivery

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestClockJumps has two workers send whose clocks are an hour apart, and one of which
// is set, an hour ahead and two hours back, in the middle.
func TestClockJumps(t *testing.T) {
	const recipients = 400
	var jumped, sent atomic.Int64
	server := mailtest.Start(t, mailtest.Options{Dot: func(string, int) error {
		switch sent.Add(1) {
		case 100:
			jumped.Store(int64(time.Hour))
		case 250:
			jumped.Store(int64(-time.Hour))
		}
		time.Sleep(time.Millisecond)
		return nil
	}})
	url := address(t)
	db, _, err := openDB(t.Context(), url, recipients)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	clocks := []func() time.Time{
		func() time.Time { return time.Now().Add(time.Duration(jumped.Load())) },
		func() time.Time { return time.Now().Add(time.Hour) },
	}
	var running sync.WaitGroup
	for _, now := range clocks {
		db, tokens, err := openDB(t.Context(), url, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		running.Go(func() {
			s, err := Send(t.Context(), db, testIssue(), Options{Sender: testSender(), SMTP: mailConfig(server), Tokens: tokens, Now: now, lease: 5 * time.Second})
			if err != nil || s.Pending != 0 {
				t.Errorf("%s, %v", counted(s), err)
			}
		})
	}
	running.Wait()
	_, tokens, err := openDB(t.Context(), url, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := DryRun(t.Context(), db, testIssue(), Options{Sender: testSender(), Tokens: tokens, Now: time.Now})
	if want := fmt.Sprintf("%d: %d already", recipients, recipients); err != nil || counted(s) != want {
		t.Errorf("%s, %v; want %s", counted(s), err, want)
	}
	checkCopies(t, db, server, s, 0, Hold)
}
