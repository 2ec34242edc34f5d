package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/numbers"
)

// TestNumbersMetrics looks at what newsdesk work serves: who may see it, how often
// it counts, and what it tells when it can't.
func TestNumbersMetrics(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	counted := 0
	var broken error
	m := NewNumbersMetrics(func(context.Context) (*numbers.Totals, error) {
		counted++
		now = now.Add(2 * time.Second) // which is how long a million subscribers take
		last := numbers.Edition{Digest: "weekly", Accepted: 5, Pending: 3, Deferred: 1, LastAccepted: time.Unix(1_600_000_000, 0)}
		return &numbers.Totals{
			Audience: audience.Stats{States: map[audience.State]int{audience.Active: 7}, Topics: map[string]int{"": 4, "ai": 3}},
			Ever:     numbers.Events{Bounced: 2, Soft: 3, Complained: 1}, Queued: 1, Oldest: 90 * time.Second, Last: []numbers.Edition{last},
			Limits: map[string]time.Time{"domain gmail.com": time.Unix(1_700_000_600, 0)},
		}, broken
	}, func() time.Time { return now }, nil)
	page := m.Handler([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	get := func(client, path string) (int, string) {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = client + ":1234"
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, _ := get("198.51.100.1", "/metrics"); code != 404 {
		t.Errorf("a stranger: %d", code)
	}
	if code, _ := get("192.0.2.7", "/"); code != 404 {
		t.Errorf("another path: %d", code)
	}
	_, text := get("192.0.2.7", "/metrics")
	for _, line := range []string{
		`newsdesk_subscribers{state="active"} 7`, `newsdesk_topic_subscribers{topic="ai"} 3`, `newsdesk_topic_subscribers{topic="*"} 4`,
		`newsdesk_bounces_total{kind="hard"} 2`, `newsdesk_bounces_total{kind="soft"} 3`, `newsdesk_complaints_total 1`,
		`newsdesk_letters_queued 1`, `newsdesk_letters_oldest_seconds 90`,
		`newsdesk_edition_deliveries{digest="weekly",state="accepted"} 5`, `newsdesk_edition_deliveries{digest="weekly",state="pending"} 2`,
		`newsdesk_limit_until_timestamp_seconds{limit="domain gmail.com"} 1.7000006e+09`,
		`newsdesk_edition_last_accepted_timestamp_seconds{digest="weekly"} 1.6e+09`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no %s in\n%s", line, text)
		}
	}
	if problems, err := promlint.New(strings.NewReader(text)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	now = now.Add(90 * time.Second) // more than a minute, but less than fifty times what it took
	if get("192.0.2.7", "/metrics"); counted != 1 {
		t.Errorf("counted %d times", counted)
	}
	now, broken = now.Add(10*time.Second), errors.New("no database")
	if code, text := get("192.0.2.7", "/metrics"); code != 200 || counted != 2 || strings.Contains(text, "newsdesk_") {
		t.Errorf("counted %d times, status %d\n%s", counted, code, text)
	}
}
