package web

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store/storetest"
)

// TestNewsletterMetrics signs up and looks at /metrics, where subscribers are
// counted again after a minute.
func TestNewsletterMetrics(t *testing.T) {
	storetest.Each(t, func(t *testing.T, address string) {
		o := open(t, address, func(o *NewsletterOptions) { o.PerHour = 3 })
		o.server.parts.Load().Metrics = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
		page := func() string {
			w := httptest.NewRecorder() // from 192.0.2.1
			o.server.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
			return w.Body.String()
		}
		want := func(lines ...string) {
			t.Helper()
			got := page()
			for _, line := range lines {
				if !strings.Contains(got, line+"\n") {
					t.Errorf("/metrics has no %s", line)
				}
			}
		}
		want(`newsdesk_subscribers{state="active"} 0`, `newsdesk_signups_total{result="taken"} 0`)
		s := o.add("jane@example.org")
		o.add("joe@example.org")
		if err := o.desk.Unsubscribe(t.Context(), o.token(s, audience.Unsubscribe), ""); err != nil {
			t.Fatal(err)
		}
		o.want(o.subscribe("new@example.org"), 200, "Look into your inbox")
		o.want(o.subscribe("none"), 422, "Please check the address")
		o.want(o.subscribe("robot@example.org", "website", "https://spam.example"), 200, "Look into your inbox")
		o.want(o.subscribe("more@example.org"), 429, "too many requests")
		o.sleep(10 * time.Minute)
		want(`newsdesk_subscribers{state="active"} 1`, `newsdesk_topic_subscribers{topic="*"} 1`, `newsdesk_unsubscribes_total 1`,
			`newsdesk_bounces_total{kind="soft"} 0`, `newsdesk_complaints_total 0`, `newsdesk_subscribers{state="unsubscribed"} 1`, `newsdesk_subscribers{state="erased"} 0`,
			`newsdesk_signups_total{result="taken"} 1`, `newsdesk_signups_total{result="refused"} 2`, `newsdesk_signups_total{result="limited"} 1`)
		if problems, err := promlint.New(strings.NewReader(page())).Lint(); err != nil || len(problems) > 0 {
			t.Errorf("/metrics: %v, %v", problems, err)
		}
	})
}
