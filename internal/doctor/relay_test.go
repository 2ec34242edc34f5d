package doctor

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// The certificates of mailtest are good for an hour: what is too early or too late
// is told by moving the clock.
func TestRelay(t *testing.T) {
	good, roots := mailtest.Certificate(t, "localhost", "127.0.0.1")
	other, otherRoots := mailtest.Certificate(t, "mail.example.net")
	refuse := func(string, int) error {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not yours"}
	}
	login := mailtest.Options{TLS: good, Username: "ada", Password: "secret"}
	for name, test := range map[string]struct {
		server    mailtest.Options
		relay     mail.Config
		later     time.Duration
		smtp, tls string
	}{
		"good":        {login, mail.Config{TLS: mail.TLSRequired, Roots: roots, Username: "ada", Password: "secret"}, 0, "ok smtp, ok smtp-login", "ok tls, warning tls-expires"},
		"implicit":    {mailtest.Options{TLS: good, Implicit: true}, mail.Config{TLS: mail.TLSImplicit, Roots: roots}, 0, "ok smtp, ok smtp-sender", "ok tls, warning tls-expires"},
		"login":       {login, mail.Config{TLS: mail.TLSRequired, Roots: roots, Username: "ada", Password: "wrong"}, 0, "ok smtp, error smtp-login", "ok tls, warning tls-expires"},
		"no password": {login, mail.Config{TLS: mail.TLSRequired, Roots: roots, Username: "ada"}, 0, "ok smtp, warning smtp-password, error smtp-login", "ok tls, warning tls-expires"},
		"sender":      {mailtest.Options{TLS: good, Mail: refuse}, mail.Config{TLS: mail.TLSRequired, Roots: roots}, 0, "ok smtp, error smtp-sender", "ok tls, warning tls-expires"},
		"expired":     {login, mail.Config{TLS: mail.TLSRequired, Roots: roots}, 2 * time.Hour, "ok smtp", "error tls-expired"},
		"early":       {login, mail.Config{TLS: mail.TLSRequired, Roots: roots}, -2 * time.Hour, "ok smtp", "error tls-early"},
		"name":        {mailtest.Options{TLS: other}, mail.Config{TLS: mail.TLSRequired, Roots: otherRoots}, 0, "ok smtp", "error tls-name"},
		"issuer":      {mailtest.Options{TLS: good}, mail.Config{TLS: mail.TLSRequired, Roots: otherRoots}, 0, "ok smtp", "error tls-issuer"},
		"unchecked":   {mailtest.Options{TLS: other}, mail.Config{}, 0, "ok smtp, ok smtp-sender", "note tls-name, note tls-issuer, ok tls"},
		"no TLS":      {mailtest.Options{}, mail.Config{TLS: mail.TLSRequired}, 0, "ok smtp", "error tls-missing"},
		"in clear":    {mailtest.Options{}, mail.Config{}, 0, "ok smtp, ok smtp-sender", "note tls-local"},
		"not TLS":     {mailtest.Options{}, mail.Config{TLS: mail.TLSImplicit}, 0, "error smtp-unreachable", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, test.server)
			test.relay.Host, test.relay.Port = server.Host, server.Port
			e := &Exam{From: "news@example.org", Relay: test.relay, Now: func() time.Time { return time.Now().Add(test.later) }}
			e.relay(context.Background())
			if got := tellings(e.found, "smtp"); got != test.smtp {
				t.Errorf("smtp: %s, want %s", got, test.smtp)
			}
			if got := tellings(e.found, "tls"); got != test.tls {
				t.Errorf("tls: %s, want %s", got, test.tls)
			}
			if n := len(server.Messages()); n > 0 {
				t.Errorf("%d messages were sent", n)
			}
			for _, f := range e.found {
				if strings.Contains(f.Text+f.Do, "secret") {
					t.Errorf("the password is told: %v", f)
				}
			}
		})
	}
}

// Nothing but these commands is said, and the time in a greeting is compared.
func TestConversation(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	said := make(chan []string, 2)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			said <- converse(c)
		}
	}()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		own  time.Time
		want string
	}{{now, "ok clock"}, {now.Add(time.Minute), "warning clock-off"}, {now.Add(-time.Hour), "error clock-off"}} {
		e := &Exam{From: "news@example.org", Relay: mail.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}, Now: func() time.Time { return test.own }}
		e.relay(context.Background())
		e.compareClock()
		if got := tellings(e.found, "clock"); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
		got := fmt.Sprint(<-said, <-said)
		if want := "[EHLO QUIT] [EHLO MAIL RSET QUIT]"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// converse plays a server that tells the time, and gives the commands it heard.
func converse(c net.Conn) (said []string) {
	defer c.Close()
	fmt.Fprint(c, "220 mx.example ESMTP Exim 4.98 Sun, 22 Nov 2026 11:00:00 +0100\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		word := strings.ToUpper(strings.Fields(lines.Text())[0])
		said = append(said, word)
		switch word {
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return said
		default:
			fmt.Fprint(c, "250 mx.example\r\n")
		}
	}
	return said
}

// A server that is not there, or says nothing, ends the exam soon.
func TestRelayUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // accepts nothing, so nobody greets
	for port, want := range map[int]string{1: "connection refused", l.Addr().(*net.TCPAddr).Port: "no answer in time"} {
		ctx := t.Context()
		if port != 1 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
		}
		e := &Exam{Relay: mail.Config{Host: "127.0.0.1", Port: port}, Now: time.Now}
		e.relay(ctx)
		if len(e.found) != 1 || !strings.Contains(e.found[0].Text, want) {
			t.Errorf("%v, want %s", e.found, want)
		}
	}
}

const sample = "From: News <news@example.org>\r\nList-Unsubscribe: <https://example.org/u/x>, <mailto:u@example.org>\r\n" +
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: News <weekly.example.org>\r\nFeedback-ID: a:b:c:d\r\n"

func TestHeader(t *testing.T) {
	for _, test := range []struct{ old, new, header, unsubscribe string }{
		{"", "", "ok header, ok header, ok header", "ok unsubscribe"},
		{"https:", "http:", "ok header, ok header, ok header", "error unsubscribe-https"},
		{", <mailto:u@example.org>", "", "ok header, ok header, ok header", "ok unsubscribe, note unsubscribe-mailto"},
		{"-Post: ", "-Get: ", "ok header, ok header, ok header", "error unsubscribe-one-click"},
		{"News <news@example.org>", "a@example.net", "error header-from, ok header, ok header", "ok unsubscribe"},
		{"News <news@example.org>", "a@example.org, b@example.org", "error header-from, ok header, ok header", "ok unsubscribe"},
		{"news@example.org", "news@gmail.com", "error header-from, ok header, ok header", "ok unsubscribe"},
		{"List-Id", "X-Id", "ok header, warning header-missing, ok header", "ok unsubscribe"},
		{"From:", "From", "error header-broken", ""},
	} {
		e := &Exam{From: "news@example.org", Header: []byte(strings.Replace(sample, test.old, test.new, 1))}
		e.header()
		if got := tellings(e.found, "header"); got != test.header {
			t.Errorf("%q: %s, want %s", test.new, got, test.header)
		}
		if got := tellings(e.found, "unsubscribe"); got != test.unsubscribe {
			t.Errorf("%q: %s, want %s", test.new, got, test.unsubscribe)
		}
	}
}

func TestMailboxProvider(t *testing.T) {
	e := &Exam{From: "news@gmail.com", Header: []byte(strings.Replace(sample, "example.org", "gmail.com", 1))}
	if e.header(); tellings(e.found[:1], "header") != "error header-mailbox" {
		t.Errorf("%v", e.found)
	}
}

func TestLinks(t *testing.T) {
	status := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/n/unsubscribe/sample" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	e := &Exam{Base: server.URL + "/n", Ask: true, Now: time.Now}
	for s, want := range map[int]string{200: "ok links", 404: "warning links-404", 502: "error links-fails"} {
		status, e.found = s, nil
		e.links(context.Background())
		if got := tellings(e.found, "links"); got != want {
			t.Errorf("%d: %s", s, got)
		}
	}
	if e.compareClock(); tellings(e.found, "clock") != "ok clock" {
		t.Errorf("%v", e.found)
	}
	e = &Exam{Base: "https://127.0.0.1:1/n", Ask: true}
	if e.links(context.Background()); tellings(e.found, "links") != "error links-unreachable" {
		t.Errorf("%v", e.found)
	}
}

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := &Exam{Folders: []Folder{{"output", filepath.Join(dir, "not", "yet")}, {"index", file}, {"index", filepath.Join(file, "below")}}}
	e.disk()
	if got := tellings(e.found[1:], "disk"); got != "error disk-folder, error disk-folder" || e.found[0].Severity == Error {
		t.Errorf("%v", e.found)
	}
	if _, err := os.Stat(filepath.Join(dir, "not")); err == nil {
		t.Error("the folder was made")
	}
}

func TestRules(t *testing.T) {
	ok := func(area string) Finding { return Finding{Area: area, Severity: OK} }
	for _, test := range []struct {
		found []Finding
		want  State
	}{
		{[]Finding{ok("spf"), ok("dkim")}, Met},
		{[]Finding{ok("spf"), {Area: "dkim", Severity: Warning}}, Unknown},
		{[]Finding{ok("spf"), ok("dkim"), {Area: "spf", Severity: Warning}}, Met},
		{[]Finding{{Area: "spf", Severity: Error}, ok("spf")}, Unmet},
		{nil, Unknown},
	} {
		rules := Rules(test.found)
		if rules[0].State != test.want || rules[len(rules)-1].State != Watch {
			t.Errorf("%v: %s, want %s", test.found, rules[0].State, test.want)
		}
	}
}

// TestRelayWithoutEnd is a relay that fills the memory of whoever reads its reply, and
// one that writes on the terminal.
func TestRelayWithoutEnd(t *testing.T) {
	port := mailtest.Raw(t, func(conn net.Conn) {
		for err := error(nil); err == nil; {
			_, err = conn.Write([]byte(strings.Repeat("220-\x1b]0;owned\x07\u009b2J\u202e\r\n", 1000)))
		}
	})
	e := &Exam{From: "news@example.org", Relay: mail.Config{Host: "127.0.0.1", Port: port}, Now: time.Now}
	e.relay(t.Context())
	if len(e.found) == 0 || e.found[0].Kind != "smtp-unreachable" || strings.ContainsAny(e.found[0].Text, "\x1b\x07\u009b\u202e") {
		t.Errorf("%.500q", e.found)
	}
}
