package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/feedcheck"
)

const servedFeed = `{"version": "https://jsonfeed.org/version/1.1", "title": "News", "feed_url": "SELF", "items": []}`

// A feed that is fetched is checked with its address and the answer's headers.
func TestCheckURL(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			w.Header().Set("Content-Type", "application/feed+json")
			w.Header().Set("ETag", `"1"`)
			io.WriteString(w, strings.Replace(servedFeed, "SELF", server.URL+"/good", 1))
		case "/moved":
			http.Redirect(w, r, "/good", http.StatusFound)
		case "/bad":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, strings.Replace(servedFeed, "SELF", server.URL+"/good", 1))
		case "/large":
			w.Header().Set("Content-Type", "application/feed+json")
			w.Header().Set("ETag", `"1"`)
			io.WriteString(w, `{"feed_url": "", "items": [`)
			for chunk := bytes.Repeat([]byte(" "), 1<<20); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	a := &app{clock: time.Now}
	for path, want := range map[string]string{
		"/good": "", "/moved": "", "/bad": "MissingValidator UnexpectedContentType SelfDoesntMatchLocation", "/large": "ValidatorLimit",
	} {
		list, err := a.checkFeedsOf(context.Background(), server.URL+path, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := problemCodes(list[0].problems); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if _, err := a.checkFeedsOf(context.Background(), server.URL+"/none", ""); err == nil || !strings.Contains(err.Error(), "404 Not Found (want 200)") {
		t.Errorf("/none: %v", err)
	}
}

func problemCodes(problems []feedcheck.Problem) string {
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	return strings.Join(codes, " ")
}
