package delivery

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

func TestFreezeNobody(t *testing.T) {
	d := newDesk(t, 0, mailtest.Start(t, mailtest.Options{}))
	if _, err := d.send(); !errors.Is(err, ErrNoSubscribers) {
		t.Errorf("error %v", err)
	}
	if _, err := DryRun(t.Context(), d.db, d.issue, d.options); !errors.Is(err, ErrNoSubscribers) {
		t.Errorf("dry run: %v", err)
	}
	if e, _, _, err := find(t.Context(), d.db, d.issue, d.options.Sender); err != nil || e != nil {
		t.Errorf("an edition without an audience is frozen: %v, %v", e, err)
	}
}

// TestFreezeKeeps: what comes out of the ledger is what went in.
func TestFreezeKeeps(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	d.issue.Archive = []byte("<html>the public page</html>")
	first, changed, err := Freeze(t.Context(), d.db, d.issue, nil, d.options.Sender, start.Add(time.Millisecond))
	if err != nil || changed {
		t.Fatalf("changed %v, error %v", changed, err)
	}
	again, changed, _, err := find(t.Context(), d.db, d.issue, d.options.Sender)
	if err != nil || changed {
		t.Fatalf("again: changed %v, error %v", changed, err)
	}
	first.Date, again.Date = first.Date.UTC(), again.Date.UTC()
	if diff := cmp.Diff(first, again, cmp.AllowUnexported(Edition{})); diff != "" {
		t.Errorf("the edition came back changed (-frozen +read):\n%s", diff)
	}
	r := newRecipient(1, 1, "", reader(0), d.options.Tokens)
	one, two := compose(t, first.Issue, r, first.Sender), compose(t, again.Issue, r, again.Sender)
	if !bytes.Equal(one, two) {
		t.Errorf("the messages differ:\n%s\n%s", one, two)
	}
}

// TestFreezePage: what is public of an edition is kept, goes when it is frozen anew,
// and comes out dated.
func TestFreezePage(t *testing.T) {
	d := newDesk(t, 1, mailtest.Start(t, mailtest.Options{}))
	d.issue.Archive = []byte("<html>the public page</html>")
	d.issue.Listing = digest.Listing{Digest: d.issue.Digest, Period: d.issue.Period, Subject: "Subject", Content: "<p>content</p>"}
	for _, page := range []string{"<html>first</html>", "<html>repaired</html>"} {
		d.issue.Archive = []byte(page)
		if _, _, err := Freeze(t.Context(), d.db, d.issue, nil, d.options.Sender, start); err != nil {
			t.Fatal(err)
		}
		html, content, err := Page(t.Context(), d.db, d.issue.Digest, d.issue.Period)
		if err != nil || string(html) != page || content != "<p>content</p>" {
			t.Errorf("page %q, content %q, error %v", html, content, err)
		}
	}
	want := d.issue.Listing
	want.Date, want.Content = start.Truncate(time.Second), ""
	all, err := Listings(t.Context(), d.db, d.issue.Digest)
	if diff := cmp.Diff([]digest.Listing{want}, all); err != nil || diff != "" {
		t.Errorf("error %v, listings (-want +got):\n%s", err, diff)
	}
	if all, err := Listings(t.Context(), d.db, "monthly"); err != nil || len(all) > 0 {
		t.Errorf("another digest has %v, error %v", all, err)
	}
	if _, _, err := Page(t.Context(), d.db, d.issue.Digest, "2020-W01"); err == nil {
		t.Error("a page that there is not is no error")
	}
}

// TestFreezeAnew: who subscribes after a run that reached nobody is in the next.
func TestFreezeAnew(t *testing.T) {
	d := newDesk(t, 2, mailtest.Start(t, mailtest.Options{Mail: func(string, int) error { return no }}))
	if _, err := d.send(); err == nil {
		t.Fatal("a server that refuses the sender is no error")
	}
	if err := add(t.Context(), d.db, "late@example.org"); err != nil {
		t.Fatal(err)
	}
	good := mailtest.Start(t, mailtest.Options{})
	d.options.SMTP.Port = good.Port
	s, err := d.send()
	if err != nil || s.Audience != 3 || s.Accepted != 3 || good.Count()["late@example.org"] != 1 {
		t.Errorf("summary %+v, error %v; want 3 accepted, late@example.org among them", s, err)
	}
}

// TestFreezeChanged: an edition that somebody has goes out as it was frozen,
// one that nobody has goes out as it is now.
func TestFreezeChanged(t *testing.T) {
	tests := []struct {
		name    string
		server  mailtest.Options // the first server
		subject string           // of the copy that reader 1 gets
		changed bool
		counts  string
	}{
		{"somebody has it", mailtest.Options{Rcpt: replies(map[string][]error{reader(1): {later, later, later}})},
			"=?utf-8?q?R=C3=B6ntgen_and_3_more_stories?=", true, "2: 1 already 1 accepted"},
		{"somebody may have it", mailtest.Options{Dot: replies(map[string][]error{reader(0): {mailtest.ErrDrop}}), Rcpt: replies(map[string][]error{reader(1): {later, later, later, later}})},
			"=?utf-8?q?R=C3=B6ntgen_and_3_more_stories?=", true, "2: 2 accepted"},
		{"nobody has it", mailtest.Options{Mail: func(string, int) error { return no }},
			"Another subject", false, "2: 2 accepted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, 2, mailtest.Start(t, tt.server))
			d.options.AfterCrash = Resend
			if s, err := d.send(); s.Changed {
				t.Errorf("the first run says that the edition was changed, error %v", err)
			}
			good := mailtest.Start(t, mailtest.Options{})
			d.options.SMTP.Port = good.Port
			d.later()
			d.issue.Subject = "Another subject"
			s, err := d.send()
			if err != nil || s.Changed != tt.changed || counted(s) != tt.counts {
				t.Errorf("changed %v, %s, error %v; want %v, %s", s.Changed, counted(s), err, tt.changed, tt.counts)
			}
			if s.Frozen.Equal(start) != tt.changed {
				t.Errorf("frozen %v", s.Frozen)
			}
			for _, m := range good.Messages() {
				if m.To == reader(1) {
					if got := header(t, m.Data, "Subject"); got != tt.subject {
						t.Errorf("Subject: %s", got)
					}
				}
			}
		})
	}
}
