package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/words"
)

// FuzzClient holds that who is no trusted proxy can't say who it is, and that what a
// proxy passes on of a client's own words does not count.
func FuzzClient(f *testing.F) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	s, err := NewServer(ServerOptions{Now: time.Now, Trusted: proxies, Metrics: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "127.0.0.1", "127.0.0.1, 10.0.0.9", "::ffff:127.0.0.1", "[::1]:80, x", "fe80::1%eth0", ",,", "10.0.0.1,10.0.0.2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, forwarded string) {
		r := &http.Request{Method: "GET", RemoteAddr: "192.0.2.1:5", Header: http.Header{"X-Forwarded-For": {forwarded}}}
		if address, _ := s.client(r); address.String() != "192.0.2.1" || guesser(r, proxies) != address || s.mayMeasure(r) {
			t.Errorf("%q makes a stranger %s", forwarded, address)
		}
		r.RemoteAddr = "10.0.0.1:5"
		r.Header["X-Forwarded-For"] = []string{forwarded + ", 192.0.2.1"} // as proxies append
		if address, known := s.client(r); address.String() != "192.0.2.1" || !known || guesser(r, proxies) != address || s.mayMeasure(r) {
			t.Errorf("%q before it makes a proxy's client %s", forwarded, address)
		}
	})
}

// FuzzReadForm posts any octets as any kind of form: they are read, or refused with a
// code that docs/subscribe.md names, and never more than fits.
func FuzzReadForm(f *testing.F) {
	n := &Newsletter{NewsletterOptions: NewsletterOptions{Topics: []Option{{"ai", "AI"}}, Voices: words.NewVoices("News", "en", nil)}}
	f.Add("application/json", []byte(`{"email":"a@example.org","topics":["ai"],"EMAIL":null}`))
	f.Add("application/x-www-form-urlencoded", []byte("email=a%40example.org&topics=ai&topics=ai;name=%00"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"email\"; filename=\"/x\"\r\n\r\na@example.org\r\n--b--\r\n"))
	f.Add("multipart/form-data", []byte("--"))
	f.Add("application/json", bytes.Repeat([]byte(`[`), maxBody))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := httptest.NewRequest("POST", "/subscribe?email=b@example.org&website=x", bytes.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		w := httptest.NewRecorder()
		v := &visit{Newsletter: n, w: w, r: r, voice: n.Voices.First()}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		media, _, _ := strings.Cut(kind, ";")
		form, status, p := v.readForm(media)
		size := len(fmt.Sprint(form))
		switch {
		case p.code == "" && status != 0, p.code != "" && (status < 400 || status > 499 || p.text == ""):
			t.Errorf("%d %+v", status, p)
		case size > 3*maxBody+200: // what is no UTF-8 takes three octets for one
			t.Errorf("%d octets of %d", size, len(body))
		case strings.Contains(form.Email, "b@example.org") && !bytes.Contains(body, []byte("b")):
			t.Error("the query is taken for the form")
		}
	})
}
