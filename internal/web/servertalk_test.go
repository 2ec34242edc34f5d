package web

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Every request has headerTimeout to arrive, also on a connection that is never
// idle because each packet begins another; one that takes longer has no answer.
func TestHeaderTimeout(t *testing.T) {
	dir := outputFiles(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := NewServer(ServerOptions{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Load(t.Context(), output(dir)); err != nil {
			t.Fatal(err)
		}
		client, server := net.Pipe()
		go newConversations(s, nil, nil).talk(server)
		const begin, end = "GET /feeds.opml HTTP/1.1\r\n", "Host: a\r\n\r\n"
		r := bufio.NewReader(client)
		io.WriteString(client, begin)
		for range 10 {
			time.Sleep(headerTimeout / 2)
			go io.WriteString(client, end+begin)
			response, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * headerTimeout)
		if _, err := r.ReadByte(); err != io.EOF {
			t.Errorf("half a request ends with %v, want %v", err, io.EOF)
		}
	})
}

// exhausted is a listener that has no file descriptors for three connections.
type exhausted struct {
	net.Listener
	left int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.left--; l.left >= 0 {
		return nil, syscall.EMFILE
	}
	return nil, net.ErrClosed
}

// TestNoConnection: what lasts is told once, not with each try.
func TestNoConnection(t *testing.T) {
	var log strings.Builder
	s, err := NewServer(ServerOptions{Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := newConversations(s, &exhausted{left: 3}, nil).run(); err != http.ErrServerClosed {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "too many open files"); n != 1 {
		t.Errorf("told %d times:\n%s", n, &log)
	}
}
