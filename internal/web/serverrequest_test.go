package web

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestParseRequest(t *testing.T) {
	for _, test := range []struct {
		request string // after "GET "; lines end with \n here
		want    string // what is plain in it, or "" where it is for net/http
	}{
		{"/rss.xml HTTP/1.1\nHost: a", `/rss.xml [] [] []`},
		{"/?a=b HTTP/1.1\nhost:a:80\nConnection: Keep-Alive\nUser-Agent: x", `/ [] [] []`},
		{"/ HTTP/1.1\nHost: [::1]\nAccept-Encoding: gzip , br\t\nIf-None-Match:\"a\"\nIf-Modified-Since: now", `/ [gzip , br] ["a"] [now]`},
		{"/ HTTP/1.1\nHost: a\nIf-None-Match:", `/ [] [] []`},
		{"/ HTTP/1.1", ""},
		{"/ HTTP/1.1\nHost: a\nHost: a", ""},
		{"/ HTTP/1.0\nHost: a", ""},
		{"/a%20b HTTP/1.1\nHost: a", ""},
		{"//a HTTP/1.1\nHost: a", ""},
		{"http://a/ HTTP/1.1\nHost: a", ""},
		{"/ HTTP/1.1\nHost: a\nRange: bytes=0-1", ""},
		{"/ HTTP/1.1\nHost: a\nConnection: close", ""},
		{"/ HTTP/1.1\nHost: a\nContent-Length: 0", ""},
		{"/ HTTP/1.1\nHost: a\nTransfer-encoding: chunked", ""},
		{"/ HTTP/1.1\nHost: a\nIf-None-Match: \"a\"\nIf-None-Match: \"b\"", ""},
		{"/ HTTP/1.1\nHost: a\n folded: b", ""},
		{"/ HTTP/1.1\nHost: a\nA : b", ""},
		{"/ HTTP/1.1\nHost: a\nA: b\rc", ""},
	} {
		text := "GET " + strings.ReplaceAll(test.request, "\n", "\r\n") + "\r\n\r\n"
		var r request
		got := ""
		if r.parse([]byte(text)) {
			got = fmt.Sprintf("%s [%s] [%s] [%s]", r.path, r.accept, r.ifNone, r.ifChanged)
		}
		if got != test.want {
			t.Errorf("%q is %q, want %q", text, got, test.want)
		}
	}
}

// FuzzParseRequest holds that what is taken for a plain request is one to
// net/http, too, and says the same.
func FuzzParseRequest(f *testing.F) {
	for _, text := range []string{
		"GET /rss.xml?a HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: \"a\"\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: a\r\nIf-Modified-Since:\t now \r\nRange: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "GET /a:b HTTP/1.1\r\nhost: [::1]:80\r\nX: \x80\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		end := bytes.Index(text, []byte("\r\n\r\n"))
		var r request
		if end < 0 || !r.parse(text[:end+4]) {
			return
		}
		rest := bytes.NewReader(text[:end+4])
		reader := bufio.NewReader(rest)
		want, err := http.ReadRequest(reader)
		if err != nil {
			t.Fatalf("%q is no request: %v", text, err)
		}
		if want.URL.Path != string(r.path) || (want.Method == "HEAD") != r.head || want.ContentLength != 0 || want.Close || reader.Buffered() != 0 {
			t.Errorf("%q is %s %q of %d bytes; %q", text, want.Method, want.URL.Path, want.ContentLength, r.path)
		}
		for name, got := range map[string][]byte{"Accept-Encoding": r.accept, "If-None-Match": r.ifNone, "If-Modified-Since": r.ifChanged} {
			if values := want.Header[name]; len(values) > 1 || (len(values) == 1) != (got != nil) || got != nil && values[0] != string(got) {
				t.Errorf("%q: %s is %q, want %q", text, name, got, values)
			}
		}
		for _, name := range []string{"Range", "If-Match", "If-Unmodified-Since", "Expect", "Upgrade"} {
			if want.Header.Get(name) != "" {
				t.Errorf("%q has a %s", text, name)
			}
		}
	})
}
