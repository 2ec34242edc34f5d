package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

// login sends a password from an address, "" for none.
func login(p *Preview, remote, password string, forwarded ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://localhost"+w40, nil)
	r.RemoteAddr = remote
	for _, hop := range forwarded {
		r.Header.Add("X-Forwarded-For", hop)
	}
	if password != "" {
		r.SetBasicAuth("ada", password)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func TestWrongPasswordsAreThrottled(t *testing.T) {
	s := newSite(t)
	s.access.Password = "right"
	s.access.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	p := s.loaded()
	want := func(code int, w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != code {
			t.Errorf("%d, want %d", w.Code, code)
		}
	}
	const guesser, other = "198.51.100.7:9", "198.51.100.8:9"
	for range 20 {
		want(http.StatusUnauthorized, login(p, guesser, "")) // browsers ask without one first
	}
	for range freeMisses + 1 {
		want(http.StatusUnauthorized, login(p, guesser, "wrong"))
	}
	waits := []time.Duration{}
	for range 12 {
		w := login(p, guesser, "wrong")
		want(http.StatusTooManyRequests, w)
		seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
		if err != nil || seconds < 1 {
			t.Fatalf("Retry-After: %q", w.Header().Get("Retry-After"))
		}
		wait := time.Duration(seconds) * time.Second
		waits = append(waits, wait)
		want(http.StatusTooManyRequests, login(p, guesser, "right")) // it is not looked at
		want(http.StatusOK, login(p, other, "right"))
		s.now = s.now.Add(wait)
		want(http.StatusUnauthorized, login(p, guesser, "wrong"))
	}
	if waits[0] != time.Second || waits[3] != 8*time.Second || waits[11] != longest {
		t.Errorf("waits %v", waits)
	}
	s.now = s.now.Add(longest)
	want(http.StatusOK, login(p, guesser, "right"))
	want(http.StatusUnauthorized, login(p, guesser, "wrong")) // begins anew

	// Behind a proxy it is the one that it names, and not what others wrote; of IPv6
	// the network counts.
	for i := range 2 * freeMisses {
		login(p, "10.0.0.1:9", "wrong", "192.0.2."+strconv.Itoa(i)+", 203.0.113.5")
		login(p, "[2001:db8:0:"+strconv.Itoa(i)+"::1]:9", "wrong")
	}
	want(http.StatusTooManyRequests, login(p, "10.0.0.1:9", "right", "203.0.113.5"))
	want(http.StatusOK, login(p, "10.0.0.1:9", "right", "203.0.113.6"))
	want(http.StatusTooManyRequests, login(p, "[2001:db8:0:ff::1]:9", "right"))
	want(http.StatusOK, login(p, "[2001:db8:1::ff]:9", "right"))
}

// However many addresses guess, memory has its bound, and the newest are known.
func TestThrottleForgets(t *testing.T) {
	now := time.Date(2021, 10, 4, 0, 0, 0, 0, time.UTC)
	th := &throttle{now: func() time.Time { return now }}
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range mostMisses + 10 {
		now = now.Add(time.Millisecond)
		th.try(at(i), false)
	}
	if len(th.by) > mostMisses || th.by[at(mostMisses+9)] == nil || th.by[at(0)] != nil {
		t.Errorf("%d are kept", len(th.by))
	}
	now = now.Add(2 * forgotten)
	th.try(at(0), false)
	if len(th.by) != 1 {
		t.Errorf("%d are kept after two hours", len(th.by))
	}
}
