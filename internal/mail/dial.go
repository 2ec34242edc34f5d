package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// Dial connects to the server, encrypts and logs in as c says. A failure is an
// *Error. Nothing was sent then, but perhaps the user name and the password.
func Dial(ctx context.Context, c Config) (*Session, error) {
	s := &Session{config: c.withDefaults()}
	dialogue := &Bounded{Left: MaxDialogue}
	for _, step := range []struct {
		phase Phase
		run   func(context.Context) error
	}{
		{PhaseConnect, func(ctx context.Context) error { return s.connect(ctx, dialogue) }},
		{PhaseTLS, s.implicitTLS},
		{PhaseConnect, s.greet},
		{PhaseTLS, s.startTLS},
		{PhaseAuth, s.login},
	} {
		if err := step.run(ctx); err != nil {
			return nil, s.dialError(ctx, step.phase, err)
		}
	}
	s.caps = s.capabilities()
	dialogue.Left = -1 // what Stream reads it bounds by itself
	return s, nil
}

func (s *Session) connect(ctx context.Context, dialogue *Bounded) error {
	if s.config.TLS == TLSNone && s.config.Username != "" && !s.config.loopback() {
		return &refusal{"a password goes to another machine only encrypted", "remove smtp.tls: none, or smtp.username"}
	}
	dialer := net.Dialer{Timeout: s.config.Timeouts.Connect}
	conn, err := dialer.DialContext(ctx, "tcp", s.config.address())
	if err == nil {
		dialogue.Conn, s.conn = conn, dialogue
	}
	return err
}

func (s *Session) implicitTLS(ctx context.Context) error {
	s.stream = s.conn
	if s.config.TLS != TLSImplicit {
		return nil
	}
	defer s.guard(ctx, s.config.Timeouts.Connect)()
	encrypted := tls.Client(s.conn, s.config.tlsConfig())
	s.stream = encrypted
	return encrypted.HandshakeContext(ctx)
}

func (s *Session) greet(ctx context.Context) (err error) {
	defer s.guard(ctx, s.config.Timeouts.Command)()
	if s.client, err = smtp.NewClient(s.stream, s.config.Host); err != nil {
		return err
	}
	return s.client.Hello(s.hello())
}

func (s *Session) hello() string {
	if s.config.Hello != "" {
		return s.config.Hello
	}
	ip := s.conn.LocalAddr().(*net.TCPAddr).IP
	if ip.To4() == nil {
		return "[IPv6:" + ip.String() + "]"
	}
	return "[" + ip.String() + "]"
}

func (s *Session) startTLS(ctx context.Context) error {
	if s.config.TLS != TLSRequired && s.config.TLS != TLSOpportunistic {
		return nil
	}
	if offered, _ := s.client.Extension("STARTTLS"); !offered {
		if s.config.TLS == TLSOpportunistic {
			return nil
		}
		return &refusal{"the server offers no STARTTLS",
			"use its TLS port, often 465 or 587; smtp.tls: opportunistic sends without encryption"}
	}
	defer s.guard(ctx, s.config.Timeouts.Connect)()
	return s.client.StartTLS(s.config.tlsConfig())
}

// login picks the best mechanism that the server offers. The connection is
// encrypted here or goes to this machine, so the simple ones are safe; they
// come before CRAM-MD5, which servers offer that can't do it.
func (s *Session) login(ctx context.Context) error {
	user, password, host := s.config.Username, s.config.Password, s.config.Host
	if user == "" {
		return nil
	}
	_, offer := s.client.Extension("AUTH")
	for _, mechanism := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", measuredScram{smtp.ScramSHA256Auth(user, password)}},
		{"SCRAM-SHA-1", measuredScram{smtp.ScramSHA1Auth(user, password)}},
		{"PLAIN", smtp.PlainAuth("", user, password, host, true)},
		{"LOGIN", smtp.LoginAuth(user, password, host, true)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(user, password)},
	} {
		if slices.Contains(strings.Fields(strings.ToUpper(offer)), mechanism.name) {
			defer s.guard(ctx, s.config.Timeouts.Command)()
			return s.client.Auth(mechanism.auth)
		}
	}
	if offer == "" {
		return &refusal{"the server offers no login", "use its submission port, often 587, or remove smtp.username"}
	}
	return &refusal{fmt.Sprintf("the server wants a login by %s", OneLine(offer)), "newsdesk knows SCRAM, PLAIN, LOGIN and CRAM-MD5"}
}

// dialError closes the connection and tells what to do.
func (s *Session) dialError(ctx context.Context, phase Phase, err error) error {
	if s.conn != nil {
		s.conn.Close()
	}
	e := newError(s.config.address(), phase, interrupted(ctx, err))
	e.Lost = true
	e.Line = s.redact(e.Line)
	if r, ok := errors.AsType[*refusal](err); ok {
		e.Hint, e.Temporary = r.hint, false
		return e
	}
	switch {
	case errors.Is(err, context.Canceled):
	case phase == PhaseConnect && e.Code == 0:
		e.Hint = connectHint(err)
	case phase == PhaseTLS && e.Code == 0:
		e.Hint, e.Temporary = tlsHint(err), isInterruption(err)
	case phase == PhaseAuth && e.Code != 0:
		e.Hint = "check smtp.username and the password file"
	}
	return e
}

// isInterruption reports whether the connection ended, or nothing came in time:
// that says nothing about what the two sides would have agreed on.
func isInterruption(err error) bool {
	_, broken := errors.AsType[*os.SyscallError](err)
	return broken || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

func connectHint(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "is smtp.host right? a name server says that there is no such name"
	} else if ok {
		return "the name servers of this machine do not answer: see /etc/resolv.conf"
	}
	return "is the server running? see smtp.host, smtp.port"
}

func tlsHint(err error) string {
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return "the server's certificate is to be renewed by whoever runs it, unless the clock of this machine is wrong"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "smtp.host must be the name in the server's certificate, and its issuer one that this machine trusts"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "this port does not begin with TLS: see smtp.port and smtp.tls"
	}
	return "see smtp.port and smtp.tls"
}

// refusal is our own decision not to go on.
type refusal struct{ text, hint string }

func (r *refusal) Error() string { return r.text }

// redact takes the password out of a reply: there are servers that repeat the
// command that they did not understand.
func (s *Session) redact(line string) string {
	user, password := s.config.Username, s.config.Password
	if password == "" {
		return line
	}
	for _, secret := range []string{"\x00" + user + "\x00" + password, password} {
		line = strings.ReplaceAll(line, base64.StdEncoding.EncodeToString([]byte(secret)), "[password]")
		line = strings.ReplaceAll(line, secret, "[password]")
	}
	return line
}

// cause gives the words of err that help: "connection refused" without the
// addresses and calls around it.
func cause(err error) string {
	if e, ok := errors.AsType[*os.SyscallError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "no address for " + e.Name
	} else if ok {
		return "nobody says what the address of " + e.Name + " is"
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return OneLine(err.Error())
}
