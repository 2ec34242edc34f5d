package web

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/medigy/newsdesk/internal/audience"
)

// newsletterMetrics are what /metrics tells of the newsletter. Subscribers are
// counted when somebody asks, but not again within freshFor: a million take the
// database a while, in which nobody can sign up.
type newsletterMetrics struct {
	signups     *prometheus.CounterVec
	subscribers *prometheus.Desc

	mu     sync.Mutex
	counts map[audience.State]int
	at     time.Time // of counts
}

const freshFor = time.Minute

func newNewsletterMetrics() *newsletterMetrics {
	m := &newsletterMetrics{
		signups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_signups_total", Help: "Forms to subscribe, by what came of them: taken, refused (something is wrong with it), limited (too many from one network)."}, []string{"result"}),
		subscribers: prometheus.NewDesc("newsdesk_subscribers", "Subscribers by state, a minute old at most.", []string{"state"}, nil),
	}
	for _, result := range []string{"taken", "refused", "limited"} {
		m.signups.WithLabelValues(result)
	}
	return m
}

// Describe implements prometheus.Collector.
func (n *Newsletter) Describe(to chan<- *prometheus.Desc) {
	n.metrics.signups.Describe(to)
	to <- n.metrics.subscribers
}

// Collect implements prometheus.Collector. Without the database there are no
// subscribers in it, rather than none of each state.
func (n *Newsletter) Collect(to chan<- prometheus.Metric) {
	n.metrics.signups.Collect(to)
	counts, err := n.countSubscribers()
	if err != nil {
		n.Log.Warn("subscribers can't be counted", "error", err)
		return
	}
	for state, count := range counts {
		to <- prometheus.MustNewConstMetric(n.metrics.subscribers, prometheus.GaugeValue, float64(count), string(state))
	}
}

func (n *Newsletter) countSubscribers() (map[audience.State]int, error) {
	m := n.metrics
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts != nil && n.Now().Sub(m.at) < freshFor {
		return m.counts, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := audience.CountStates(ctx, n.Desk.DB)
	if err == nil {
		m.counts, m.at = counts, n.Now()
	}
	return counts, err
}
