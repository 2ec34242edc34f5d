package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestServerHandlers: a handler answers for its path, by any method and before the
// first build, and for no other.
func TestServerHandlers(t *testing.T) {
	s, err := NewServer(ServerOptions{Now: time.Now, Handlers: map[string]http.Handler{
		"/hook": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			io.Copy(w, r.Body)
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/hook": 202, "/hook/": 405, "/": 405} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader("hello")))
		if w.Code != want || want == 202 && w.Body.String() != "hello" {
			t.Errorf("POST %s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
}
