package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/bounce"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// returnsTest is a database with subscribers and what connects it.
type returnsTest struct {
	*returns
	t      *testing.T
	app    *app
	config *Config
}

func onBothReturns(t *testing.T, f func(t *testing.T, r *returnsTest)) {
	storetest.Each(t, func(t *testing.T, address string) {
		a := &app{stdout: io.Discard, stderr: io.Discard, clock: time.Now, after: time.After, random: rand.Reader}
		c := new(Config)
		c.Database.URL, c.Bounces.Address = address, "bounce@news.example"
		db, err := store.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		r, err := a.newReturns(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		f(t, &returnsTest{r, t, a, c})
	})
}

func (r *returnsTest) add(address string) int64 {
	r.t.Helper()
	what, why, err := audience.Add(r.t.Context(), r.db, r.hashes, audience.Signup{Address: address}, r.app.act())
	if what != audience.Added || err != nil {
		r.t.Fatal(what, why, err)
	}
	s, err := audience.Find(r.t.Context(), r.db, address)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.ID
}

func (r *returnsTest) state(id int64) audience.State {
	r.t.Helper()
	s, err := audience.Get(r.t.Context(), r.db, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.State
}

// TestApplyLink: the token of a mail's link proves whom a verdict is about; one for
// another purpose, or none, does not.
func TestApplyLink(t *testing.T) {
	onBothReturns(t, func(t *testing.T, r *returnsTest) {
		id := r.add("ada@mail.example")
		for i, tt := range []struct {
			link string
			want audience.Effect
			now  audience.State
		}{
			{"", unproved, audience.Active},
			{r.tokens.Sign(id, audience.Preferences), unproved, audience.Active},
			{strings.Repeat("A", 30), unproved, audience.Active},
			{r.tokens.Sign(id, audience.Unsubscribe), "unsubscribed", audience.Unsubscribed},
		} {
			mail := "From: ada@mail.example\nTo: unsub@news.example\nSubject: unsubscribe " + tt.link + "\n\n"
			v := bounce.Parse([]byte(mail), bounce.Options{Unsubscribe: "unsub@news.example", Keys: r.keys})[0]
			got, err := r.apply(t.Context(), v, r.app.act(), false)
			if got != tt.want || err != nil || r.state(id) != tt.now {
				t.Errorf("%d: %q, %v, she is %s; want %q, %s", i, got, err, r.state(id), tt.want, tt.now)
			}
		}
	})
}

// TestRecipientRefused: what delivery calls in the transaction of an outcome.
func TestRecipientRefused(t *testing.T) {
	onBothReturns(t, func(t *testing.T, r *returnsTest) {
		refused := r.recipientRefused(time.Now)
		call := func(edition, id int64, code int, enhanced, text string) {
			t.Helper()
			tx, err := r.db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback()
			if err := refused(t.Context(), tx, edition, id, "ada@mail.example", code, enhanced, text); err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		id := r.add("ada@mail.example")
		call(1, id, 554, "5.7.1", "Relay access denied")
		call(1, id, 550, "", "blocked")
		call(1, id, 552, "5.2.2", "mailbox full")
		call(1, id, 552, "5.2.2", "mailbox full")
		if got := r.state(id); got != audience.Active {
			t.Errorf("after what is not about the address she is %s", got)
		}
		call(2, id, 550, "5.1.1", "no such mailbox")
		events, err := audience.History(t.Context(), r.db, id)
		if n := len(events); err != nil || n != 3 || events[2].Detail != "active to bounced; 550 5.1.1; edition 2" || events[1].Action != "soft bounce" {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

// TestEnvelopeSender: an address fits what RFC 5321 allows, and the report to it is
// known; without bounces.address there is none.
func TestEnvelopeSender(t *testing.T) {
	keys, err := bounce.NewKeys(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	c := new(Config)
	if envelopeSender(c, keys) != nil {
		t.Error("an envelope sender without bounces.address")
	}
	c.Bounces.Address = "bounce@news.example"
	address := envelopeSender(c, keys)(1<<40, 1<<40)
	if local, _, _ := strings.Cut(address, "@"); len(local) > 64 {
		t.Errorf("%d characters before the @: %s", len(local), address)
	}
	v := bounce.Parse([]byte("To: "+address+"\nAuto-Submitted: auto-replied\n\nAway."), c.bounceOptions(keys, false))[0]
	if v.Subscriber != 1<<40 || v.Edition != 1<<40 {
		t.Errorf("%+v", v)
	}
}

// TestServeReturns: serve takes webhooks, with a key that was made meanwhile, too,
// and reads a Maildir.
func TestServeReturns(t *testing.T) {
	onBothReturns(t, func(t *testing.T, r *returnsTest) {
		secret := []byte("0123456789abcdef")
		ada, bob := r.add("ada@mail.example"), r.add("bob@mail.example")
		r.config.Bounces.WebhookSecret = string(secret)
		r.config.Bounces.Maildir, r.config.Bounces.Every = t.TempDir(), 1
		for _, dir := range []string{"new", "cur", "tmp"} {
			if err := os.Mkdir(filepath.Join(r.config.Bounces.Maildir, dir), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		report := "To: " + envelopeSender(r.config, r.keys)(1, bob) + "\nSubject: failure notice\nFrom: MAILER-DAEMON@mx.example\n" +
			"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; bob@mail.example\nAction: failed\nStatus: 5.1.1\n"
		if err := os.WriteFile(filepath.Join(r.config.Bounces.Maildir, "new", "1.mx"), []byte(report), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := audience.NewAddressKey(t.Context(), r.db, rand.Reader); err != nil {
			t.Fatal(err)
		}
		keys, err := r.app.bounceKeys(t.Context(), r.db)
		if err != nil {
			t.Fatal(err)
		}
		d, err := r.app.openReturns(t.Context(), r.config)
		if err != nil {
			t.Fatal(err)
		}
		defer d.db.Close()
		err = func(handlers map[string]http.Handler) error {
			token := keys.Sign(bounce.ForBounce, bounce.Token{Edition: 1, Subscriber: ada})
			body := fmt.Appendf(nil, `{"events":[{"id":"1","type":"complaint","token":%q,"feedback":"abuse"},{"id":"2","type":"hard","address":"bob@mail.example"}]}`, token)
			for sign, want := range map[string]int{"t=1,v1=00": 401, bounce.Sign(secret, body, time.Now()): 204} {
				request := httptest.NewRequest("POST", webhookPath, bytes.NewReader(body))
				request.Header.Set("Newsdesk-Signature", sign)
				answer := httptest.NewRecorder()
				handlers[webhookPath].ServeHTTP(answer, request)
				if answer.Code != want {
					t.Errorf("%d %s, want %d", answer.Code, answer.Body, want)
				}
			}
			return d.chore().Do(t.Context())
		}(d.handlers())
		if err != nil || r.state(ada) != audience.Complained || r.state(bob) != audience.Bounced {
			t.Errorf("%v; Ada is %s, Bob %s", err, r.state(ada), r.state(bob))
		}
	})
}

// TestWebhookSecrets: a file has one a line, and a short one is refused.
func TestWebhookSecrets(t *testing.T) {
	c := new(Config)
	if secrets, err := webhookSecrets(c); secrets != nil || err != nil {
		t.Error(secrets, err)
	}
	c.Bounces.WebhookFile = filepath.Join(t.TempDir(), "secret")
	for text, want := range map[string]string{
		"0123456789abcdef\n\nfedcba9876543210\n": "",
		"0123456789abcdef\nshort\n":              "a line is shorter than 16",
		"\n":                                     "has no secret",
	} {
		if err := os.WriteFile(c.Bounces.WebhookFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		secrets, err := webhookSecrets(c)
		if want == "" && (len(secrets) != 2 || err != nil) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %d, %v; want %q", text, len(secrets), err, want)
		}
	}
}
