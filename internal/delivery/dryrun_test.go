package delivery

import (
	"strings"
	"testing"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

func TestDryRun(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Rcpt: replies(map[string][]error{reader(1): {no}})})
	d := newDesk(t, 3, server)
	dry := func(want string) {
		t.Helper()
		if s, err := DryRun(t.Context(), d.db, d.issue, d.options); err != nil || counted(s) != want || len(s.Problems) != 0 {
			t.Errorf("%s, problems %v, error %v; want %s", counted(s), s.Problems, err, want)
		}
	}
	dry("3: 3 pending")
	if n := len(server.Messages()); n != 0 || server.Connections() != 0 {
		t.Errorf("a dry run sent %d messages", n)
	}
	if e, _, _, err := find(t.Context(), d.db, d.issue, d.options.Sender); err != nil || e != nil {
		t.Errorf("a dry run froze the edition: %v, %v", e, err)
	}
	if _, err := d.send(); err != nil {
		t.Fatal(err)
	}
	dry("3: 2 already 1 failed")

	// Who can't get it is told before anybody is sent anything.
	d.issue.Period = "2021-W40"
	d.options.Sender.Mailto = "leave@medigy.example"
	d.options.Sender.Base = "https://" + strings.Repeat("x", 1000) + ".example"
	if s, err := DryRun(t.Context(), d.db, d.issue, d.options); err != nil || len(s.Problems) != 3 || !strings.Contains(s.Problems[0].Reason, "List-Unsubscribe") {
		t.Errorf("problems %v, error %v", s.Problems, err)
	}
	d.issue.Language = "en US"
	if _, err := DryRun(t.Context(), d.db, d.issue, d.options); err == nil || !strings.Contains(err.Error(), "weekly/2021-W40 can't be made a message: Content-Language") {
		t.Errorf("error %v", err)
	}
}
