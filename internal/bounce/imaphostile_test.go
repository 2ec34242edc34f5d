package bounce

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// imapServer answers each command by answer, which is given its tag and name and
// writes to w; false closes the connection.
func imapServer(t *testing.T, answer func(w io.Writer, tag, name string) bool) IMAP {
	config, roots := mailtest.Certificate(t, "127.0.0.1")
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	talk := func(conn net.Conn) {
		defer conn.Close()
		io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			tag, command, _ := strings.Cut(lines.Text(), " ")
			name, _, _ := strings.Cut(command, " ")
			if !answer(conn, tag, strings.ToUpper(name)) {
				return
			}
		}
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go talk(conn)
		}
	}()
	return IMAP{Host: l.Addr().String(), Username: "news", Password: "s3cret-pass", TLS: &tls.Config{RootCAs: roots}}
}

// TestIMAPHostile is a server that is broken, or somebody else's: reading ends, with
// an error that can be shown.
func TestIMAPHostile(t *testing.T) {
	t.Parallel()
	endless := func(w io.Writer, _ string) bool {
		_, err := io.WriteString(w, "* OK ")
		for more := strings.Repeat("a", 64<<10); err == nil; {
			_, err = io.WriteString(w, more)
		}
		return false
	}
	usual := func(w io.Writer, tag, name string) bool {
		switch name {
		case "SELECT":
			io.WriteString(w, "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n")
		case "UID":
			io.WriteString(w, "* SEARCH 7\r\n")
		}
		io.WriteString(w, tag+" OK done\r\n")
		return true
	}
	for _, test := range []struct {
		name, at string
		want     string // in the error
		answer   func(w io.Writer, tag string) bool
	}{
		{"a reply without end", "SELECT", "the server's answer has no end", endless},
		{"silence", "SELECT", "i/o timeout", func(io.Writer, string) bool { return true }},
		{"silence at the login", "LOGIN", "i/o timeout", func(io.Writer, string) bool { return true }},
		{"words for the terminal", "LOGIN", "imap: NO ]0;owned [2J 31m [password] is wrong", func(w io.Writer, tag string) bool {
			io.WriteString(w, tag+" NO \x1b]0;owned\x07 \x1b[2J\u009b31m \u202e s3cret-pass is wrong\r\n")
			return true
		}},
	} {
		b := imapServer(t, func(w io.Writer, tag, name string) bool {
			if name == test.at {
				return test.answer(w, tag)
			}
			return usual(w, tag, name)
		})
		if strings.HasPrefix(test.name, "silence") {
			b.Patience = 100 * time.Millisecond
		}
		err := (&imapReader{IMAP: b, sink: new(list)}).session(t.Context())
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 600 {
			t.Errorf("%s: %.700q, want %q", test.name, err, test.want)
		}
	}
}

// TestPatient: after each command there are so many octets, and no deadline is later
// than the answer's.
func TestPatient(t *testing.T) {
	client, server := net.Pipe()
	p := newPatient(client, time.Hour, 10)
	go func() {
		b := make([]byte, 4)
		for {
			if _, err := io.ReadFull(server, b); err != nil {
				return
			}
			io.WriteString(server, "twelve octets"[:12])
		}
	}()
	for range 2 {
		io.WriteString(p, "give")
		p.SetReadDeadline(time.Time{})
		said, err := io.ReadAll(p)
		if len(said) != 10 || err != errEndless {
			t.Errorf("%q, %v", said, err)
		}
		io.ReadFull(client, make([]byte, 2))
	}
	p = newPatient(client, -time.Second, 10)
	p.SetReadDeadline(time.Now().Add(time.Hour))
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}
