// Package mailtest runs SMTP servers inside a test, which keep what they accept.
//
// Start runs a real one (github.com/emersion/go-smtp); hooks make it refuse,
// delay or drop the connection at any point of the dialogue. Faulty is one of
// our own that also does what a real one would not: it offers any set of
// capabilities, and its replies are what a table says, even nonsense.
package mailtest

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// ErrDrop and ErrSwallow are errors for hooks. ErrDrop closes the connection without a
// reply. ErrSwallow, from Dot only, accepts the message and then does so.
var (
	ErrDrop    = errors.New("drop the connection")
	ErrSwallow = errors.New("accept, then drop the connection")
)

// Options change how the server behaves. Hooks get the number of the try,
// from 1, counted by their argument; an *smtp.SMTPError from a hook is the
// reply, nil goes on.
type Options struct {
	TLS      *tls.Config // offer STARTTLS
	Implicit bool        // TLS from the start

	Username, Password string   // want a login, if Username is not ""
	Mechanisms         []string // PLAIN (default), LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256
	FailLogin          error    // the reply to every login

	Mail func(from string, try int) error
	Rcpt func(to string, try int) error
	Body func(to string, try int) error // before the body is read
	Dot  func(to string, try int) error // after the whole message was read
}

// Message is a message that the server accepted.
type Message struct {
	From, To string
	User     string // who logged in, or ""
	TLS      bool
	Data     []byte // without dot-stuffing
}

// Server is a running server.
type Server struct {
	Host string // "127.0.0.1"
	Port int

	options Options

	mu          sync.Mutex
	messages    []Message
	connections int
	tries       map[string]int
}

// Start runs a server on a free port of 127.0.0.1 until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{Listener: inner}
	t.Cleanup(func() { l.Close() })
	s := &Server{Host: "127.0.0.1", Port: inner.Addr().(*net.TCPAddr).Port, options: o, tries: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain = "mailtest.example"
	server.AllowInsecureAuth = true
	server.ErrorLog = log.New(io.Discard, "", 0) // dropped connections are wanted
	if o.Implicit {
		go server.Serve(tls.NewListener(l, o.TLS))
	} else {
		server.TLSConfig = o.TLS
		go server.Serve(l)
	}
	return s
}

// listener closes its connections with itself. The server's own Close may not be
// called while it takes a message in chunks: it has a race there.
type listener struct {
	net.Listener
	mu          sync.Mutex
	connections []net.Conn
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.mu.Lock()
		l.connections = append(l.connections, c)
		l.mu.Unlock()
	}
	return c, err
}

func (l *listener) Close() error {
	err := l.Listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.connections {
		c.Close()
	}
	return err
}

// Messages gives what was accepted so far.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Count tells how many messages were accepted for each recipient.
func (s *Server) Count() map[string]int {
	count := map[string]int{}
	for _, m := range s.Messages() {
		count[m.To]++
	}
	return count
}

// Connections tells how many times a client connected and greeted.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	one := &session{server: s, conn: c}
	if s.options.Username != "" {
		return &authSession{one}, nil
	}
	return one, nil
}

// hook runs f for subject and drops the connection if f wants that.
func (s *Server) hook(c *smtp.Conn, step string, f func(string, int) error, subject string) error {
	if f == nil {
		return nil
	}
	s.mu.Lock()
	s.tries[step+subject]++
	try := s.tries[step+subject]
	s.mu.Unlock()
	err := f(subject, try)
	if err == ErrDrop {
		c.Conn().Close()
	}
	return err
}

type session struct {
	server  *Server
	conn    *smtp.Conn
	message Message
	user    string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.Username != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.message = Message{From: from, User: s.user}
	return s.server.hook(s.conn, "mail", s.server.options.Mail, from)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.message.To = to
	return s.server.hook(s.conn, "rcpt", s.server.options.Rcpt, to)
}

func (s *session) Data(r io.Reader) (err error) {
	o, m := &s.server.options, s.message
	if err := s.server.hook(s.conn, "body", o.Body, m.To); err != nil {
		return err
	}
	if m.Data, err = io.ReadAll(r); err != nil {
		return err
	}
	err = s.server.hook(s.conn, "dot", o.Dot, m.To)
	if err != nil && err != ErrSwallow {
		return err
	}
	_, m.TLS = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	s.server.messages = append(s.server.messages, m)
	s.server.mu.Unlock()
	if err == ErrSwallow {
		s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

type authSession struct{ *session }

func (s *authSession) AuthMechanisms() []string {
	if s.server.options.Mechanisms == nil {
		return []string{sasl.Plain}
	}
	return s.server.options.Mechanisms
}

func (s *authSession) Auth(mechanism string) (sasl.Server, error) {
	o := &s.server.options
	check := func(user string, right bool) error {
		if o.FailLogin != nil {
			return o.FailLogin
		}
		if user != o.Username || !right {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}
	switch mechanism {
	case "LOGIN":
		return &login{check: func(user, password string) error { return check(user, password == o.Password) }}, nil
	case "SCRAM-SHA-1":
		return &scram{hash: sha1.New, password: o.Password, check: check}, nil
	case "SCRAM-SHA-256":
		return &scram{hash: sha256.New, password: o.Password, check: check}, nil
	case "CRAM-MD5":
		return &cram{check: func(user string, digest string) error {
			return check(user, digest == cramDigest(o.Password))
		}}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password == o.Password) }), nil
}
