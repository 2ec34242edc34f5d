package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// TestChange: a request that has begun is answered by what it found, and what it found
// is told to be unused only then.
func TestChange(t *testing.T) {
	says := func(text string, before func()) ServerOptions {
		return ServerOptions{Now: time.Now, Handlers: map[string]http.Handler{"/hook": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			before()
			io.WriteString(w, text)
		})}}
	}
	ask := func(s *Server) string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/hook", nil))
		return w.Body.String()
	}
	begun, goOn := make(chan bool), make(chan bool)
	s, err := NewServer(says("old", func() { close(begun); <-goOn }))
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan string)
	go func() { answer <- ask(s) }()
	<-begun
	unused := s.Change(says("new", func() {}))
	if text := ask(s); text != "new" {
		t.Errorf("after the change: %q", text)
	}
	select {
	case <-unused:
		t.Error("what is in use was given up")
	default:
	}
	close(goOn)
	if text := <-answer; text != "old" {
		t.Errorf("the request before it: %q", text)
	}
	<-unused
}

// TestChangeMany: requests and changes go on side by side.
func TestChangeMany(t *testing.T) {
	type part struct{ closed bool }
	options := func(p *part) ServerOptions {
		return ServerOptions{Now: time.Now, Handlers: map[string]http.Handler{"/hook": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if p.closed {
				t.Error("closed while it is used")
			}
		})}}
	}
	now := new(part)
	s, err := NewServer(options(now))
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 500 {
				s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/hook", nil))
			}
		})
	}
	for range 100 {
		next := new(part)
		<-s.Change(options(next))
		now.closed = true
		now = next
	}
	asking.Wait()
}
