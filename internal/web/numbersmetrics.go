package web

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/medigy/newsdesk/internal/numbers"
)

// NumbersMetrics are what /metrics tells of the database: a prometheus.Collector.
// They are counted when somebody asks, but not again within freshFor, nor so often
// that it takes more than a fiftieth of the time: a million subscribers take a
// while.
type NumbersMetrics struct {
	read func(context.Context) (*numbers.Totals, error)
	now  func() time.Time
	log  *slog.Logger

	mu     sync.Mutex
	totals *numbers.Totals
	until  time.Time // when they are counted again
}

const (
	freshFor   = time.Minute
	countShare = 50
	countLimit = time.Minute // to count at all
)

// NewNumbersMetrics gives metrics that read what they tell. Log is told of what can't
// be counted; nil is none.
func NewNumbersMetrics(read func(context.Context) (*numbers.Totals, error), now func() time.Time, log *slog.Logger) *NumbersMetrics {
	return &NumbersMetrics{read: read, now: now, log: cmp.Or(log, slog.New(slog.DiscardHandler))}
}

var (
	subscribersDesc  = prometheus.NewDesc("newsdesk_subscribers", "Subscribers by state, some minutes old at most.", []string{"state"}, nil)
	topicDesc        = prometheus.NewDesc("newsdesk_topic_subscribers", "Active subscribers who chose a topic; * chose none, and get all.", []string{"topic"}, nil)
	bouncesDesc      = prometheus.NewDesc("newsdesk_bounces_total", "Mails that came back or were refused: hard (the address is dead), soft (not taken for now).", []string{"kind"}, nil)
	complaintsDesc   = prometheus.NewDesc("newsdesk_complaints_total", "Subscribers who called it spam.", nil, nil)
	unsubscribesDesc = prometheus.NewDesc("newsdesk_unsubscribes_total", "Subscribers who left.", nil, nil)
	lettersDesc      = prometheus.NewDesc("newsdesk_letters_queued", "Letters to one person (to confirm, welcome, …) that are not sent yet.", nil, nil)
	oldestDesc       = prometheus.NewDesc("newsdesk_letters_oldest_seconds", "How long the oldest of them waits.", nil, nil)
	deliveriesDesc   = prometheus.NewDesc("newsdesk_edition_deliveries", "Deliveries of the edition that was frozen last, by state.", []string{"digest", "state"}, nil)
	limitDesc        = prometheus.NewDesc("newsdesk_limit_until_timestamp_seconds", "What slows or stops the sending now, with the time when that is over: a relay, a domain, the send window.", []string{"limit"}, nil)
	acceptedDesc     = prometheus.NewDesc("newsdesk_edition_last_accepted_timestamp_seconds", "When a mail server last took over a message of that edition.", []string{"digest"}, nil)
)

// Describe implements prometheus.Collector.
func (m *NumbersMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{subscribersDesc, topicDesc, bouncesDesc, complaintsDesc, unsubscribesDesc, lettersDesc, oldestDesc, deliveriesDesc, acceptedDesc, limitDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Without the database there are no
// subscribers in it, rather than none of each state.
func (m *NumbersMetrics) Collect(to chan<- prometheus.Metric) {
	t, err := m.count()
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		m.log.Warn("the numbers for /metrics can't be counted", "error", err)
		return
	}
	put := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	for state, n := range t.Audience.States {
		put(subscribersDesc, gauge, float64(n), string(state))
	}
	for topic, n := range t.Audience.Topics {
		put(topicDesc, gauge, float64(n), cmp.Or(topic, "*"))
	}
	put(bouncesDesc, counter, float64(t.Ever.Bounced), "hard")
	put(bouncesDesc, counter, float64(t.Ever.Soft), "soft")
	put(complaintsDesc, counter, float64(t.Ever.Complained))
	put(unsubscribesDesc, counter, float64(t.Ever.Unsubscribed))
	put(lettersDesc, gauge, float64(t.Queued))
	put(oldestDesc, gauge, t.Oldest.Seconds())
	for name, until := range t.Limits {
		put(limitDesc, gauge, float64(until.Unix()), name)
	}
	for _, e := range t.Last {
		for state, n := range map[string]int{"accepted": e.Accepted, "failed": e.Failed, "uncertain": e.Uncertain, "skipped": e.Skipped,
			"deferred": e.Deferred, "pending": e.Pending - e.Deferred} {
			put(deliveriesDesc, gauge, float64(n), e.Digest, state)
		}
		if !e.LastAccepted.IsZero() {
			put(acceptedDesc, gauge, float64(e.LastAccepted.Unix()), e.Digest)
		}
	}
}

func (m *NumbersMetrics) count() (*numbers.Totals, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	begun := m.now()
	if m.totals != nil && begun.Before(m.until) {
		return m.totals, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), countLimit)
	defer cancel()
	totals, err := m.read(ctx)
	if err == nil {
		m.totals, m.until = totals, begun.Add(max(freshFor, countShare*m.now().Sub(begun)))
	}
	return totals, err
}

// Handler serves /metrics to clients of these networks: the numbers, and those of
// the process.
func (m *NumbersMetrics) Handler(allowed []netip.Prefix) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	page := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || r.URL.Path != "/metrics" || !slices.ContainsFunc(allowed, func(p netip.Prefix) bool { return p.Contains(client.Addr().Unmap()) }) {
			http.NotFound(w, r)
			return
		}
		page.ServeHTTP(w, r)
	})
}
