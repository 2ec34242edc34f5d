package mail

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// rogue is a server that says what it wants: answer is given each line, at first "".
func rogue(t *testing.T, answer func(w io.Writer, line string)) Config {
	port := mailtest.Raw(t, func(conn net.Conn) {
		answer(conn, "")
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			answer(conn, lines.Text())
		}
	})
	return Config{
		Host: "127.0.0.1", Port: port, Username: "news", Password: "s3cret",
		Timeouts: Timeouts{Command: time.Minute},
	}
}

// TestDialRogue is a server that wants to harm: Dial ends soon with an error that can
// be shown, whatever it says.
func TestDialRogue(t *testing.T) {
	t.Parallel()
	endless := func(w io.Writer, begin string) {
		_, err := io.WriteString(w, begin)
		for more := strings.Repeat(begin+" more", 1000); err == nil; {
			_, err = io.WriteString(w, more)
		}
	}
	usual := func(w io.Writer, line string) {
		switch verb, _, _ := strings.Cut(line, " "); verb {
		case "":
			io.WriteString(w, "220 rogue\r\n")
		case "EHLO":
			io.WriteString(w, "250-rogue\r\n250 AUTH SCRAM-SHA-256\r\n")
		case "AUTH": // n,,n=news,r=NONCE
			said, _ := base64.StdEncoding.DecodeString(line[strings.LastIndexByte(line, ' ')+1:])
			_, nonce, _ := strings.Cut(string(said), "r=")
			io.WriteString(w, "334 "+base64.StdEncoding.EncodeToString([]byte("r="+nonce+"x,s=c2FsdA==,i=2147483647"))+"\r\n")
		default:
			io.WriteString(w, "500 \x1b]0;owned\x07\u009b2J\u202e\r\n")
		}
	}
	for _, test := range []struct {
		name, at, want string
		answer         func(w io.Writer)
	}{
		{"a greeting without end", "", "the server's reply has no end", func(w io.Writer) { endless(w, "220-hello\r\n") }},
		{"a line without end", "EHLO", "the server offers no login", func(w io.Writer) { endless(w, "250 ") }},
		{"a challenge without end", "AUTH", "auth: illegal base64", func(w io.Writer) { endless(w, "334 AAAA") }},
		{"work for hours", "none", "wants the password hashed 2147483647 times", nil},
		{"a terminal's commands", "AUTH", "535 ]0;owned 2J", func(w io.Writer) { io.WriteString(w, "535 \x1b]0;owned\x07\u009b2J\u202e\r\n") }},
	} {
		c := rogue(t, func(w io.Writer, line string) {
			if verb, _, _ := strings.Cut(line, " "); verb == test.at {
				test.answer(w)
				return
			}
			usual(w, line)
		})
		_, err := Dial(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\x1b\x07\u009b\u202e") {
			t.Errorf("%s: %.700q, want %q", test.name, err, test.want)
		}
	}
}

// TestStartTLSInjection is somebody in between who adds plain text behind the reply to
// STARTTLS (CVE-2011-0411): nothing of it counts once the connection is encrypted.
func TestStartTLSInjection(t *testing.T) {
	t.Parallel()
	serverTLS, roots := mailtest.Certificate(t, "127.0.0.1")
	for _, reply := range []string{"220 go\n250-evil\n250-SIZE 1\n250 AUTH LOGIN", "220 go\n535 5.7.8 wrong"} {
		server := (&mailtest.Faulty{
			Capabilities: []string{"STARTTLS", "AUTH PLAIN", "SIZE 100000"}, TLS: serverTLS,
			Faults: []mailtest.Fault{{At: "STARTTLS", Reply: reply}},
		}).Start(t)
		s, err := Dial(t.Context(), Config{Host: server.Host, Port: server.Port, TLS: TLSRequired, Roots: roots, Username: "news", Password: "s3cret"})
		if err != nil {
			t.Errorf("%q: %v", reply, err)
			continue
		}
		if s.caps.maxSize != 100000 {
			t.Errorf("%q: believed what was not encrypted: %+v", reply, s.caps)
		}
		s.Close()
	}
}
