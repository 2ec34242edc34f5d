package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
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

// Access says who may use the page beside those on this machine. Without a
// password and a header nobody else may, and those here need none.
type Access struct {
	Hosts    []string // host names answered to beside localhost and loopback addresses
	Password string   // asked for by HTTP Basic (RFC 7617), with any name

	// Header names the editor, as a proxy sets it that has asked for a password
	// itself: "X-Forwarded-User". It counts only from Proxies.
	Header  string
	Proxies []netip.Prefix

	// Key signs the tokens of forms; it is this process' own.
	Key []byte
}

// guard refuses requests whose Host is not this machine's, whose editor is not
// known, and those of other sites, and sets the headers that every answer has.
func (a Access) guard(next http.Handler, guesses *throttle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		if !isLocal(r.Host, a.Hosts) {
			http.Error(w, "The desk answers only to names it knows: open http://localhost with its port, or add this name to desk.hosts.",
				http.StatusMisdirectedRequest)
			return
		}
		if embedded(r) {
			http.Error(w, "The desk shows nothing inside another site's page. Open it in a window of its own.", http.StatusForbidden)
			return
		}
		if wait := a.guessed(r, guesses); wait > 0 {
			h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			http.Error(w, "The password was wrong too often. Wait "+wait.Round(time.Second).String()+", then try again.", http.StatusTooManyRequests)
			return
		}
		if _, ok := a.editor(r); !ok {
			h.Set("WWW-Authenticate", `Basic realm="newsdesk", charset="UTF-8"`)
			http.Error(w, "The desk wants its password.", http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !a.own(r) {
			http.Error(w, "This did not come from the desk's own page. Reload the page and try again.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guessed notes whether a request brought the right password, and tells how long its
// address has to wait before one is looked at.
func (a Access) guessed(r *http.Request, guesses *throttle) time.Duration {
	if _, _, given := r.BasicAuth(); !given || a.Password == "" {
		return 0
	}
	_, right := a.editor(r)
	return guesses.try(guesser(r, a.Proxies), right)
}

// editor names who asks, "" if that is not known, and tells whether they may.
func (a Access) editor(r *http.Request) (name string, ok bool) {
	if a.Header != "" && fromProxy(r, a.Proxies) {
		if name := oneLine(r.Header.Get(a.Header)); name != "" {
			return name, true
		}
	}
	if a.Password != "" {
		name, password, given := r.BasicAuth()
		// Hashed, so that the comparison tells nothing of the length either.
		got, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(a.Password))
		return oneLine(name), given && subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	return "", a.Header == ""
}

func fromProxy(r *http.Request, proxies []netip.Prefix) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && within(proxies, at.Addr().Unmap())
}

// embedded tells whether another site's page asks for something, other than by a link
// that the editor follows. Such a page learns nothing from the answer; but it could have
// any number of segments rendered, hold streams open, and measure how long a search for
// a subscriber takes. Old browsers don't say (Fetch Metadata).
func embedded(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		link := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
		return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !link
	}
	return false
}

// own tells whether a request that changes something comes from the desk's page:
// browsers say where from (Fetch Metadata, Origin), and only the page has its
// token. A password does not protect from another site's form, for browsers add
// it by themselves.
func (a Access) own(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return false
		}
	}
	return hmac.Equal([]byte(r.Header.Get("X-Desk-Token")), []byte(a.token()))
}

// token is what the page sends with every change. Another site can neither read
// it nor set the header it is in.
func (a Access) token() string {
	m := hmac.New(sha256.New, a.Key)
	m.Write([]byte("desk"))
	return hex.EncodeToString(m.Sum(nil))
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
