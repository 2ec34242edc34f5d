package bounce

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
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
	nested := func(level string) func(w io.Writer, _ string) bool {
		return func(w io.Writer, _ string) bool {
			_, err := io.WriteString(w, "* 1 FETCH (UID 7 BODYSTRUCTURE (")
			for more := strings.Repeat(level, 64<<10/len(level)); err == nil; {
				_, err = io.WriteString(w, more)
			}
			return false
		}
	}
	message := `"message" "rfc822" NIL NIL ")))" "7bit" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL {3}` + "\r\n)\n)) ("
	const many = "the server's answer has too many parentheses"
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
		{"parts in parts", "SELECT", many, nested("(")},
		{"mails in mails", "UID", many, nested(message)},
		{"parts in parts at the login", "LOGIN", many, nested("(")},
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

// TestIMAPParentheses: what a mail's text has is nothing to the connection, in one line
// or many, nor if the server gives more of it than was asked for.
func TestIMAPParentheses(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("(", 3<<20)
	for _, size := range []int{0, 1, 5000, 1 << 20, 1<<20 + 1, 3 << 20} {
		b := imapServer(t, func(w io.Writer, tag, name string) bool {
			if name == "UID" {
				fmt.Fprintf(w, "* 1 FETCH (UID 7 BODY[]<0> {%d}\r\n%s FLAGS ())\r\n* 2 FETCH (FLAGS (\\Seen))\r\n", size, text[:size])
			}
			io.WriteString(w, tag+" OK done\r\n")
			return true
		})
		r := &imapReader{IMAP: b, sink: new(list)}
		client, err := r.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		for range 2 {
			if mail, err := r.fetch(client, 7); err != nil || len(mail) != min(size, r.options.limit()+1) {
				t.Fatalf("of %d octets: %d, %v", size, len(mail), err)
			}
		}
	}
}

// TestIMAPNestedAfterText: after the text of a mail parentheses count again.
func TestIMAPNestedAfterText(t *testing.T) {
	t.Parallel()
	b := imapServer(t, func(w io.Writer, tag, name string) bool {
		if name != "UID" {
			io.WriteString(w, tag+" OK done\r\n")
			return true
		}
		mail := strings.Repeat("(", 1<<20)
		fmt.Fprintf(w, "* 1 FETCH (UID 7 BODY[]<0> {%d}\r\n%s BODYSTRUCTURE (", len(mail), mail)
		for err := error(nil); err == nil; {
			_, err = io.WriteString(w, mail)
		}
		return false
	})
	r := &imapReader{IMAP: b, sink: new(list)}
	client, err := r.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := r.fetch(client, 7); err == nil || !strings.HasSuffix(err.Error(), errNested.Error()) {
		t.Errorf("%.700v", err)
	}
}
