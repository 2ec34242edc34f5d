package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

var (
	long = strings.Repeat("<p>Rural clinics pool their night shifts.</p>\n", 100)
	rss  = `<?xml version="1.0"?><rss version="2.0"><channel><lastBuildDate>Sun, 31 Oct 2021 14:23:57 -0400</lastBuildDate>` + long
)

// outputFiles is an output folder of one feed of each format and some pages.
func outputFiles(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rss.xml":           rss,
		"atom.xml":          `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><updated>2021-10-31T14:23:57.548-04:00</updated><entry><updated>2021-10-30T00:00:00Z</updated>` + long,
		"feed.json":         `{"version":"https://jsonfeed.org/version/1.1","items":[{"date_published":"2021-10-30T00:00:00Z","content_html":"\"date_modified\":\"2030-01-01T00:00:00Z\""},{"date_published":"2021-10-31T14:23:57Z"}]}`,
		"feeds.opml":        "<opml/>",
		"index.html":        "<!DOCTYPE html>" + long,
		"topic/index.html":  "topics",
		"topic/a b/rss.xml": rss,
		"digest/a.eml":      "Subject: a",
		"logo.png":          "\x89PNG",
		"healthz.txt":       "short",
		".hidden":           "secret",
		".newsdesk/index":   "secret",
		"_headers":          "secret",
		"newsdesk.db-wal":   "secret",
		".rss.xml.tmp":      "secret",

		"newsdesk-published.json": "secret",
	} {
		write(t, dir, name, text)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "passwd.txt")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

func output(dir string) Output {
	return Output{Files: os.DirFS(dir), URL: "https://news.example", TTL: time.Hour, Hubs: []string{"https://hub.example/"}, Gone: []string{"topic/fax"}}
}

// serving is a server on a port of its own.
type serving struct {
	*Server
	dir, address string
	stop         context.CancelFunc
	ended        chan error
}

func serveOutput(t *testing.T, o ServerOptions) *serving {
	t.Helper()
	return serveOutputTLS(t, o, nil)
}

func serveOutputTLS(t *testing.T, o ServerOptions, certificate *Certificate) *serving {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Metrics = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s, err := NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	v := &serving{s, outputFiles(t), l.Addr().String(), stop, make(chan error, 1)}
	go func() { v.ended <- s.Serve(ctx, l, certificate) }()
	t.Cleanup(stop)
	return v
}

// loaded shows the folder, compressed.
func (v *serving) loaded(t *testing.T) *serving {
	t.Helper()
	if err := v.Load(t.Context(), output(v.dir)); err != nil {
		t.Fatal(err)
	}
	v.compress(t.Context())
	return v
}

// raw sends bytes and gives all that comes back until the server closes.
func (v *serving) raw(t testing.TB, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(c, request) // the server may answer and close before it has all
	answer, _ := io.ReadAll(c)    // or reset, having answered
	return string(answer)
}

// ask sends one request and gives the answer.
func (v *serving) ask(t testing.TB, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	request := method + " " + path + " HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n"
	for _, line := range header {
		request += line + "\r\n"
	}
	answer := v.raw(t, request+"\r\n")
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v in %.200q", method, path, err, answer)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return response, string(body)
}

func TestServerAnswers(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	tag := v.shown.Load().files["/rss.xml"].identity.etag[0]
	const date = "Sun, 31 Oct 2021 18:23:57 GMT"
	for _, test := range []struct {
		method, path string
		header       []string
		status       int
		want         string // header fields, or their absence by "Field:"
	}{
		{"GET", "/rss.xml", nil, 200, "Content-Type: application/rss+xml; charset=utf-8|Cache-Control: public, max-age=3600|Vary: Accept, Accept-Encoding|Last-Modified: " + date + "|Etag: " + tag + `|Link: <https://news.example/rss.xml>; rel="self", <https://hub.example/>; rel="hub"|Accept-Ranges: bytes|X-Content-Type-Options: nosniff|Content-Encoding:`},
		{"HEAD", "/rss.xml", nil, 200, "Content-Length: 4711|Etag: " + tag},
		{"GET", "/atom.xml", nil, 200, "Content-Type: application/atom+xml; charset=utf-8|Last-Modified: " + date},
		{"GET", "/atom.xml", []string{"Accept: text/html,application/xml;q=0.9,*/*;q=0.8"}, 200, "Content-Type: application/xml; charset=utf-8|Vary: Accept, Accept-Encoding"},
		{"GET", "/atom.xml", []string{"Accept: application/xml, application/atom+xml, application/rss+xml, text/html, */*;q=0.9"}, 200, "Content-Type: application/atom+xml; charset=utf-8|Vary: Accept, Accept-Encoding"},
		{"HEAD", "/rss.xml", []string{"Accept: text/html"}, 200, "Content-Type: application/xml; charset=utf-8"},
		{"GET", "/rss.xml", []string{"Accept: application/rss+xml, application/xml;q=0.9"}, 200, "Content-Type: application/rss+xml; charset=utf-8"},
		{"GET", "/feed.json", nil, 200, "Content-Type: application/feed+json; charset=utf-8|Last-Modified: Sun, 31 Oct 2021 14:23:57 GMT"},
		{"GET", "/feeds.opml", nil, 200, "Content-Type: text/x-opml; charset=utf-8"},
		{"GET", "/", nil, 200, "Content-Type: text/html; charset=utf-8|Cache-Control: no-cache|Link:"},
		{"GET", "/?utm=1", nil, 200, "Content-Type: text/html; charset=utf-8"},
		{"GET", "/index.html", nil, 200, ""},
		{"GET", "/topic/", nil, 200, ""},
		{"GET", "/topic", nil, 301, "Location: /topic/"},
		{"GET", "/topic/a%20b/rss.xml", nil, 200, `Link: <https://news.example/topic/a%20b/rss.xml>; rel="self", <https://hub.example/>; rel="hub"`},
		{"GET", "/digest/a.eml", nil, 200, "Content-Type: message/rfc822"},
		{"GET", "/logo.png", nil, 200, "Content-Type: image/png|Vary:"},
		{"GET", "http://news.example/rss.xml", nil, 200, "Etag: " + tag},
		{"GET", "/healthz", nil, 200, "Content-Length: 3"},
		{"GET", "/metrics", nil, 200, ""},
		{"GET", "/none", nil, 404, "Content-Type: text/plain; charset=utf-8"},
		{"GET", "/topic/fax/rss.xml", nil, 410, "Content-Type: text/plain; charset=utf-8"},
		{"GET", "/none", []string{"Accept: text/html,application/xml;q=0.9,*/*;q=0.8"}, 404, "Content-Type: text/html; charset=utf-8|Vary: Accept"},
		{"HEAD", "/topic/fax/", []string{"Accept: text/html"}, 410, "Content-Type: text/html; charset=utf-8|Vary: Accept"},
		{"GET", "/none", []string{"Accept: application/rss+xml, */*"}, 404, "Content-Type: text/plain; charset=utf-8|Vary: Accept"},
		{"GET", "/topic/faxes", nil, 404, ""},
		{"POST", "/rss.xml", []string{"Content-Length: 0"}, 405, "Allow: GET, HEAD"},
		{"DELETE", "/none", nil, 405, "Allow: GET, HEAD"},
		{"OPTIONS", "*", nil, 405, "Allow: GET, HEAD"},

		// What is not to be had by any name.
		{"GET", "/.hidden", nil, 404, ""},
		{"GET", "/.newsdesk/index", nil, 404, ""},
		{"GET", "/_headers", nil, 404, ""},
		{"GET", "/newsdesk.db-wal", nil, 404, ""},
		{"GET", "/newsdesk-published.json", nil, 404, ""},
		{"GET", "/.rss.xml.tmp", nil, 404, ""},
		{"GET", "/%2enewsdesk/index", nil, 404, ""},
		{"GET", "/%252e%252e/etc/passwd", nil, 404, ""},
		{"GET", "/%c0%ae%c0%ae/etc/passwd", nil, 404, ""},
		{"GET", "/topic%2findex.html%2f", nil, 404, ""},
		{"GET", "/..;/rss.xml", nil, 404, ""},
		{"GET", "/passwd.txt", nil, 404, ""},
		{"GET", "/../../../../etc/passwd", nil, 404, ""},
		{"GET", "/topic/../rss.xml", nil, 404, ""},
		{"GET", "/%2e%2e/%2e%2e/etc/passwd", nil, 404, ""},
		{"GET", "/..%2f..%2fetc%2fpasswd", nil, 404, ""},
		{"GET", "/..%5c..%5cetc", nil, 404, ""},
		{"GET", "//rss.xml", nil, 404, ""},
		{"GET", "/rss.xml%00.html", nil, 404, ""},
		{"GET", "/rss.xml/", nil, 404, ""},

		// Conditions.
		{"GET", "/rss.xml", []string{"If-None-Match: " + tag}, 304, "Etag: " + tag + "|Cache-Control: public, max-age=3600|Vary: Accept, Accept-Encoding|Content-Length:|Content-Type:"},
		{"HEAD", "/rss.xml", []string{"If-None-Match: " + tag}, 304, ""},
		{"GET", "/rss.xml", []string{`If-None-Match: "a,b", W/` + tag}, 304, ""},
		{"GET", "/rss.xml", []string{`If-None-Match: "a"`, "If-None-Match: " + tag}, 304, ""},
		{"GET", "/rss.xml", []string{"If-None-Match: *"}, 304, ""},
		{"GET", "/rss.xml", []string{`If-None-Match: "a`}, 200, ""},
		{"GET", "/rss.xml", []string{`If-None-Match: "a"`, "If-Modified-Since: " + date}, 200, ""},
		{"GET", "/rss.xml", []string{"If-None-Match: " + tag, "If-Modified-Since: Sun, 31 Oct 2010 18:23:57 GMT"}, 304, ""},
		{"GET", "/rss.xml", []string{"If-Modified-Since: " + date}, 304, ""},
		{"GET", "/rss.xml", []string{"If-Modified-Since: Monday, 01-Nov-21 00:00:00 GMT"}, 304, ""},
		{"GET", "/rss.xml", []string{"If-Modified-Since: Sun, 31 Oct 2021 18:23:56 GMT"}, 200, ""},
		{"GET", "/rss.xml", []string{"If-Modified-Since: yesterday"}, 200, ""},
		{"GET", "/rss.xml", []string{`If-Match: "a"`}, 412, ""},
		{"GET", "/rss.xml", []string{"If-Match: " + tag}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"If-Unmodified-Since: Sun, 31 Oct 2010 18:23:57 GMT"}, 412, ""},

		// Ranges are of the file's own bytes.
		{"GET", "/rss.xml", []string{"Range: bytes=0-9", "Accept-Encoding: gzip"}, 206, "Content-Range: bytes 0-9/4711|Content-Length: 10|Content-Encoding:"},
		{"GET", "/rss.xml", []string{"Range: bytes=-5"}, 206, "Content-Range: bytes 4706-4710/4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=9999-"}, 416, "Content-Range: bytes */4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=0-9", "If-Range: " + tag}, 206, ""},
		{"GET", "/rss.xml", []string{"Range: bytes=0-9", `If-Range: "a"`}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=0-9", "If-None-Match: " + tag}, 304, ""},
		{"HEAD", "/rss.xml", []string{"Range: bytes=0-9"}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"Range: Bytes=0-9"}, 206, "Content-Range: bytes 0-9/4711"},
		{"GET", "/rss.xml", []string{"Range: items=0-9"}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"Range: items=0-9", "Accept-Encoding: gzip"}, 200, "Content-Encoding: gzip"},
		{"GET", "/rss.xml", []string{"Range: bytes=-0"}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=0-,0-,0-"}, 200, "Content-Length: 4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=-9999"}, 206, "Content-Range: bytes 0-4710/4711"},
		{"GET", "/rss.xml", []string{"Range: bytes=0-9,9999-"}, 206, "Content-Range: bytes 0-9/4711"},

		// Precedence (RFC 9110 section 13.2.2).
		{"GET", "/rss.xml", []string{"If-Match: " + tag, "If-Unmodified-Since: Sun, 31 Oct 2010 18:23:57 GMT"}, 200, ""},
		{"GET", "/rss.xml", []string{"If-Match: W/" + tag}, 412, ""},
		{"GET", "/rss.xml", []string{"If-Match: " + tag, "If-None-Match: " + tag}, 304, ""},
		{"GET", "/rss.xml", []string{`If-Match: "a"`, "If-None-Match: " + tag}, 412, ""},
		{"GET", "/rss.xml", []string{"Range: bytes=0-9", `If-None-Match: "a"`, "If-Modified-Since: " + date}, 206, ""},
	} {
		name := test.method + " " + test.path + " " + strings.Join(test.header, ", ")
		response, body := v.ask(t, test.method, test.path, test.header...)
		if response.StatusCode != test.status {
			t.Errorf("%s: %d, want %d", name, response.StatusCode, test.status)
		}
		if response.Header.Get("Date") == "" {
			t.Errorf("%s: no Date", name)
		}
		if (test.method == "HEAD" || test.status == 304 || test.status == 412) != (body == "") {
			t.Errorf("%s: body %.40q", name, body)
		}
		for want := range strings.SplitSeq(test.want, "|") {
			field, value, _ := strings.Cut(want, ":")
			if got := response.Header.Get(field); got != strings.TrimSpace(value) {
				t.Errorf("%s: %s is %q, want %q", name, field, got, value)
			}
		}
	}
}

// Each coding gives the file's bytes back, and has an ETag of its own.
func TestServerEncodings(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	tags := map[string]bool{}
	for coding, decode := range map[string]func(io.Reader) (io.Reader, error){
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	} {
		response, body := v.ask(t, "GET", "/rss.xml", "Accept-Encoding: "+coding)
		if got := response.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("%q: encoded as %q", coding, got)
		}
		r, err := decode(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != rss {
			t.Errorf("%q: %v, %d bytes", coding, err, len(text))
		}
		tag := response.Header.Get("Etag")
		tags[tag] = true
		if response, _ := v.ask(t, "GET", "/rss.xml", "Accept-Encoding: "+coding, "If-None-Match: "+tag); response.StatusCode != 304 {
			t.Errorf("%q: %d for its own tag", coding, response.StatusCode)
		}
	}
	if len(tags) != 4 {
		t.Errorf("the tags are %v", tags)
	}
}

func TestChoose(t *testing.T) {
	f := &file{identity: variant{data: make([]byte, 100)}}
	f.encoded.Store(&[]variant{{coding: brotliCoding}, {coding: zstdCoding}, {coding: gzipCoding}})
	for accept, want := range map[string]coding{
		"gzip":                        gzipCoding,
		"GZip":                        gzipCoding,
		"x-gzip":                      gzipCoding,
		"gzip, deflate, br, zstd":     brotliCoding,
		"gzip;q=1.0, br;q=0.999":      gzipCoding,
		"gzip; q=0.5 ,zstd;q=0.8":     zstdCoding,
		"*":                           brotliCoding,
		"*;q=0.1, gzip;q=0.2":         gzipCoding,
		"br;q=0, *":                   zstdCoding,
		"identity":                    identity,
		"identity, gzip":              gzipCoding,
		"identity;q=0.5, gzip;q=0.4":  identity,
		"gzip;q=0":                    identity,
		"identity;q=0, *;q=0":         identity,
		"deflate":                     identity,
		"":                            identity,
		"gzip;q=2, br;q=nan, zstd;q=": identity,
		"gzip;q=0.0001":               identity,
		";;,,gzip;;":                  identity,
	} {
		if got := f.choose([]string{accept}); got.coding != want {
			t.Errorf("%q gets %s, want %s", accept, codingNames[got.coding], codingNames[want])
		}
	}
	if got := f.choose([]string{"deflate", "gzip"}); got.coding != gzipCoding {
		t.Errorf("a second line is not read")
	}
}

// A correction without a new date, and one that withdraws the newest article,
// must not have a date that readers have seen.
func TestLastModified(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	before, _ := v.ask(t, "GET", "/rss.xml")
	write(t, v.dir, "rss.xml", rss+"corrected")
	v.loaded(t)
	since := "If-Modified-Since: " + before.Header.Get("Last-Modified")
	after, _ := v.ask(t, "GET", "/rss.xml", since)
	if after.StatusCode != 200 || after.Header.Get("Etag") == before.Header.Get("Etag") {
		t.Errorf("a reader is told %d, Last-Modified %s", after.StatusCode, after.Header.Get("Last-Modified"))
	}
	write(t, v.dir, "rss.xml", rss+"corrected") // the same bytes, written again
	v.loaded(t)
	if again, _ := v.ask(t, "GET", "/rss.xml"); again.Header.Get("Last-Modified") != after.Header.Get("Last-Modified") {
		t.Error("bytes that did not change have another date")
	}
}

func TestServerBelowAPath(t *testing.T) {
	v := serveOutput(t, ServerOptions{})
	o := output(v.dir)
	o.URL = "https://news.example/feeds/"
	if err := v.Load(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/feeds/rss.xml": 200, "/feeds/": 200, "/feeds": 301, "/rss.xml": 404, "/": 404, "/healthz": 200, "/feeds/topic/fax": 410} {
		if response, _ := v.ask(t, "GET", path); response.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, want)
		}
	}
}

// Before the first Load there is nothing to serve, after one that fails what was
// there before.
func TestServerWithoutOutput(t *testing.T) {
	v := serveOutput(t, ServerOptions{})
	for _, path := range []string{"/rss.xml", "/healthz"} {
		if response, _ := v.ask(t, "GET", path); response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d before the first build", path, response.StatusCode)
		}
	}
	v.loaded(t)
	if err := v.Load(t.Context(), output(filepath.Join(v.dir, "none"))); err == nil {
		t.Error("a folder that is not there can be loaded")
	}
	if response, _ := v.ask(t, "GET", "/rss.xml"); response.StatusCode != 200 {
		t.Errorf("%d after a Load that failed", response.StatusCode)
	}
}

// Nothing malformed is answered with a file, and the server goes on.
func TestMalformedRequests(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	const host = "Host: a\r\n"
	for _, request := range []string{
		"\r\n\r\n\r\n", "GET\r\n\r\n", "GET /rss.xml\r\n\r\n", "GET /rss.xml HTTP/9.9\r\n\r\n",
		"GET  /rss.xml HTTP/1.1\r\n" + host + "\r\n", "GET rss.xml HTTP/1.1\r\n" + host + "\r\n",
		"GET /rss.xml HTTP/1.1\r\n\r\n", // no Host
		"GET /rss.xml HTTP/1.1\r\n" + host + "Host: b\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\nHost: a b\r\n\r\n",
		"GET /%zz HTTP/1.1\r\n" + host + "\r\n", "GET /a\x00b HTTP/1.1\r\n" + host + "\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "No colon\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "A : b\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + " folded: b\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "A: b\x00c\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "A: " + strings.Repeat("b", 64<<10) + "\r\n\r\n",
		"GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\n" + host + "\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
		"GET /rss.xml HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"GET /rss.xml HTTP/1.1\r\n" + host + "Transfer-Encoding: nonsense\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		answer := v.raw(t, request)
		if strings.Contains(answer, " 200 ") || !strings.HasPrefix(answer, "HTTP/1.") {
			t.Errorf("%.60q is answered %.100q", request, answer)
		}
	}
	if response, _ := v.ask(t, "GET", "/rss.xml"); response.StatusCode != 200 {
		t.Errorf("%d at the end", response.StatusCode)
	}
}

// A body, which no request here has, ends the connection: what follows it may be
// meant as part of it by whoever passed it on.
func TestBodies(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	const next = "GET /rss.xml HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, test := range []struct{ request, want string }{
		{"GET /feeds.opml\nContent-Length: 4\n\nbody", "200"},
		{"GET /feeds.opml\nContent-Length: 4\nContent-Length: 4\n\nbody", "200"},
		{"GET /feeds.opml\nTransfer-Encoding: chunked\n\n4\nbody\n0\n\n", "200"},
		{"GET /feeds.opml\nContent-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n", "200"},
		{"GET /feeds.opml\nX: a\n Transfer-Encoding: chunked\nContent-Length: 1\n\n0", "200"},
		{"POST /feeds.opml\nContent-Length: 4\n\nbody", "405"},
		{"POST /feeds.opml\nContent-Length: 99999999\n\nbody", "405"},
		{"POST /feeds.opml\nExpect: 100-continue\nContent-Length: 4\n\n", "405"},
	} {
		line, rest, _ := strings.Cut(test.request, "\n")
		request := line + " HTTP/1.1\r\nHost: a\r\n" + strings.ReplaceAll(rest, "\n", "\r\n")
		answer := v.raw(t, request+next)
		if !strings.HasPrefix(answer, "HTTP/1.1 "+test.want+" ") || strings.Count(answer, "HTTP/1.1 ") != 1 || !strings.Contains(answer, "\r\nConnection: close\r\n") {
			t.Errorf("%q is answered %q", request, answer)
		}
	}
}

// Lines that end in LF alone are lines to net/http; nobody waits for a CR.
func TestBareLF(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	for _, request := range []string{"GET /feeds.opml HTTP/1.1\nHost: a\n\n", "GET /feeds.opml HTTP/1.1\r\nHost: a\r\n\n"} {
		c := v.dial(t)
		io.WriteString(c, request)
		if response, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || response.StatusCode != 200 {
			t.Errorf("%q: %v", request, err)
		}
	}
}

// Requests on one connection, sent before the first answer came.
func TestPipelined(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	const host = " HTTP/1.1\r\nHost: a\r\n"
	answer := v.raw(t, "GET /feeds.opml"+host+"\r\n"+"HEAD /rss.xml"+host+"\r\n"+"GET /feeds.opml"+host+"Content-Length: 0\r\n\r\n"+
		"GET /none"+host+"\r\n"+"GET /rss.xml"+host+"Range: bytes=0-3\r\n\r\n"+"GET /feeds.opml"+host+"Connection: close\r\n\r\n"+"GET /rss.xml"+host+"\r\n")
	r := bufio.NewReader(strings.NewReader(answer))
	for _, want := range []struct {
		method string
		status int
		body   string
	}{
		{"GET", 200, "<opml/>"}, {"HEAD", 200, ""}, {"GET", 200, "<opml/>"}, {"GET", 404, "404 Not Found\nThere is nothing here by that name.\n"},
		{"GET", 206, "<?xm"}, {"GET", 200, "<opml/>"},
	} {
		response, err := http.ReadResponse(r, &http.Request{Method: want.method})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != want.status || string(body) != want.body {
			t.Errorf("%d %.50q %v, want %d %q", response.StatusCode, body, err, want.status, want.body)
		}
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 {
		t.Errorf("after Connection: close comes %.50q", rest)
	}
}

// A request is one however it arrives, and however long it is within reason; the
// connection goes on with the next.
func TestPieces(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	c := v.dial(t)
	r := bufio.NewReader(c)
	for _, more := range []string{"", "Cookie: " + strings.Repeat("a", 1<<10) + "\r\n", "Cookie: " + strings.Repeat("a", 8<<10) + "\r\n", "Connection: close\r\n"} {
		request := "GET /rss.xml HTTP/1.1\r\nHost: a\r\n" + more + "\r\n"
		for piece := range slices.Chunk([]byte(request), 1+len(request)/40) {
			if _, err := c.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(response.Body); err != nil || string(body) != rss {
			t.Errorf("%d bytes, %v", len(body), err)
		}
	}
	if _, err := r.ReadByte(); err != io.EOF {
		t.Errorf("after Connection: close comes %v, want EOF", err)
	}
}

// While snapshots take each other's place, every request gets a whole file that
// fits its ETag.
func TestSwapUnderLoad(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	var answers atomic.Int64
	for range 4 {
		clients.Go(func() {
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			bodies := map[string]string{}
			for ctx.Err() == nil {
				response, err := client.Get("http://" + v.address + "/rss.xml")
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				tag := response.Header.Get("Etag") + response.Header.Get("Content-Encoding")
				if known, ok := bodies[tag]; err != nil || response.StatusCode != 200 || ok && known != string(body) {
					t.Errorf("%d, %v, another body with one tag: %t", response.StatusCode, err, ok)
				}
				bodies[tag] = string(body)
				answers.Add(1)
			}
		})
	}
	for n := range 30 {
		write(t, v.dir, "rss.xml", rss+fmt.Sprint(n))
		if err := v.Load(t.Context(), output(v.dir)); err != nil {
			t.Error(err)
		}
		for before := answers.Load(); answers.Load() < before+8 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
	}
	stop()
	clients.Wait()
}

// A request that has begun is answered after the signal; idle connections are
// closed, new ones are not taken.
func TestGracefulShutdown(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	write(t, v.dir, "large.png", strings.Repeat("a", 16<<20)) // more than sockets hold, and not to be compressed
	v.loaded(t)
	idle := v.dial(t)
	io.WriteString(idle, "GET /feeds.opml HTTP/1.1\r\nHost: a\r\n\r\n")
	idleReader := bufio.NewReader(idle)
	if response, err := http.ReadResponse(idleReader, nil); err != nil || response.StatusCode != 200 {
		t.Fatal(err)
	} else if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	busy := v.dial(t)
	io.WriteString(busy, "GET /large.png HTTP/1.1\r\nHost: a\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(busy), nil)
	if err != nil {
		t.Fatal(err)
	}
	v.stop()
	if _, err := idleReader.ReadByte(); err != io.EOF {
		t.Errorf("the idle connection: %v, want EOF", err)
	}
	if n, err := io.Copy(io.Discard, response.Body); n != 16<<20 || err != nil {
		t.Errorf("%d bytes came of the answer: %v", n, err)
	}
	busy.Close()
	if err := <-v.ended; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", v.address); err == nil {
		c.Close()
		t.Error("a new connection is taken")
	}
}

func (v *serving) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { c.Close() })
	return c
}

func TestMetrics(t *testing.T) {
	v := serveOutput(t, ServerOptions{}).loaded(t)
	v.ask(t, "GET", "/rss.xml")
	v.ask(t, "GET", "/none")
	v.Built(nil, true)
	v.Built(io.ErrUnexpectedEOF, false)
	v.Pinged(2, 1, 4)
	v.Pinged(1, 0, 3)
	response, page := v.ask(t, "GET", "/metrics")
	if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		t.Errorf("/metrics is %s", got)
	}
	if problems, err := promlint.New(strings.NewReader(page)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("/metrics: %v, %v", problems, err)
	}
	for _, want := range []string{
		`newsdesk_http_requests_total{code="200"} 1`, `newsdesk_http_requests_total{code="404"} 1`,
		"newsdesk_http_request_duration_seconds_count 2", "newsdesk_builds_total 2", "newsdesk_build_errors_total 1", "newsdesk_last_build_failed 1",
		`newsdesk_websub_pings_total{result="ok"} 3`, `newsdesk_websub_pings_total{result="failed"} 1`, "newsdesk_websub_pending 3",
		"newsdesk_snapshot_files 10", "newsdesk_snapshot_age_seconds ",
	} {
		if !bytes.Contains([]byte(page), []byte(want)) {
			t.Errorf("/metrics has no %s", want)
		}
	}
	if response, _ := v.ask(t, "GET", "/healthz"); response.StatusCode != 200 || response.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("/healthz is %d after a build that failed", response.StatusCode)
	}
	if !strings.Contains(page, "newsdesk_last_build_incomplete 1") {
		t.Error("what a build left out is forgotten when the next one fails")
	}
	v.Built(nil, false)
	_, page = v.ask(t, "GET", "/metrics")
	if !strings.Contains(page, "newsdesk_last_build_failed 0") || !strings.Contains(page, "newsdesk_last_build_incomplete 0") {
		t.Error("a build that is done leaves the last one failed")
	}
}

// Hubs are told of the feeds as they are served, not as they are in the folder.
func TestFeeds(t *testing.T) {
	v := serveOutput(t, ServerOptions{})
	if output, feeds := v.Feeds(); output.URL != "" || len(maps.Collect(feeds)) > 0 {
		t.Errorf("before there is anything: %+v", output)
	}
	v.loaded(t)
	if err := os.WriteFile(filepath.Join(v.dir, "rss.xml"), []byte("<rss>new"), 0o644); err != nil {
		t.Fatal(err)
	}
	output, feeds := v.Feeds()
	got := maps.Collect(feeds)
	if output.URL != "https://news.example" || len(got) == 0 || len(got["rss.xml"]) == 0 || string(got["rss.xml"]) == "<rss>new" || got["index.html"] != nil {
		t.Errorf("%+v: %q", output, got)
	}
}
