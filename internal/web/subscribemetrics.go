package web

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/medigy/newsdesk/internal/numbers"
)

// newsletterMetrics are what /metrics tells of the newsletter.
type newsletterMetrics struct {
	signups *prometheus.CounterVec
	numbers *NumbersMetrics
}

func newNewsletterMetrics(n *Newsletter) *newsletterMetrics {
	m := &newsletterMetrics{
		signups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_signups_total", Help: "Forms to subscribe, by what came of them: taken, refused (something is wrong with it), limited (too many from one network)."}, []string{"result"}),
		numbers: NewNumbersMetrics(n.Totals, n.Now, n.Log),
	}
	for _, result := range []string{"taken", "refused", "limited"} {
		m.signups.WithLabelValues(result)
	}
	return m
}

// succeed goes on counting where the newsletter before it was: forms for /metrics, and,
// if the limit is the same, those of each network.
func (n *Newsletter) succeed(old *Newsletter) {
	n.metrics.signups = old.metrics.signups
	if n.PerHour == old.PerHour {
		n.accept = old.accept
	}
}

// Collect tells /metrics.
func (n *Newsletter) Collect(to chan<- prometheus.Metric) {
	n.metrics.signups.Collect(to)
	n.metrics.numbers.Collect(to)
}

// totals counts by the newsletter's own database.
func (n *Newsletter) totals(ctx context.Context) (*numbers.Totals, error) {
	return numbers.NewTotals(ctx, n.Desk.DB, n.Now())
}
