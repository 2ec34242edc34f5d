package delivery

import (
	"context"
	"crypto/rand"
	"fmt"
	netmail "net/mail"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
	"github.com/medigy/newsdesk/internal/store"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childURL) != "" {
		os.Exit(child()) // see TestKill
	}
	if os.Getenv(workOrderVariable) != "" {
		os.Exit(benchChild())
	}
	if os.Getenv(farVariable) != "" {
		os.Exit(farChild())
	}
	code := m.Run()
	fmt.Println("the same on PostgreSQL:")
	address, again = storetest.PostgresReady, true
	os.Exit(max(code, m.Run()))
}

// address gives every test its database: the whole suite runs twice.
var address = storetest.SQLiteReady

// again says that this is the second time.
var again bool

var start = time.Date(2021, 10, 4, 6, 0, 0, 0, time.FixedZone("", -4*3600))

func testIssue() *digest.Issue {
	return &digest.Issue{
		Digest: "weekly", Title: "Medigy News", Period: "2021-W39",
		Subject: "Röntgen and 3 more stories", Preheader: "Attacks on hospitals", Language: "en-US",
		URL:  "https://www.medigy.example/digest/2021-W39/",
		HTML: []byte(`<p>Röntgen</p><a href="` + digest.MarkUnsubscribe + `">leave</a> <a href="` + digest.MarkPreferences + `">choose</a> <a href="` + digest.MarkView + `">view</a>`),
		Text: []byte("Röntgen\n\nleave: " + digest.MarkUnsubscribe + "\nchoose: " + digest.MarkPreferences + "\nview: " + digest.MarkView + "\n"),
	}
}

func testSender() Sender {
	return Sender{
		From:   netmail.Address{Name: "Medigy News", Address: "news@medigy.example"},
		ListID: "weekly.medigy.example",
		Base:   "https://news.medigy.example/",
	}
}

// openDB opens a database, and fills it with n subscribers.
func openDB(ctx context.Context, url string, n int) (*store.DB, *audience.Tokens, error) {
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	tokens, err := audience.OpenTokens(ctx, db, rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if n > 0 {
		_, err = db.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
			INSERT INTO subscriber (address, address_key, name, created, changed)
			SELECT 'reader' || i || '@example.org', 'reader' || i || '@example.org', 'Reader ' || i, $2, $2 FROM n`, n, start.Unix())
	}
	return db, tokens, err
}

var act = audience.Act{By: "test", Now: start}

func add(ctx context.Context, db *store.DB, address string) error {
	hashes, err := audience.OpenSuppressor(ctx, db, rand.Reader)
	if err != nil {
		return err
	}
	_, _, err = audience.Add(ctx, db, hashes, audience.Signup{Address: address}, act)
	return err
}

func leave(ctx context.Context, db *store.DB, address string) error {
	s, err := audience.Find(ctx, db, address)
	if err != nil {
		return err
	}
	return audience.Leave(ctx, db, s.ID, act)
}

func reader(i int) string { return fmt.Sprintf("reader%d@example.org", i) }

// desk is a database with subscribers, a mail server and what sends between.
type desk struct {
	*testing.T
	db      *store.DB
	issue   *digest.Issue
	options Options

	mu     sync.Mutex
	slept  []time.Duration
	passed time.Duration
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return start.Add(d.passed)
}

// later lets a day pass.
func (d *desk) later() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.passed += 24 * time.Hour
}

func newDesk(t *testing.T, subscribers int, server *mailtest.Server) *desk {
	t.Helper()
	db, tokens, err := openDB(t.Context(), address(t), subscribers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d := &desk{T: t, db: db, issue: testIssue()}
	d.options = Options{
		Sender: testSender(),
		SMTP:   mail.Config{Host: server.Host, Port: server.Port},
		Tokens: tokens,
		Now:    d.now,
		Sleep: func(ctx context.Context, wait time.Duration) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.slept = append(d.slept, wait)
			d.passed += wait
			return ctx.Err()
		},
		Connections: 1,
		Patience:    45 * time.Second,
	}
	return d
}

// send sends and checks that the summary adds up and agrees with Progress.
func (d *desk) send() (Summary, error) {
	d.Helper()
	var told Outcome
	d.options.Progress = func(o Outcome) { told = o }
	s, err := Send(d.Context(), d.db, d.issue, d.options)
	if s.Audience != s.Already+s.Accepted+s.Failed+s.Skipped+s.Uncertain+s.Pending {
		d.Errorf("the summary does not add up: %+v", s)
	}
	if told.Total != 0 && (told.Total != s.Audience || told.Done != s.Audience-s.Pending) {
		d.Errorf("told %d of %d, the summary is %+v", told.Done, told.Total, s)
	}
	return s, err
}

// counted writes the numbers of a summary, those that are not 0.
func counted(s Summary) string {
	text := fmt.Sprintf("%d:", s.Audience)
	for _, n := range []struct {
		name  string
		count int
	}{
		{"already", s.Already}, {"accepted", s.Accepted}, {"failed", s.Failed}, {"skipped", s.Skipped},
		{"uncertain", s.Uncertain}, {"pending", s.Pending}, {"deferred", s.Deferred},
	} {
		if n.count != 0 {
			text += fmt.Sprintf(" %d %s", n.count, n.name)
		}
	}
	return text
}
