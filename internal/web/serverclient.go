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

// client is the address that a request is from; see clientOf.
func (s *Server) client(r *http.Request) (address netip.Addr, known bool) {
	return clientOf(r, s.parts.Load().Trusted)
}

// clientOf is the address that a request is from. A trusted proxy is believed whom
// it names as its peer, the last in X-Forwarded-For, who may be another such
// proxy; what is before the first that is not trusted, anybody can have written.
// The address is not valid for a peer on a Unix socket that names nobody. Where a
// proxy names somebody by no address, it is the proxy's, and known is false.
func clientOf(r *http.Request, trusted []netip.Prefix) (address netip.Addr, known bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	address = peer.Addr().Unmap()
	if err == nil && !within(trusted, address) || len(r.Header["X-Forwarded-For"]) == 0 {
		return address, true
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := parseHop(strings.TrimSpace(hop))
		if err != nil {
			return address, false
		}
		if address = next.Unmap(); !within(trusted, address) {
			break
		}
	}
	return address, true
}

// parseHop reads an address; some proxies write brackets or a port, too.
func parseHop(text string) (netip.Addr, error) {
	if hop, err := netip.ParseAddrPort(text); err == nil {
		return hop.Addr(), nil
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	return netip.ParseAddr(text)
}

func within(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(address) })
}

// mayMeasure tells whether a request is from one that /metrics is for. Who
// reaches a Unix socket without a proxy is on this machine.
func (s *Server) mayMeasure(r *http.Request) bool {
	address, known := s.client(r)
	return known && (!address.IsValid() || within(s.parts.Load().Metrics, address))
}

// logAccess logs a request that was answered by p: only they know which paths have a
// token.
func (s *Server) logAccess(p *parts, r *http.Request, status int, size int64, took time.Duration) {
	client := "unix"
	if address, _ := s.client(r); address.IsValid() {
		client = address.String()
	}
	path := r.URL.Path
	if n := p.Newsletter; n != nil {
		path = n.withoutToken(path)
	}
	s.options.Access.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("client", client), slog.String("method", r.Method), slog.String("path", path),
		slog.Int("status", status), slog.Int64("bytes", size), slog.Duration("took", took),
		slog.String("agent", r.UserAgent()))
}
