package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serverMetrics are what /metrics tells.
type serverMetrics struct {
	page           http.Handler
	requests       *prometheus.CounterVec
	usual          map[int]prometheus.Counter // of requests, by status: found without making a label
	duration       prometheus.Histogram
	builds, failed prometheus.Counter
	pings          *prometheus.CounterVec
	pending        prometheus.Gauge
	lastFailed     prometheus.Gauge
	incomplete     prometheus.Gauge
}

func newServerMetrics(s *Server) *serverMetrics {
	m := &serverMetrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_http_requests_total", Help: "Requests answered, by status code."}, []string{"code"}),
		usual: map[int]prometheus.Counter{},
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "newsdesk_http_request_duration_seconds", Help: "Time from a request's header to its answer's last byte.",
			Buckets: []float64{25e-6, 100e-6, 500e-6, 2.5e-3, 10e-3, 50e-3, 250e-3, 1, 5, 30}}),
		builds: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "newsdesk_builds_total", Help: "Builds since the start."}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "newsdesk_build_errors_total", Help: "Builds that failed; the output before them is served on."}),
		pings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_websub_pings_total", Help: "Feeds that WebSub hubs were told of, by result: ok, failed (after all tries)."}, []string{"result"}),
		pending: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "newsdesk_websub_pending", Help: "Changed feeds that WebSub hubs are to be told of still."}),
		lastFailed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "newsdesk_last_build_failed", Help: "1 while what is served is not what the last build should have made, or else 0."}),
		incomplete: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "newsdesk_last_build_incomplete", Help: "1 while what is served lacks articles with errors, which newsdesk check lists, or else 0."}),
	}
	m.pinged(0, 0, 0)
	for _, status := range []int{200, 206, 301, 304, 404, 405, 410, 412, 416, 503} {
		m.usual[status] = m.requests.WithLabelValues(strconv.Itoa(status))
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.duration, m.builds, m.failed, m.lastFailed, m.incomplete, m.pings, m.pending, partsMetrics{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(snapshotMetrics(s)...)
	m.page = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// snapshotMetrics are what /metrics tells of the output that is served.
func snapshotMetrics(s *Server) []prometheus.Collector {
	gauge := func(name, help string, value func(*outputSnapshot) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			if shown := s.shown.Load(); shown != nil {
				return value(shown)
			}
			return 0
		})
	}
	return []prometheus.Collector{
		gauge("newsdesk_snapshot_age_seconds", "Time since the output that is served was last looked at.",
			func(shown *outputSnapshot) float64 { return s.options.Now().Sub(shown.made).Seconds() }),
		gauge("newsdesk_snapshot_files", "Files that are served.",
			func(shown *outputSnapshot) float64 { return float64(len(shown.byName)) }),
		gauge("newsdesk_snapshot_bytes", "Their size without the compressed variants.",
			func(shown *outputSnapshot) float64 { return float64(shown.bytes) }),
	}
}

func (m *serverMetrics) request(status int, took time.Duration) {
	if c := m.usual[status]; c != nil {
		c.Inc()
	} else {
		m.requests.WithLabelValues(strconv.Itoa(status)).Inc()
	}
	m.duration.Observe(took.Seconds())
}

func (m *serverMetrics) built(err error, incomplete bool) {
	m.builds.Inc()
	if err != nil {
		m.failed.Inc()
		m.lastFailed.Set(1)
		return
	}
	m.lastFailed.Set(0)
	m.incomplete.Set(0)
	if incomplete {
		m.incomplete.Set(1)
	}
}

func (m *serverMetrics) pinged(accepted, failed, pending int) {
	m.pings.WithLabelValues("ok").Add(float64(accepted))
	m.pings.WithLabelValues("failed").Add(float64(failed))
	m.pending.Set(float64(pending))
}
