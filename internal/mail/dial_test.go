package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

func TestDialErrors(t *testing.T) {
	serverTLS, roots := mailtest.Certificate(t, "mail.example")
	plain := mailtest.Start(t, mailtest.Options{})
	withTLS := mailtest.Start(t, mailtest.Options{TLS: serverTLS})
	noLogin := mailtest.Start(t, mailtest.Options{Username: "news", Password: "right"})
	scram := mailtest.Start(t, mailtest.Options{Username: "news", Password: "right", Mechanisms: []string{"SCRAM-SHA-256"}})
	strange := mailtest.Start(t, mailtest.Options{Username: "news", Mechanisms: []string{"GSSAPI"}})
	echo := mailtest.Start(t, mailtest.Options{Username: "news", FailLogin: &smtp.SMTPError{
		Code: 500, Message: "what is AUTH PLAIN AG5ld3MAczNjcmV0 or s3cret?"}}) // base64 of \0news\0s3cret
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })

	tests := []struct {
		name      string
		config    Config
		phase     Phase
		temporary bool
		want      string
	}{
		{"nobody listens", Config{Host: "127.0.0.1", Port: closed.Addr().(*net.TCPAddr).Port}, PhaseConnect, true,
			"connect: connection refused (is the server running? see smtp.host, smtp.port)"},
		{"no such host", Config{Host: "mail.newsdesk.invalid"}, PhaseConnect, true, "no address for mail.newsdesk.invalid"},
		{"silence", Config{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Timeouts: Timeouts{Command: 50 * time.Millisecond}},
			PhaseConnect, true, "no answer in time"},
		{"no STARTTLS", with(plain, TLSRequired, "", ""), PhaseTLS, false, "the server offers no STARTTLS (use its TLS port"},
		{"unknown signer", with(withTLS, TLSRequired, "", ""), PhaseTLS, false, "smtp.host must be the name in the server's certificate"},
		{"other name", Config{Host: "127.0.0.1", Port: withTLS.Port, TLS: TLSRequired, Roots: roots}, PhaseTLS, false, "smtp.host must be the name"},
		{"no TLS on the port", with(plain, TLSImplicit, "", ""), PhaseTLS, false, "this port does not begin with TLS"},
		{"wrong password", with(noLogin, TLSDefault, "news", "s3cret"), PhaseAuth, false,
			"auth: 535 5.7.8 Authentication failed (check smtp.username and the password file)"},
		{"wrong password by SCRAM", with(scram, TLSDefault, "news", "s3cret"), PhaseAuth, false, "auth: 535 5.7.8 Authentication failed"},
		{"no login offered", with(plain, TLSDefault, "news", "s3cret"), PhaseAuth, false, "the server offers no login"},
		{"unknown login", with(strange, TLSDefault, "news", "s3cret"), PhaseAuth, false, "wants a login by GSSAPI"},
		{"echo of the password", with(echo, TLSDefault, "news", "s3cret"), PhaseAuth, false, "what is AUTH PLAIN [password] or [password]?"},
		{"password in clear", Config{Host: "mail.example", TLS: TLSNone, Username: "news", Password: "s3cret"}, PhaseConnect, false,
			"a password goes to another machine only encrypted"},
	}
	for _, tt := range tests {
		s, err := Dial(t.Context(), tt.config)
		if err == nil {
			s.Close()
			t.Errorf("%s: connected", tt.name)
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Phase != tt.phase || e.Temporary != tt.temporary || e.Uncertain || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v (temporary %v)\nwant %q", tt.name, err, ok && e.Temporary, tt.want)
		}
		if strings.Contains(err.Error(), "s3cret") || strings.Contains(fmt.Sprintf("%+v", err), "s3cret") {
			t.Errorf("%s: the password is in %q", tt.name, err)
		}
	}
}

// TestHello holds by what name we introduce ourselves, and that a login in clear is for
// this machine alone.
func TestHello(t *testing.T) {
	for _, tt := range []struct {
		config Config
		want   string
	}{
		{Config{}, "EHLO [127.0.0.1]"},
		{Config{Hello: "news.example"}, "EHLO news.example"},
		{Config{TLS: TLSNone, Username: "news", Password: "s3cret"}, "EHLO [127.0.0.1]"},
	} {
		server := (&mailtest.Faulty{Capabilities: []string{"AUTH PLAIN"}}).Start(t)
		tt.config.Host, tt.config.Port = server.Host, server.Port
		s, err := Dial(t.Context(), tt.config)
		if err != nil {
			t.Errorf("%+v: %v", tt.config, err)
			continue
		}
		s.Close()
		if got := server.Commands(); got[0] != tt.want {
			t.Errorf("%q, want %q", got[0], tt.want)
		}
	}
	six := &Session{conn: addressed{ip: net.TCPAddr{IP: net.IPv6loopback}}}
	if got, want := six.hello(), "[IPv6:::1]"; got != want { // RFC 5321, 4.1.3
		t.Errorf("%q, want %q", got, want)
	}
}

// addressed is a connection of which only its own address is asked.
type addressed struct {
	net.Conn
	ip net.TCPAddr
}

func (a addressed) LocalAddr() net.Addr { return &a.ip }

// TestHints: what to do is said of what is wrong.
func TestHints(t *testing.T) {
	expired := &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}
	for _, tt := range []struct{ got, want string }{
		{tlsHint(expired), "certificate is to be renewed"},
		{tlsHint(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), "its issuer one that this machine trusts"},
		{tlsHint(&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}), "its issuer one that this machine trusts"},
		{connectHint(&net.DNSError{Name: "mail.example", IsNotFound: true}), "is smtp.host right?"},
		{connectHint(&net.DNSError{Name: "mail.example", IsTimeout: true}), "the name servers of this machine do not answer"},
		{cause(&net.DNSError{Name: "mail.example", IsNotFound: true}), "no address for mail.example"},
		{cause(&net.DNSError{Name: "mail.example", IsTemporary: true}), "nobody says what the address of mail.example is"},
	} {
		if !strings.Contains(tt.got, tt.want) {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// TestDialFaults: whatever goes wrong before the first message says where, and
// whether it may work later.
func TestDialFaults(t *testing.T) {
	serverTLS, roots := mailtest.Certificate(t, "127.0.0.1")
	tests := []struct {
		fault     mailtest.Fault
		phase     Phase
		temporary bool
		want      string
	}{
		{mailtest.Fault{At: "CONNECT", Reply: "421 4.3.2 busy"}, PhaseConnect, true, "connect: 421 4.3.2 busy"},
		{mailtest.Fault{At: "CONNECT", Reply: "554 5.7.1 go away"}, PhaseConnect, false, "connect: 554 5.7.1 go away"},
		{mailtest.Fault{At: "CONNECT", Reply: "SSH-2.0"}, PhaseConnect, true, "connect: "},
		{mailtest.Fault{At: "CONNECT", Drop: true}, PhaseConnect, true, "closed the connection"},
		{mailtest.Fault{At: "EHLO", Drop: true}, PhaseConnect, true, "closed the connection"},
		{mailtest.Fault{At: "STARTTLS", Reply: "454 4.7.0 no TLS now"}, PhaseTLS, true, "tls: 454 4.7.0 no TLS now"},
		{mailtest.Fault{At: "STARTTLS", Drop: true}, PhaseTLS, true, "tls: the server closed the connection"},
		{mailtest.Fault{At: "AUTH", Reply: "454 4.7.0 try later"}, PhaseAuth, true, "auth: 454 4.7.0 try later"},
		{mailtest.Fault{At: "AUTH", Reply: "535 5.7.8 wrong"}, PhaseAuth, false, "auth: 535 5.7.8 wrong"},
		{mailtest.Fault{At: "AUTH", Drop: true}, PhaseAuth, true, "auth: the server closed the connection"},
		{mailtest.Fault{At: "AUTH", Split: true}, "", false, ""},
	}
	for _, tt := range tests {
		server := (&mailtest.Faulty{Capabilities: []string{"STARTTLS", "AUTH PLAIN", "PIPELINING"}, TLS: serverTLS, Faults: []mailtest.Fault{tt.fault}}).Start(t)
		s, err := Dial(t.Context(), Config{Host: server.Host, Port: server.Port, TLS: TLSRequired, Roots: roots, Username: "news", Password: "s3cret"})
		if tt.want == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.fault, err)
			} else if err := s.Stream(t.Context(), newList(three...)); err != nil || len(server.Messages()) != 3 {
				t.Errorf("%v: %v, accepted %v", tt.fault, err, server.Messages())
			}
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Phase != tt.phase || e.Temporary != tt.temporary || !e.Lost || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, %+v", tt.fault, err, e)
		}
		// What to look at is said if the server is not what we think, not if it only
		// has no time.
		if hint := (e.Phase == PhaseAuth) == (e.Code != 0); (e.Hint != "") != hint {
			t.Errorf("%v: the hint is %q", tt.fault, e.Hint)
		}
	}
}

func with(s *mailtest.Server, policy TLSPolicy, user, password string) Config {
	return Config{Host: s.Host, Port: s.Port, TLS: policy, Username: user, Password: password}
}

func TestDialTLSAndLogin(t *testing.T) {
	serverTLS, roots := mailtest.Certificate(t, "127.0.0.1")
	tests := []struct {
		name     string
		server   mailtest.Options
		policy   TLSPolicy
		trust    bool
		login    bool
		wantsTLS bool
	}{
		{"required", mailtest.Options{TLS: serverTLS}, TLSRequired, true, false, true},
		{"implicit", mailtest.Options{TLS: serverTLS, Implicit: true}, TLSImplicit, true, false, true},
		{"loopback, self-signed", mailtest.Options{TLS: serverTLS}, TLSDefault, false, false, true},
		{"loopback, no TLS", mailtest.Options{}, TLSDefault, false, false, false},
		{"none", mailtest.Options{TLS: serverTLS}, TLSNone, false, false, false},
		{"PLAIN over TLS", mailtest.Options{TLS: serverTLS}, TLSRequired, true, true, true},
		{"PLAIN over implicit TLS", mailtest.Options{TLS: serverTLS, Implicit: true}, TLSImplicit, true, true, true},
		{"LOGIN", mailtest.Options{Mechanisms: []string{"LOGIN"}}, TLSDefault, false, true, false},
		{"CRAM-MD5", mailtest.Options{Mechanisms: []string{"CRAM-MD5"}}, TLSDefault, false, true, false},
		{"SCRAM-SHA-1", mailtest.Options{Mechanisms: []string{"PLAIN", "SCRAM-SHA-1"}}, TLSDefault, false, true, false},
		{"SCRAM-SHA-256", mailtest.Options{Mechanisms: []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "LOGIN"}}, TLSDefault, false, true, false},
		{"PLAIN before CRAM-MD5", mailtest.Options{Mechanisms: []string{"CRAM-MD5", "PLAIN"}}, TLSDefault, false, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.login {
				tt.server.Username, tt.server.Password = "news", "s3cret"
			}
			server := mailtest.Start(t, tt.server)
			c := with(server, tt.policy, tt.server.Username, tt.server.Password)
			if tt.trust {
				c.Roots = roots
			}
			if err := dial(t, c).Send(t.Context(), from, to, []byte("Subject: x\r\n\r\nx\r\n"), nil); err != nil {
				t.Fatal(err)
			}
			if got := server.Messages()[0]; got.TLS != tt.wantsTLS || got.User != tt.server.Username {
				t.Errorf("TLS %v, logged in as %q", got.TLS, got.User)
			}
		})
	}
}

func TestPolicy(t *testing.T) {
	tests := []struct {
		host   string
		port   int
		set    string
		user   string
		policy TLSPolicy
	}{
		{"mail.example", 587, "", "", TLSRequired},
		{"mail.example", 465, "", "", TLSImplicit},
		{"mail.example", 465, "required", "news", TLSImplicit},
		{"mail.example", 587, "opportunistic", "", TLSOpportunistic},
		{"mail.example", 587, "opportunistic", "news", TLSRequired},
		{"mail.example", 587, "none", "", TLSNone},
		{"localhost", 25, "", "", TLSOpportunistic},
		{"127.0.0.53", 25, "", "news", TLSOpportunistic},
		{"::1", 25, "", "", TLSOpportunistic},
		{"127.0.0.1", 25, "required", "", TLSRequired},
		{"127.0.0.1.example", 25, "", "", TLSRequired},
	}
	for _, tt := range tests {
		set, err := ParseTLSPolicy(tt.set)
		if err != nil {
			t.Fatal(err)
		}
		c := Config{Host: tt.host, Port: tt.port, TLS: set, Username: tt.user}
		if got := c.policy(); got != tt.policy {
			t.Errorf("%s:%d, smtp.tls %q, user %q: policy %d, want %d", tt.host, tt.port, tt.set, tt.user, got, tt.policy)
		}
	}
	if _, err := ParseTLSPolicy("yes"); err == nil || !strings.Contains(err.Error(), "want required") {
		t.Errorf("smtp.tls: yes: %v", err)
	}
}
