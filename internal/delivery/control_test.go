package delivery

import (
	"context"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// steered sends to many readers and calls f after some, with the control.
func steered(t *testing.T, readers int, f func(d *desk, c *Control)) (*desk, Summary) {
	t.Helper()
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, readers, server)
	d.options.Now, d.options.Sleep = time.Now, nil
	d.options.Relays = []Relay{{SMTP: mailConfig(server), Connections: 2, Rate: 100}}
	told := 0
	d.options.Progress = func(Outcome) {
		if told++; told == 5 {
			c, err := Find(t.Context(), d.db, "weekly", "2021-W39", time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			f(d, c)
		}
	}
	s, err := Send(t.Context(), d.db, d.issue, d.options)
	if err != nil {
		t.Error(err)
	}
	return d, s
}

// TestCancel: a running worker obeys, and who has not got it is skipped.
func TestCancel(t *testing.T) {
	d, s := steered(t, 200, func(_ *desk, c *Control) {
		if err := c.Cancel(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if s.Pending != 0 || s.Accepted < 5 || s.Accepted > 100 || s.Skipped != 200-s.Accepted {
		t.Errorf("%s", counted(s))
	}
	if _, err := Send(t.Context(), d.db, d.issue, d.options); err == nil || err.Error() != "edition weekly/2021-W39 is cancelled" {
		t.Errorf("sent again: %v", err)
	}
}

// TestCancelSlow: a worker whose next message is due in a quarter of an hour ends at
// once when the edition is cancelled.
func TestCancelSlow(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 5, server)
	d.options.Now, d.options.Sleep = time.Now, nil
	d.options.Relays = []Relay{{SMTP: mailConfig(server), Connections: 2, Rate: 0.001}}
	d.options.Progress = func(Outcome) {
		c, err := Find(t.Context(), d.db, "weekly", "2021-W39", time.Now)
		if err == nil {
			err = c.Cancel(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if s, err := Send(ctx, d.db, d.issue, d.options); err != nil || counted(s) != "5: 1 accepted 4 skipped" {
		t.Errorf("%s, error %v", counted(s), err)
	}
}

// TestPause: a running worker waits, and goes on. Once done there is nothing to resume.
func TestPause(t *testing.T) {
	var control *Control
	_, s := steered(t, 60, func(_ *desk, c *Control) {
		control = c
		if err := c.Pause(t.Context()); err != nil {
			t.Error(err)
		}
		go func() {
			time.Sleep(700 * time.Millisecond)
			if err := c.Resume(t.Context()); err != nil {
				t.Error(err)
			}
		}()
	})
	if s.Accepted != 60 {
		t.Errorf("%s", counted(s))
	}
	err := control.Resume(t.Context())
	if now, _ := control.Status(t.Context()); err == nil || now.State != EditionDone {
		t.Errorf("resumed when done: %s, error %v", now.State, err)
	}
}

// TestContinue: an edition is finished without what it was made of.
func TestContinue(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 4, server)
	d.frozen(1)
	all, err := Unfinished(t.Context(), d.db)
	if err != nil || len(all) != 1 || all[0].Name() != "weekly/2021-W39" {
		t.Fatal(all, err)
	}
	if s, err := Continue(t.Context(), d.db, all[0], d.options); err != nil || counted(s) != "4: 4 accepted" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	if all, err := Unfinished(t.Context(), d.db); err != nil || len(all) != 0 {
		t.Errorf("still to do: %v, %v", all, err)
	}
}

// TestRetry: what failed and what is uncertain is sent again when somebody wants it.
func TestRetry(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{
		Rcpt: replies(map[string][]error{reader(0): {no}, reader(1): {later}}),
		Dot:  replies(map[string][]error{reader(2): {mailtest.ErrDrop}}),
	})
	d := newDesk(t, 4, server)
	if s, err := d.send(); err != nil || counted(s) != "4: 2 accepted 1 failed 1 uncertain" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	c, err := Find(t.Context(), d.db, "weekly", "2021-W39", d.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []State{Failed, Uncertain} {
		if n, err := c.Retry(t.Context(), s); n != 1 || err != nil {
			t.Errorf("retry of %s: %d, %v", s, n, err)
		}
	}
	if _, err := c.Retry(t.Context(), Accepted); err == nil {
		t.Error("what was accepted can be sent again")
	}
	if s, err := d.send(); err != nil || counted(s) != "4: 2 already 2 accepted" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	if s, err := c.Status(t.Context()); err != nil || s.State != EditionDone || s.Accepted != 4 {
		t.Errorf("%+v, %v", s, err)
	}
}
