package web

import (
	"net/http/httptest"
	"net/netip"
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
		{"/edition/weekly/2021-W40", []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"}, []string{"unsafe", "http"}},
		{"/edition/weekly/2021-W40/view.html", []string{"default-src 'none'", "img-src 'self'", "sandbox allow-same-origin allow-popups", "frame-ancestors 'self'"}, []string{"script"}},
		{"/edition/weekly/2021-W40/view.html?images=off", []string{"img-src 'none'"}, []string{"script", "https:"}},
		{"/edition/weekly/2021-W40/digest.html", []string{"default-src 'none'", "sandbox"}, []string{"script", "allow-same-origin"}},
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

// What changes something must come from the desk's own page, by all that a
// browser tells of where it comes from.
func TestOnlyThePageChangesSomething(t *testing.T) {
	p := newSite(t).loaded()
	token := p.options.Access.token()
	for name, test := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"the page":              {map[string]string{"X-Desk-Token": token, "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8025"}, 200},
		"a program with token":  {map[string]string{"X-Desk-Token": token}, 200},
		"no token":              {map[string]string{"Sec-Fetch-Site": "same-origin"}, 403},
		"a wrong token":         {map[string]string{"X-Desk-Token": token[1:] + "0"}, 403},
		"another site":          {map[string]string{"X-Desk-Token": token, "Sec-Fetch-Site": "cross-site"}, 403},
		"another port":          {map[string]string{"X-Desk-Token": token, "Sec-Fetch-Site": "same-site", "Origin": "http://localhost:9000"}, 403},
		"another origin":        {map[string]string{"X-Desk-Token": token, "Origin": "https://evil.example"}, 403},
		"the mail in the frame": {map[string]string{"X-Desk-Token": token, "Origin": "null"}, 403},
	} {
		r := httptest.NewRequest("POST", w40, strings.NewReader("file=none&do=subject&value=x"))
		r.Host = "localhost:8025"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for key, value := range test.headers {
			r.Header.Set(key, value)
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, test.want, w.Body)
		}
	}
}

func TestAccess(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
	for name, test := range map[string]struct {
		access         Access
		user, password string
		header, remote string
		want           string // the editor's name; "-" if nobody may
	}{
		"nothing is asked":          {Access{}, "", "", "", "127.0.0.1:9", ""},
		"no password":               {Access{Password: "p"}, "", "", "", "127.0.0.1:9", "-"},
		"a wrong password":          {Access{Password: "p"}, "ada", "q", "", "127.0.0.1:9", "-"},
		"the password":              {Access{Password: "p"}, "ada", "p", "", "198.51.100.7:9", "ada"},
		"the proxy's header":        {Access{Header: "X-Forwarded-User", Proxies: proxies}, "", "", "bob", "192.0.2.1:9", "bob"},
		"no name for a terminal":    {Access{Password: "p"}, "a\x1b[2Jda\nroot", "p", "", "198.51.100.7:9", "a [2Jda root"},
		"somebody else's header":    {Access{Header: "X-Forwarded-User", Proxies: proxies}, "", "", "bob", "192.0.2.2:9", "-"},
		"the proxy without header":  {Access{Header: "X-Forwarded-User", Proxies: proxies}, "", "", "", "192.0.2.1:9", "-"},
		"header wrong, password ok": {Access{Header: "X-Forwarded-User", Proxies: proxies, Password: "p"}, "ada", "p", "bob", "192.0.2.2:9", "ada"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.remote
		r.Header.Set("X-Forwarded-User", test.header)
		if test.user != "" {
			r.SetBasicAuth(test.user, test.password)
		}
		got, ok := test.access.editor(r)
		if !ok {
			got = "-"
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	s := newSite(t)
	s.access.Password = "p"
	w := get(s.loaded(), w40)
	if w.Code != 401 || strings.Contains(w.Body.String(), "Medigy") || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("without the password: %d %.80s", w.Code, w.Body)
	}
}

// TestEmbedded: the page of another site may lead to the desk, and get nothing from it
// for itself.
func TestEmbedded(t *testing.T) {
	p := newSite(t).loaded()
	for _, test := range []struct {
		site, mode, dest string
		want             int
	}{
		{"", "", "", 200},
		{"none", "navigate", "document", 200},
		{"same-origin", "no-cors", "image", 200},
		{"same-origin", "cors", "empty", 200},
		{"cross-site", "navigate", "document", 200}, // a link in a mail or a chat
		{"same-site", "navigate", "document", 200},
		{"cross-site", "navigate", "iframe", 403},
		{"cross-site", "no-cors", "image", 403},
		{"cross-site", "no-cors", "script", 403},
		{"cross-site", "cors", "empty", 403},   // fetch, EventSource
		{"same-site", "no-cors", "empty", 403}, // another port of this machine
		{"cross-site", "", "", 403},
	} {
		for _, path := range []string{w40 + "?topics=a", w40 + "/readers?q=jane@example.org", "/assets/preview.js"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = "localhost:8025"
			r.Header.Set("Sec-Fetch-Site", test.site)
			r.Header.Set("Sec-Fetch-Mode", test.mode)
			r.Header.Set("Sec-Fetch-Dest", test.dest)
			w := httptest.NewRecorder()
			p.ServeHTTP(w, r)
			if (w.Code == 403) != (test.want == 403) {
				t.Errorf("%s for %+v: %d", path, test, w.Code)
			}
		}
	}
}

// TestSelectionKeys: no name of a topic or a language makes one selection of another.
func TestSelectionKeys(t *testing.T) {
	seen := map[string]string{}
	for _, query := range []string{"", "topics=a,b", "topics=a%0Ab", "topics=a&topics=b%0A%0A", "language=a%0Ab", "language=a&topics=b", "language=a%22+%22b"} {
		key := askedFor(httptest.NewRequest("GET", "/?"+query, nil)).String()
		if other, ok := seen[key]; ok && !(other == "topics=a,b" && query == "topics=a&topics=b%0A%0A") {
			t.Errorf("%s is kept as %s", query, other)
		}
		seen[key] = query
	}
}
