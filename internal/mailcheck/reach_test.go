package mailcheck

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func TestReach(t *testing.T) {
	mux := http.NewServeMux()
	var mu sync.Mutex
	asked := map[string]int{}
	mux.HandleFunc("/good", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) })
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Method+" "+r.URL.Path]++
		mu.Unlock()
		if r.UserAgent() != "newsdesk" {
			t.Errorf("%s is asked for by %q", r.URL, r.UserAgent())
		}
		mux.ServeHTTP(w, r)
	}))
	defer server.Close()
	var body strings.Builder
	for _, path := range []string{"good", "moved", "circle", "get", "login", "broken", "gone", "good", "mark"} {
		fmt.Fprintf(&body, "<a href=%q>x</a>\n", server.URL+"/"+path)
	}
	fmt.Fprintf(&body, "<img src=%q>\n<a href='mailto:a@example.org'>x</a><a href='ftp://127.0.0.1/'>x</a><a href='http://[::1'>x</a>", server.URL+"/image")
	m := Mail{HTML: []byte(body.String()), Marks: []string{server.URL + "/mark"}}
	got := reached(Reach{Agent: "newsdesk", Allow: net.IP.IsLoopback}, m, t)
	const want = "3 link-unreachable 5 link-guarded 6 link-unreachable 7 link-unreachable 10 link-unreachable"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// good is asked for once, and once more by moved; of a circle the sixth redirect
	// is the last.
	for request, want := range map[string]int{"HEAD /good": 2, "GET /good": 0, "HEAD /get": 1, "GET /get": 1, "HEAD /circle": 6, "HEAD /image": 1, "HEAD /mark": 0} {
		if asked[request] != want {
			t.Errorf("%s: %d times, want %d", request, asked[request], want)
		}
	}
}

// TestReachRefuses holds that a link can't reach the network that newsdesk runs
// in.
func TestReachRefuses(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	m := Mail{HTML: []byte(fmt.Sprintf("<a href=%q>x</a><a href='http://localhost:%s/'>x</a>", server.URL, port))}
	if got := reached(Reach{Agent: "newsdesk"}, m, t); asked || got != "1 link-unreachable 1 link-unreachable" {
		t.Errorf("asked: %v, %s", asked, got)
	}
}

func reached(r Reach, m Mail, t *testing.T) string {
	var got []string
	for _, f := range r.Links(t.Context(), m) {
		got = append(got, fmt.Sprint(f.Line, " ", f.Kind))
	}
	return strings.Join(got, " ")
}

// An address that a gateway turns into one of the own network is one.
func TestPrivate(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "169.254.169.254": true, "100.64.0.1": true, "0.0.0.0": true,
		"::1": true, "::": true, "fe80::1": true, "fd00:ec2::254": true,
		"::ffff:127.0.0.1": true, "::127.0.0.1": true, "64:ff9b::a9fe:a9fe": true, "64:ff9b::7f00:1": true, "2002:7f00:1::": true, "2002:a00:1::1": true,
		"localhost": true, "printer": true, "metadata.google.internal.": true,
		"192.0.2.1": false, "2001:db8::1": false, "64:ff9b::c000:201": false, "2002:c000:201::": false, "example.org": false,
	} {
		if got := private(host); got != want {
			t.Errorf("private(%q) = %v", host, got)
		}
	}
}
