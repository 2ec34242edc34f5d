package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// client is the address that a request is from. A trusted proxy is believed whom
// it names as its peer, the last in X-Forwarded-For, who may be another such
// proxy; what is before the first that is not trusted, anybody can have written.
// The address is not valid for a peer on a Unix socket that names nobody.
func (s *Server) client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	address := peer.Addr().Unmap()
	if err == nil && !within(s.options.Trusted, address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if address = next.Unmap(); !within(s.options.Trusted, address) {
			break
		}
	}
	return address
}

func within(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(address) })
}

// mayMeasure tells whether a request is from one that /metrics is for. Who
// reaches a Unix socket without a proxy is on this machine.
func (s *Server) mayMeasure(r *http.Request) bool {
	address := s.client(r)
	return !address.IsValid() || within(s.options.Metrics, address)
}

func (s *Server) logAccess(r *http.Request, status int, size int64, took time.Duration) {
	client := "unix"
	if address := s.client(r); address.IsValid() {
		client = address.String()
	}
	s.options.Access.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("client", client), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", status), slog.Int64("bytes", size), slog.Duration("took", took),
		slog.String("agent", r.UserAgent()))
}
