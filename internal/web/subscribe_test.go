package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/outbox"
	"github.com/medigy/newsdesk/internal/signup"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
	"github.com/medigy/newsdesk/internal/words"
	"github.com/medigy/newsdesk/internal/work"
	"github.com/medigy/newsdesk/templates"
)

// office is a newsletter with all that is behind it: a database, a mail server, a
// clock that the test moves.
type office struct {
	testing.TB
	db     *store.DB
	at     string // its address
	desk   *signup.Desk
	tokens *audience.Tokens
	mail   *mailtest.Server
	site   *httptest.Server
	page   *Newsletter
	server *Server
	moved  atomic.Int64 // how far the clock is ahead
	cookie atomic.Bool  // one was set
}

func (o *office) now() time.Time { return time.Now().Add(time.Duration(o.moved.Load())) }

// sleep moves the clock.
func (o *office) sleep(d time.Duration) { o.moved.Add(int64(d)) }

func open(t testing.TB, address string, change func(*NewsletterOptions)) *office {
	t.Helper()
	o := &office{TB: t, at: address, mail: mailtest.Start(t, mailtest.Options{})}
	var err error
	if o.db, err = store.Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if o.tokens, err = audience.OpenTokens(t.Context(), o.db, rand.Reader); err != nil {
		t.Fatal(err)
	}
	hashes, err := audience.OpenSuppressor(t.Context(), o.db, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o.desk = signup.NewDesk(signup.Options{
		DB: o.db, Group: store.NewGroup(o.db), Tokens: o.tokens, Suppressor: hashes, Welcome: true, Goodbye: true, Now: o.now,
	})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(w, r) })
	o.site = httptest.NewServer(handler)
	t.Cleanup(o.site.Close)
	options := NewsletterOptions{
		Desk: o.desk, Templates: templates.FS(nil), URL: o.site.URL + "/newsletter/", Title: "Medigy News", Home: "https://www.medigy.com",
		Voices: words.NewVoices("Medigy News", "en", nil), Accent: "#0b6e75",
		Topics:  []Option{{"telehealth", "Telehealth"}, {"security", "Security & privacy"}, {"ai", "Artificial intelligence"}},
		Digests: []Option{{"weekly", "Weekly"}, {"monthly", "Monthly"}}, Languages: []Option{{"en", "English"}, {"es", "Español"}},
		Origins: []string{"https://www.medigy.com"}, Now: o.now, Zone: time.UTC,
	}
	if change != nil {
		change(&options)
	}
	if o.page, err = NewNewsletter(options); err != nil {
		t.Fatal(err)
	}
	if o.server, err = NewServer(ServerOptions{Now: o.now, Newsletter: o.page}); err != nil {
		t.Fatal(err)
	}
	o.startPost()
	return o
}

// serve answers as a Server does.
func (o *office) serve(w http.ResponseWriter, r *http.Request) {
	o.server.ServeHTTP(w, r)
	if w.Header().Get("Set-Cookie") != "" {
		o.cookie.Store(true)
	}
}

// startPost works requests off and sends letters until the test ends.
func (o *office) startPost() {
	letters, err := signup.NewLetters(o.desk, signup.Stationery{
		Templates: templates.FS(nil), Title: "Medigy News", Home: "https://www.medigy.com", Voices: o.page.Voices, Accent: "#0b6e75",
		PostalAddress: "Medigy, 1 Main Street, Springfield", Base: o.site.URL + "/newsletter/",
		From: netmail.Address{Name: "Medigy News", Address: "news@medigy.example"}, ListID: "weekly.medigy.example", Zone: time.UTC,
	})
	if err != nil {
		o.Fatal(err)
	}
	sender := outbox.NewSender(o.desk.Group, outbox.Options{
		SMTP: mail.Config{Host: o.mail.Host, Port: o.mail.Port}, From: "news@medigy.example",
		Compose: letters.Compose, Now: o.now, Log: o.page.Log,
	})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if _, ok := o.TB.(*testing.B); ok {
			o.work(ctx, sender)
			return
		}
		for ctx.Err() == nil {
			if err := errors.Join(o.desk.Work(ctx), sender.Work(ctx)); err != nil && ctx.Err() == nil {
				o.Error(err)
			}
			select {
			case <-ctx.Done():
			case <-o.desk.Stirred():
			}
		}
	})
	o.Cleanup(func() { stop(); running.Wait(); o.db.Close() })
}

// work does the chores as newsdesk serve does.
func (o *office) work(ctx context.Context, sender *outbox.Sender) {
	db, err := store.Open(context.Background(), o.at)
	if err != nil {
		o.Error(err)
		return
	}
	defer db.Close()
	w, err := work.Open(context.Background(), db, work.Options{
		Now: o.now, Log: slog.New(slog.DiscardHandler), Failed: func(err error) { o.Error(err) }, Wake: o.desk.Stirred(),
		Chores: []work.Chore{{Name: "signups", Due: o.desk.Due, Do: o.desk.Work}, {Name: "letters", Due: sender.Due, Do: sender.Work}},
	})
	if err == nil {
		err = errors.Join(w.Run(ctx), w.Close())
	}
	if err != nil {
		o.Error(err)
	}
}

// answer is what a page answered.
type answer struct {
	*http.Response
	body string
}

func (o *office) request(method, path, kind, body string, header ...string) answer {
	o.Helper()
	if !strings.HasPrefix(path, "http") {
		path = o.site.URL + "/newsletter/" + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		o.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		o.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		o.Fatal(err)
	}
	return answer{response, string(data)}
}

func (o *office) get(path string) answer { o.Helper(); return o.request("GET", path, "", "") }

const formType = "application/x-www-form-urlencoded"

func (o *office) post(path string, fields url.Values, header ...string) answer {
	o.Helper()
	return o.request("POST", path, formType, fields.Encode(), header...)
}

// subscribe fills in the form as a person does.
func (o *office) subscribe(email string, more ...string) answer {
	o.Helper()
	stamp := regexp.MustCompile(`name="shown" value="([^"]+)"`).FindStringSubmatch(o.get("subscribe").body)
	o.sleep(3 * time.Second)
	fields := url.Values{"email": {email}, "shown": {stamp[1]}}
	for i := 0; i+1 < len(more); i += 2 {
		fields.Add(more[i], more[i+1])
	}
	return o.post("subscribe", fields, "Sec-Fetch-Site", "same-origin", "Origin", "null")
}

// settled waits until all requests are worked off and all letters sent.
func (o *office) settled() {
	o.Helper()
	for range 1000 {
		var n int
		err := o.db.QueryRow(`SELECT (SELECT COUNT(*) FROM signup_request) + (SELECT COUNT(*) FROM outbox WHERE state = 'queued')`).Scan(&n)
		if err == nil && n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.Fatal("the post does not come to rest")
}

// letter is a message as its reader sees it.
type letter struct {
	*netmail.Message
	text, html string
}

// letters gives what an address got, in order.
func (o *office) letters(to string) (all []letter) {
	o.Helper()
	o.settled()
	for _, m := range o.mail.Messages() {
		if m.To == to {
			all = append(all, o.read(m.Data))
		}
	}
	return all
}

func (o *office) read(data []byte) letter {
	o.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		o.Fatal(err)
	}
	l := letter{Message: m}
	_, p, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		o.Fatal(err)
	}
	for r := multipart.NewReader(m.Body, p["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return l
		}
		if err != nil {
			o.Fatal(err)
		}
		var b strings.Builder
		if _, err := io.Copy(&b, quotedprintable.NewReader(part)); err != nil {
			o.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.html = b.String()
		} else {
			l.text = b.String()
		}
	}
}

// link gives the link of a letter to one of the pages, and makes sure that both
// parts have it.
func (o *office) link(l letter, action string) string {
	o.Helper()
	link := regexp.MustCompile(`http://\S+/newsletter/` + action + `/[\w-]+`).FindString(l.text)
	if link == "" || !strings.Contains(html.UnescapeString(l.html), link) {
		o.Fatalf("the letter has no link to %s in both parts:\n%s", action, l.text)
	}
	return link
}

func (o *office) want(a answer, status int, text string) {
	o.Helper()
	if a.StatusCode != status || !strings.Contains(html.UnescapeString(a.body), text) {
		o.Errorf("%s %s: %d, want %d and %q in\n%.3000s", a.Request.Method, a.Request.URL, a.StatusCode, status, text, a.body)
	}
}

func (o *office) find(address string) audience.Subscriber {
	o.Helper()
	s, err := audience.Find(o.Context(), o.db, address)
	if err != nil {
		o.Fatal(err)
	}
	return s
}

// dump is all that the database says, but for what only logs.
func (o *office) dump() string {
	o.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT id || ' ' || address || ' ' || state || ' ' || paused_until || ' ' || topics || ' ' || language || ' ' || digests FROM subscriber ORDER BY id`,
		`SELECT id || ' ' || address || ' ' || confirmed FROM signup ORDER BY id`,
		`SELECT id || ' ' || kind || ' ' || address FROM outbox ORDER BY id`,
		`SELECT COUNT(*) || ' audits' FROM audit`, `SELECT COUNT(*) || ' consents' FROM consent`, `SELECT COUNT(*) || ' suppressed' FROM suppression`,
	} {
		rows, err := o.db.Query(query)
		if err != nil {
			o.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				o.Fatal(err)
			}
			fmt.Fprintln(&b, line)
		}
		if err := rows.Close(); err != nil {
			o.Fatal(err)
		}
	}
	return b.String()
}

// TestNewsletter is the way of a subscriber from the form to the end.
func TestNewsletter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, nil)
		const jane = "Jane@example.org"
		o.want(o.subscribe(jane, "topics", "security", "topics", "ai", "digests", "weekly", "language", "es"), 200, "Look into your inbox")
		mails := o.letters(jane)
		if len(mails) != 1 || mails[0].Header.Get("Subject") != "Confirm your subscription to Medigy News" || mails[0].Header.Get("List-Unsubscribe") != "" {
			t.Fatalf("letters: %v", mails)
		}
		if _, err := audience.Find(t.Context(), o.db, jane); err == nil {
			t.Error("she is a subscriber without having said yes")
		}
		confirm := o.link(mails[0], "confirm")
		for range 3 { // a link scanner
			o.want(o.get(confirm), 200, "Please confirm that you want Medigy News")
		}
		if _, err := audience.Find(t.Context(), o.db, jane); err == nil {
			t.Error("a link scanner has confirmed")
		}
		o.want(o.post(confirm, nil), 200, "You are subscribed")
		s := o.find(jane)
		if s.State != audience.Active || strings.Join(s.Topics, " ") != "ai security" || s.Language != "es" || strings.Join(s.Digests, " ") != "weekly" {
			t.Errorf("subscriber %+v", s)
		}
		consent, _, err := audience.ConsentOf(t.Context(), o.db, s.ID)
		if err != nil || !strings.HasPrefix(consent.Origin, "form from 127.0.0.1 at 20") || !strings.Contains(consent.Text, "I can unsubscribe at any time.") {
			t.Errorf("consent %+v, %v", consent, err)
		}
		o.want(o.post(confirm, nil), 200, "You are subscribed") // pressed twice
		mails = o.letters(jane)
		if len(mails) != 2 || mails[1].Header.Get("Subject") != "Le damos la bienvenida a Medigy News" {
			t.Fatalf("letters: %v", mails)
		}
		preferences, unsubscribe := o.link(mails[1], "preferences"), o.link(mails[1], "unsubscribe")
		if got := mails[1].Header.Get("List-Unsubscribe"); got != "<"+unsubscribe+"?lang=es>" {
			t.Errorf("List-Unsubscribe: %s", got)
		}

		o.want(o.get(preferences), 200, "J•••@example.org")
		o.want(o.post(preferences, url.Values{"do": {"choose"}, "topics": {"telehealth"}, "language": {""}}), 200, "Saved.")
		if s := o.find(jane); strings.Join(s.Topics, " ") != "telehealth" || s.Language != "" || len(s.Digests) != 0 {
			t.Errorf("chosen: %+v", s)
		}
		until := o.now().UTC().AddDate(0, 0, 10)
		o.want(o.post(preferences, url.Values{"do": {"pause"}, "until": {until.Format(time.DateOnly)}}), 200, "There is no mail until "+until.Format("2 January 2006"))
		if s := o.find(jane); s.State != audience.Paused || s.Until.Format(time.DateOnly) != until.Format(time.DateOnly) {
			t.Errorf("paused: %+v", s)
		}
		o.want(o.get(strings.Replace(preferences, "/preferences/", "/pause/", 1)), 200, "End the pause")
		o.want(o.post(preferences, url.Values{"do": {"resume"}}), 200, "You get the mail again.")
		o.want(o.post(preferences, url.Values{"do": {"pause"}, "weeks": {"4"}}), 200, "There is no mail until")
		o.want(o.post(preferences, url.Values{"do": {"pause"}, "until": {"2001-01-01"}}), 422, "from tomorrow on")

		o.want(o.post(preferences, url.Values{"do": {"move"}, "email": {"jane@new.example"}}), 200, "We have sent a mail to the new address")
		mails = o.letters("jane@new.example")
		if len(mails) != 1 {
			t.Fatalf("letters to the new address: %v", mails)
		}
		move := o.link(mails[0], "confirm")
		o.want(o.get(move), 200, "Please confirm that you want Medigy News")
		if o.find(jane).ID != s.ID {
			t.Error("moved by a GET")
		}
		o.want(o.post(move, nil), 200, "Your new address is in use")
		if o.find("jane@new.example").ID != s.ID {
			t.Error("not moved")
		}
		if mails = o.letters(jane); len(mails) != 3 || mails[2].Header.Get("Subject") != "Medigy News goes to another address now" {
			t.Errorf("the old address was told %v", mails)
		}

		o.want(o.get(unsubscribe), 200, "One click, and you will get no more of it.")
		if o.find("jane@new.example").State != audience.Paused {
			t.Error("unsubscribed by a GET")
		}
		o.want(o.post(unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}}), 200, "You are unsubscribed")
		if o.find("jane@new.example").State != audience.Unsubscribed {
			t.Error("not unsubscribed")
		}
		before := o.dump()
		o.want(o.post(unsubscribe, url.Values{"List-Unsubscribe": {"One-Click"}}), 200, "You are unsubscribed") // again
		for _, old := range []string{confirm, move} {
			o.want(o.post(old, nil), 410, "This link does not work") // an old link brings nobody back
		}
		o.want(o.get(preferences), 410, "This subscription has ended")
		o.want(o.post(preferences, url.Values{"do": {"resume"}}), 410, "This subscription has ended")
		if after := o.dump(); after != before {
			t.Errorf("changed:\n%s\nto\n%s", before, after)
		}
		if mails = o.letters("jane@new.example"); len(mails) != 2 || mails[1].Header.Get("Subject") != "You are unsubscribed from Medigy News" {
			t.Errorf("goodbye: %v", mails)
		}
		o.sleep(2 * time.Hour)
		o.want(o.subscribe("jane@new.example"), 200, "Look into your inbox") // she changes her mind
		mails = o.letters("jane@new.example")
		o.want(o.post(o.link(mails[2], "confirm"), nil), 200, "You are subscribed")
		if s := o.find("jane@new.example"); s.State != audience.Active {
			t.Errorf("back: %+v", s)
		}
		if o.cookie.Load() {
			t.Error("a cookie was set")
		}
	})
}
