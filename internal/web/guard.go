package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// pagePolicy is the Content-Security-Policy of the page and of all that is not
// mail: own files only, nothing inline, never in a frame.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mailPolicy is that of the mail: its inline styles and its images, and never a
// script. more are directives that differ.
func mailPolicy(more ...string) string {
	return strings.Join(append([]string{
		"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'",
	}, more...), "; ")
}

// guard refuses requests whose Host is not this machine and sets the headers
// that every answer has.
func guard(hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host, hosts) {
			http.Error(w, "The preview answers only to this machine: open http://localhost with its port.",
				http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// isLocal tells whether a Host header names this machine. A name that merely
// resolves to it does not: that is how a foreign page would get in.
func isLocal(host string, also []string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || slices.Contains(also, host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
