package web

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Only what a trusted proxy says is believed, and of it the last address that is
// no such proxy. /metrics is for loopback here.
func TestClient(t *testing.T) {
	loopback, inner := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")
	s, err := NewServer(ServerOptions{Now: time.Now, Trusted: []netip.Prefix{loopback, inner}, Metrics: []netip.Prefix{loopback}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		peer, forwarded, want string
		metrics               bool
	}{
		{"192.0.2.1:5", "", "192.0.2.1", false},
		{"192.0.2.1:5", "127.0.0.1", "192.0.2.1", false},
		{"127.0.0.1:5", "", "127.0.0.1", true},
		{"[::ffff:127.0.0.1]:5", "", "127.0.0.1", true},
		{"127.0.0.1:5", "192.0.2.1", "192.0.2.1", false},
		{"127.0.0.1:5", "127.0.0.1, 192.0.2.1", "192.0.2.1", false},
		{"127.0.0.1:5", "192.0.2.1, 10.0.0.1", "192.0.2.1", false},
		{"127.0.0.1:5", "nonsense, 10.0.0.1", "10.0.0.1", false},
		{"127.0.0.1:5", "nonsense", "127.0.0.1", false},
		{"127.0.0.1:5", "127.0.0.1,", "127.0.0.1", false},
		{"@", "unknown", "invalid IP", false},
		{"127.0.0.1:5", "127.0.0.1, 192.0.2.1:4711", "192.0.2.1", false},
		{"127.0.0.1:5", "[2001:db8::1]:4711", "2001:db8::1", false},
		{"127.0.0.1:5", "[2001:db8::1]", "2001:db8::1", false},
		{"127.0.0.1:5", "2001:db8::1", "2001:db8::1", false},
		{"[2001:db8::1]:5", "127.0.0.1", "2001:db8::1", false},
		{"@", "", "invalid IP", true},
		{"@", "2001:db8::1", "2001:db8::1", false},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = test.peer
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got, _ := s.client(r); got.String() != test.want || s.mayMeasure(r) != test.metrics {
			t.Errorf("%s for %q is %s, metrics %t; want %s, %t", test.peer, test.forwarded, got, s.mayMeasure(r), test.want, test.metrics)
		}
	}
}

func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	v := serveOutput(t, ServerOptions{Access: slog.New(slog.NewTextHandler(&log, nil))}).loaded(t)
	v.ask(t, "GET", "/none%0Aforged", "User-Agent: a\tb")
	v.stop()
	<-v.ended
	for _, want := range []string{"client=127.0.0.1 method=GET", `path="/none\nforged"`, "status=404", `agent="a\tb"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %s: %s", want, &log)
		}
	}
}
