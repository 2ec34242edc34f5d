package delivery

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// at adds n subscribers of a domain.
func (d *desk) at(domain string, n int) {
	d.Helper()
	for i := range n {
		if err := add(d.Context(), d.db, fmt.Sprintf("reader%d@%s", i, domain)); err != nil {
			d.Fatal(err)
		}
	}
}

// once checks that everybody has exactly one message.
func once(t *testing.T, server *mailtest.Server, want int) {
	t.Helper()
	count := server.Count()
	for to, n := range count {
		if n != 1 {
			t.Errorf("%s has %d copies", to, n)
		}
	}
	if len(count) != want {
		t.Errorf("%d readers have it, want %d", len(count), want)
	}
}

// TestDomainRate: a domain that is limited comes at its pace; it holds nobody back,
// and its second name shares the limit.
func TestDomainRate(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 0, server)
	d.at("gmail.com", 10)
	d.at("example.org", 20)
	d.at("GoogleMail.com", 10)
	d.options.Domains = []Domain{{Names: []string{"gmail.com", "googlemail.com"}, Rate: 2}}
	s, err := d.send()
	if err != nil || counted(s) != "40: 40 accepted" {
		t.Fatal(counted(s), err)
	}
	if d.passed < 19*time.Second/2 || d.passed > 10*time.Second {
		t.Errorf("20 messages at 2 a second took %v", d.passed)
	}
	others := 0
	for _, m := range server.Messages()[:20] {
		if strings.HasSuffix(m.To, "@example.org") {
			others++
		}
	}
	if others < 9 { // while it waits, the clock of this test moves for all
		t.Errorf("%d others among the first 20", others)
	}
	once(t, server, 40)
}

// TestDomainEach: with "*" every other domain has a limit of its own.
func TestDomainEach(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 0, server)
	for i := range 5 {
		d.at(fmt.Sprintf("host%d.example", i), 4)
	}
	d.options.Domains = []Domain{{Names: []string{"*"}, Rate: 1}}
	if s, err := d.send(); err != nil || counted(s) != "20: 20 accepted" {
		t.Fatal(counted(s), err)
	}
	if d.passed < 3*time.Second || d.passed > 4*time.Second {
		t.Errorf("4 messages a second to each took %v", d.passed)
	}
}

// TestDomainConnections: no more connections than allowed have a message to a domain,
// and none more messages than allowed.
func TestDomainConnections(t *testing.T) {
	var mu sync.Mutex
	open, most := 0, 0
	count := func(n int) func(string, int) error {
		return func(to string, _ int) error {
			if strings.HasSuffix(to, "@gmail.com") {
				mu.Lock()
				defer mu.Unlock()
				open += n
				most = max(most, open)
			}
			return nil
		}
	}
	server := mailtest.Start(t, mailtest.Options{Rcpt: count(1), Dot: count(-1)})
	d := newDesk(t, 60, server)
	d.at("gmail.com", 60)
	d.options.Connections = 8
	d.options.Domains = []Domain{{Names: []string{"gmail.com"}, Connections: 2}}
	if s, err := d.send(); err != nil || counted(s) != "120: 120 accepted" {
		t.Fatal(counted(s), err)
	}
	if most > 2 {
		t.Errorf("%d connections at a time", most)
	}
	once(t, server, 120)
}

func TestDomainPerConnection(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 5, server)
	d.at("gmail.com", 10)
	d.options.Domains = []Domain{{Names: []string{"gmail.com"}, PerConnection: 4}}
	if s, err := d.send(); err != nil || counted(s) != "15: 15 accepted" {
		t.Fatal(counted(s), err)
	}
	if n := server.Connections(); n != 3 {
		t.Errorf("%d connections for 10 messages, 4 on each", n)
	}
	once(t, server, 15)
}

// TestShed: of a large domain a worker keeps no more than it needs, and finds those
// who stand behind it.
func TestShed(t *testing.T) {
	const readers = maxParked + 300
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 0, server)
	fill(t, d.db, readers)
	d.at("example.net", 10)
	d.options.Domains = []Domain{{Names: []string{"example.org"}, Rate: 50}}
	var waiting int
	d.options.at = func(point string) {
		if point == "claimed" {
			var n int
			if err := d.db.QueryRow(`SELECT COUNT(*) FROM delivery WHERE state = 'deferred'`).Scan(&n); err != nil {
				t.Error(err)
			}
			waiting = max(waiting, n)
		}
	}
	s, err := d.send()
	if err != nil || counted(s) != fmt.Sprintf("%d: %d accepted", readers+10, readers+10) {
		t.Fatal(counted(s), err)
	}
	if waiting < maxParked/4 {
		t.Errorf("%d were given back", waiting)
	}
	if want := readers / 50 * time.Second; d.passed < want-time.Second || d.passed > want*5/4 {
		t.Errorf("%d messages at 50 a second took %v", readers, d.passed)
	}
	last := slices.IndexFunc(server.Messages(), func(m mailtest.Message) bool { return m.To == "reader9@example.net" })
	if last > readers*3/4 {
		t.Errorf("the last of the others was message %d", last)
	}
	once(t, server, readers+10)
}

// TestShedRecalled: who was given back, to wait for hours, does not wait when the limit
// was taken out of the settings. Who was refused does.
func TestShedRecalled(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 6, server)
	l := d.frozen(1)
	rows, err := l.claim(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[:4] {
		if err := l.giveBack(t.Context(), []returned{{r, start.Add(8 * time.Hour).Unix()}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(t, l, &op{intent: rows[5]}); err != nil {
		t.Fatal(err)
	}
	if err := write(t, l, &op{outcome: &outcome{row: rows[5], Delivery: Delivery{State: Accepted}}}); err != nil {
		t.Fatal(err)
	}
	refused := &outcome{row: rows[4], Delivery: Delivery{State: Deferred, Tries: 1, Code: 451, Reason: "later"}, due: start.Add(8 * time.Hour).Unix()}
	if err := write(t, l, &op{outcome: refused}); err != nil {
		t.Fatal(err)
	}
	if s, err := d.send(); err != nil || counted(s) != "6: 1 already 4 accepted 1 pending 1 deferred" || d.passed > time.Minute {
		t.Errorf("%s after %v, %v", counted(s), d.passed, err)
	}
	if err := l.verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWindowSend: outside of the send window nothing goes out. A run that is not to
// stay ends, and says when it goes on; one that is waits.
func TestWindowSend(t *testing.T) {
	for _, stay := range []bool{false, true} {
		t.Run(fmt.Sprint("stay ", stay), func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{})
			d := newDesk(t, 5, server)
			window, err := ParseWindow("mon-fri 08:00-20:00")
			if err != nil {
				t.Fatal(err)
			}
			opens := start.Add(2 * time.Hour)
			var told []Wait
			d.options.Window, d.options.Stay = window, stay
			d.options.Waiting = func(w Wait) { told = append(told, w) }
			s, err := d.send()
			if stay {
				if err != nil || counted(s) != "5: 5 accepted" || d.passed != 2*time.Hour || len(told) != 1 || !told[0].Until.Equal(opens) {
					t.Errorf("%s, error %v, after %v, told %v", counted(s), err, d.passed, told)
				}
				return
			}
			if err != nil || counted(s) != "5: 5 pending" || s.Wait == nil || !s.Wait.Until.Equal(opens) || s.Wait.Reason != windowReason {
				t.Errorf("%s, error %v, wait %v", counted(s), err, s.Wait)
			}
			d.passed = 2 * time.Hour
			if s, err := d.send(); err != nil || counted(s) != "5: 5 accepted" || s.Wait != nil {
				t.Errorf("%s, error %v, wait %v", counted(s), err, s.Wait)
			}
		})
	}
}

// TestWindowCloses: when the window closes in the middle, the rest waits.
func TestWindowCloses(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 20, server)
	d.options.Window, _ = ParseWindow("06:00-06:01")
	d.options.Relays = []Relay{{SMTP: mailConfig(server), Connections: 1, Rate: 0.25}}
	s, err := d.send()
	if err != nil || counted(s) != "20: 15 accepted 5 pending" || s.Wait == nil || !s.Wait.Until.Equal(start.AddDate(0, 0, 1)) {
		t.Errorf("%s, error %v, wait %v", counted(s), err, s.Wait)
	}
	d.passed = 24 * time.Hour
	if s, err := d.send(); err != nil || counted(s) != "20: 15 already 5 accepted" {
		t.Errorf("%s, error %v", counted(s), err)
	}
	once(t, server, 20)
}

// TestWarmup: a relay gets so many messages a day, whatever number of runs sends
// them, and nobody is sent twice. When the plan is over, it gets all.
func TestWarmup(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 300, server)
	d.options.Connections = 0
	d.options.Relays = []Relay{{Name: "new", SMTP: mailConfig(server), Connections: 2,
		Warmup: &Warmup{Start: start, Plan: []int{20, 100}}}}
	sent := 0
	for _, run := range []struct {
		passed time.Duration
		want   int
		until  time.Time
	}{
		{0, 20, start.Add(18 * time.Hour)},
		{time.Hour, 0, start.Add(18 * time.Hour)},
		{19 * time.Hour, 100, start.Add(42 * time.Hour)},
		{43 * time.Hour, 180, time.Time{}},
	} {
		d.passed = run.passed
		s, err := d.send()
		if err != nil || s.Accepted != run.want || s.Already != sent {
			t.Errorf("after %v: %s, error %v; want %d", run.passed, counted(s), err, run.want)
		}
		sent += run.want
		if (s.Wait == nil) != run.until.IsZero() || s.Wait != nil && (!s.Wait.Until.Equal(run.until) || !strings.Contains(s.Wait.Reason, "relay new has had the")) {
			t.Errorf("after %v: wait %v, want %v", run.passed, s.Wait, run.until)
		}
	}
	once(t, server, 300)
}

// TestWarmupOther: what is too much for the new relay the trusted one takes.
func TestWarmupOther(t *testing.T) {
	fresh, trusted := mailtest.Start(t, mailtest.Options{}), mailtest.Start(t, mailtest.Options{})
	d := newDesk(t, 100, fresh)
	d.options.Relays = []Relay{
		{Name: "new", SMTP: mailConfig(fresh), Connections: 1, Warmup: &Warmup{Start: start, Plan: []int{30}}},
		{Name: "old", SMTP: mailConfig(trusted), Connections: 1, Priority: 1},
	}
	if s, err := d.send(); err != nil || counted(s) != "100: 100 accepted" {
		t.Fatal(counted(s), err)
	}
	if one, two := len(fresh.Messages()), len(trusted.Messages()); one != 30 || two != 70 {
		t.Errorf("%d by the new relay, %d by the other", one, two)
	}
}

func TestWarmupDays(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	w := &Warmup{Start: time.Date(2021, 11, 6, 0, 0, 0, 0, time.UTC), Plan: []int{10, 20, 30}}
	for at, want := range map[string]string{
		"2021-11-01T12:00:00-04:00": "10 true, tomorrow 2021-11-02T00:00:00-04:00",
		"2021-11-06T23:59:59-04:00": "10 true, tomorrow 2021-11-07T00:00:00-04:00",
		"2021-11-07T00:00:00-04:00": "20 true, tomorrow 2021-11-08T00:00:00-05:00", // a day of 25 hours
		"2021-11-07T23:30:00-05:00": "20 true, tomorrow 2021-11-08T00:00:00-05:00",
		"2021-11-08T00:00:00-05:00": "30 true, tomorrow 2021-11-09T00:00:00-05:00",
		"2021-11-09T00:00:00-05:00": "0 false, tomorrow 2021-11-10T00:00:00-05:00",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		n, limited := w.allowed(now.In(zone))
		if got := fmt.Sprint(n, limited, ", tomorrow ", tomorrow(now.In(zone)).Format(time.RFC3339)); strings.ReplaceAll(got, " ,", ",") != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}
