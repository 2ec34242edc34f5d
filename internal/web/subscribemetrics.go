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

// Describe implements prometheus.Collector.
func (n *Newsletter) Describe(to chan<- *prometheus.Desc) {
	n.metrics.signups.Describe(to)
	n.metrics.numbers.Describe(to)
}

// Collect implements prometheus.Collector.
func (n *Newsletter) Collect(to chan<- prometheus.Metric) {
	n.metrics.signups.Collect(to)
	n.metrics.numbers.Collect(to)
}

// totals counts by the newsletter's own database.
func (n *Newsletter) totals(ctx context.Context) (*numbers.Totals, error) {
	return numbers.NewTotals(ctx, n.Desk.DB, n.Now())
}
