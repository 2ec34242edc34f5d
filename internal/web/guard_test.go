package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnswersOnlyToThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost":                 true,
		"localhost:8025":            true,
		"LOCALHOST:8025":            true,
		"127.0.0.1:8025":            true,
		"127.0.0.2":                 true,
		"[::1]:8025":                true,
		"[::1]":                     true,
		"desk.medigy.example:8025":  true, // configured
		"":                          false,
		"evil.example":              false,
		"evil.example:8025":         false,
		"localhost.evil.example":    false,
		"127.0.0.1.evil.example:80": false,
		"192.168.1.5:8025":          false,
		"0.0.0.0:8025":              false,
		"2130706433":                false, // 127.0.0.1 as browsers once wrote it
	} {
		if got := isLocal(host, []string{"desk.medigy.example"}); got != want {
			t.Errorf("isLocal(%q) = %t, want %t", host, got, want)
		}
	}
	r := httptest.NewRequest("GET", "http://evil.example/", nil)
	w := httptest.NewRecorder()
	newSite(t).loaded().ServeHTTP(w, r)
	if w.Code != 421 || strings.Contains(w.Body.String(), "Medigy") {
		t.Errorf("evil.example is answered with %d: %s", w.Code, w.Body)
	}
}

func TestHeaders(t *testing.T) {
	p := newSite(t).loaded()
	for _, test := range []struct {
		url    string
		policy []string // what the Content-Security-Policy says, among other things
		never  []string
	}{
		{"/edition/2021-W40", []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"}, []string{"unsafe", "http"}},
		{"/edition/2021-W40/view.html", []string{"default-src 'none'", "img-src 'self'", "sandbox allow-same-origin allow-popups", "frame-ancestors 'self'"}, []string{"script"}},
		{"/edition/2021-W40/view.html?images=off", []string{"img-src 'none'"}, []string{"script", "https:"}},
		{"/edition/2021-W40/digest.html", []string{"default-src 'none'", "sandbox"}, []string{"script", "allow-same-origin"}},
		{"/images/queue.png", []string{"default-src 'none'", "sandbox"}, []string{"script"}},
		{"/assets/preview.js", []string{"default-src 'none'"}, nil},
	} {
		h := get(p, test.url).Header()
		policy := h.Get("Content-Security-Policy")
		for _, part := range test.policy {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %q: %s", test.url, part, policy)
			}
		}
		for _, part := range test.never {
			if strings.Contains(policy, part) {
				t.Errorf("%s: the policy has %q: %s", test.url, part, policy)
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", test.url, name, got, want)
			}
		}
	}
}
