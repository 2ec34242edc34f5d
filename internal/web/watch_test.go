package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// events opens the stream of events and gives the versions it tells.
func events(t *testing.T, server *httptest.Server) <-chan string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("the stream is served as %q", got)
	}
	versions := make(chan string)
	go func() {
		defer close(versions)
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				select {
				case versions <- data:
				case <-ctx.Done():
				}
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		response.Body.Close()
	})
	return versions
}

// patience is how long a change may take to show on a busy machine. It is no
// part of what is tested.
const patience = time.Minute

// await reads versions until the newest edition's page says text.
func await(t *testing.T, server *httptest.Server, versions <-chan string, text string) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case <-versions:
			if strings.Contains(fetched(t, server, "/")+fetched(t, server, "/edition/weekly/2021-W40/digest.txt"), text) {
				return
			}
		case <-late:
			t.Fatalf("%q did not come on the page", text)
		}
	}
}

func fetched(t *testing.T, server *httptest.Server, path string) string {
	t.Helper()
	response, err := server.Client().Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// However a change is made, open pages are told when it can be seen.
func TestChangesAreSeen(t *testing.T) {
	for name, change := range map[string]func(*site){
		"written in place": func(s *site) { s.article("c.md", "New Title", "2021-10-07") },
		"new file":         func(s *site) { s.article("new.md", "New Title", "2021-10-08") },
		"file in a new folder": func(s *site) {
			s.article("2021/10/new.md", "New Title", "2021-10-08")
		},
		"saved by rename": func(s *site) {
			s.article("c.md.new", "New Title", "2021-10-07")
			s.rename("content/c.md", "content/c.md~")
			s.rename("content/c.md.new", "content/c.md")
		},
		"folder replaced": func(s *site) {
			s.rename("content", "old")
			s.article("c.md", "New Title", "2021-10-07")
		},
		"file that was not there": func(s *site) { s.write("broken", "New Title") },
		"folder that was not there": func(s *site) {
			s.write("templates/digest.txt", "New Title\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			server := httptest.NewServer(s.run())
			t.Cleanup(server.Close)
			versions := events(t, server)
			await(t, server, versions, "Payers Publish Prices")
			change(s)
			await(t, server, versions, "New Title")
		})
	}
}

func (s *site) rename(from, to string) {
	s.t.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		s.t.Fatal(err)
	}
}

// A folder made by the first change is watched for the second.
func TestChangesAreSeenAgain(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.run())
	t.Cleanup(server.Close)
	versions := events(t, server)
	await(t, server, versions, "Payers Publish Prices")
	s.article("2021/new.md", "First Title", "2021-10-08")
	await(t, server, versions, "First Title")
	s.article("2021/new.md", "Second Title", "2021-10-08")
	await(t, server, versions, "Second Title")
	s.write("broken", "config.yaml:1: no")
	await(t, server, versions, "config.yaml:1: no")
	if err := os.Remove(s.path("broken")); err != nil {
		t.Fatal(err)
	}
	s.article("2021/new.md", "Third Title", "2021-10-08")
	await(t, server, versions, "Third Title")
}

// When the preview stops, its streams end: a server that shuts down waits for
// no open page.
func TestStopEndsTheStreams(t *testing.T) {
	s := newSite(t)
	p := s.preview()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	versions := events(t, server)
	<-versions
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	late := time.After(patience)
	for open := true; open; {
		select {
		case _, open = <-versions:
		case <-late:
			t.Fatal("the stream goes on")
		}
	}
}

// A server's limits of time, which keep slow clients from holding what others need, end
// no stream.
func TestStreamsOutliveTheLimits(t *testing.T) {
	p := newSite(t).preview()
	server := httptest.NewUnstartedServer(p)
	server.Config.ReadTimeout, server.Config.WriteTimeout = time.Second, time.Second // enough for a busy machine to read a request
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(p.pages.close)
	versions := events(t, server)
	<-versions
	time.Sleep(1200 * time.Millisecond)
	p.pages.send(7)
	select {
	case got := <-versions:
		if got != "7" {
			t.Errorf("version %s, want 7", got)
		}
	case <-time.After(patience):
		t.Error("nothing is told any more")
	}
}

// A load that failed waits for a change, however often its time comes.
func TestDue(t *testing.T) {
	p, due := new(Preview), time.Date(2021, 10, 1, 0, 0, 0, 0, time.UTC)
	if got := p.due(); !got.IsZero() {
		t.Errorf("without a desk: %v", got)
	}
	p.state.replace(&Desk{Due: due}, nil)
	if got := p.due(); !got.Equal(due) {
		t.Errorf("%v, want %v", got, due)
	}
	p.state.replace(nil, errors.New("broken"))
	if got := p.due(); !got.IsZero() {
		t.Errorf("after a load that failed: %v", got)
	}
}
