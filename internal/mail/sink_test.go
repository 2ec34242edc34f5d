package mail

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// sink runs Postfix's smtp-sink, which throws away what it accepts, until the
// test ends.
func sink(t testing.TB, options ...string) Config {
	t.Helper()
	const program = "/usr/sbin/smtp-sink"
	if _, err := exec.LookPath(program); err != nil {
		const how = "needs smtp-sink (apt-get install postfix)"
		if os.Getenv("NEWSDESK_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	l.Close()
	var stderr bytes.Buffer
	if os.Getuid() == 0 { // it wants to run as somebody else then
		options = append(options, "-u", "nobody")
	}
	command := exec.Command(program, append(options, c.address(), "128")...)
	command.Stderr = &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	for range 500 {
		if conn, err := net.Dial("tcp", c.address()); err == nil {
			conn.Close()
			return c
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("smtp-sink does not listen: %s", &stderr)
	return c
}

// TestStreamSink talks with a server that others wrote.
func TestStreamSink(t *testing.T) {
	for _, options := range [][]string{nil, {"-p"}, {"-8", "-E"}, {"-e"}} { // -p: no pipelining; -e: no ESMTP
		h := newList(many(20)...)
		if err := dial(t, sink(t, options...)).Stream(t.Context(), h); err != nil {
			t.Errorf("%q: %v", options, err)
		}
		for to, err := range h.outcomes {
			if err != nil {
				t.Errorf("%q: %s: %v", options, to, err)
			}
		}
	}
	h := newList(three...)
	if err := dial(t, sink(t, "-r", "DATA")).Stream(t.Context(), h); err != nil {
		t.Error(err)
	}
	if e := h.refusal(t, three[2]); e.Phase != PhaseData || !e.Temporary || e.Code != 450 {
		t.Errorf("%+v", *e)
	}
	h = newList(three...)
	if err := dial(t, sink(t, "-q", ".")).Stream(t.Context(), h); err == nil || !h.refusal(t, three[0]).Uncertain {
		t.Errorf("%v, %v", err, h.outcomes)
	}
}

// TestStreamGoSMTP: the same with go-smtp, whose chunks are tried, too, and TLS.
func TestStreamGoSMTP(t *testing.T) {
	serverTLS, roots := mailtest.Certificate(t, "127.0.0.1")
	for _, implicit := range []bool{false, true} {
		server := mailtest.Start(t, mailtest.Options{TLS: serverTLS, Implicit: implicit, Username: "news", Password: "s3cret"})
		c := Config{Host: server.Host, Port: server.Port, TLS: TLSRequired, Roots: roots, Username: "news", Password: "s3cret"}
		if implicit {
			c.TLS = TLSImplicit
		}
		for _, chunking := range []bool{true, false} {
			s := dial(t, c)
			if !s.caps.chunking {
				t.Fatal("go-smtp offers no CHUNKING any more")
			}
			s.caps.chunking = chunking
			h := newList(three...)
			large := bytes.Repeat([]byte(".large message\r\n"), 1<<14)
			h.message = func(to string) []byte { return fmt.Appendf(nil, "Subject: %s\r\n\r\n%s", to, large) }
			before := len(server.Messages())
			if err := s.Stream(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			got := server.Messages()[before:]
			if !slices.Equal(recipients(got), three) || h.outcomes[three[0]] != nil {
				t.Errorf("chunks %v: accepted for %v, outcomes %v", chunking, recipients(got), h.outcomes)
			}
			for _, m := range got {
				if !bytes.HasSuffix(m.Data, large) || !m.TLS || m.User != "news" {
					t.Errorf("chunks %v: %d octets, TLS %v, user %q", chunking, len(m.Data), m.TLS, m.User)
				}
			}
		}
	}
}
