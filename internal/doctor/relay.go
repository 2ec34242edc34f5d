package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/mail"
)

// patience is how long the relay may take for all that it is asked. RFC
// 5321 lets a server take minutes for each reply, but who runs a doctor waits.
const patience = 30 * time.Second

// relay asks the relay what it offers, looks at its certificate, and then logs in
// as sending does, unless the certificate is such that sending would not.
func (e *Exam) relay(ctx context.Context) {
	if e.Relay.Host == "" {
		e.tell("smtp", Error, "smtp-none", "there is no relay", "set smtp.host")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := &talk{config: e.Relay}
	if err := t.run(ctx); err != nil {
		e.tell("smtp", Error, "smtp-unreachable", fmt.Sprintf("%s: %s", t.address(), t.explain(err)), "is the server running? see smtp.host, smtp.port and smtp.tls")
		return
	}
	e.tell("smtp", OK, "smtp", fmt.Sprintf("%s answers as %s", t.address(), cmp.Or(t.name(), "nobody")), "")
	e.readGreeting(t.greeting)
	trusted := e.encryption(t)
	if trusted {
		e.offer(ctx)
	}
}

// offer logs in and offers the sender.
func (e *Exam) offer(ctx context.Context) {
	if e.Relay.Username != "" && e.Relay.Password == "" {
		e.tell("smtp", Warning, "smtp-password", "there is a user name and no password", "set NEWSDESK_SMTP_PASSWORD or smtp.password_file")
	}
	if e.From == "" {
		return
	}
	err := mail.Offer(ctx, e.Relay, e.From)
	failed, ok := errors.AsType[*mail.Error](err)
	switch {
	case err == nil && e.Relay.Username != "":
		e.tell("smtp", OK, "smtp-login", fmt.Sprintf("it lets %s in and takes mail from %s", e.Relay.Username, e.From), "")
	case err == nil:
		e.tell("smtp", OK, "smtp-sender", "it takes mail from "+e.From+" without a login", "")
	case ok && failed.Phase == mail.PhaseAuth:
		e.tell("smtp", Error, "smtp-login", "it refuses the login: "+failed.Reply(), failed.Hint)
	case ok && failed.Phase == mail.PhaseMail:
		e.tell("smtp", Error, "smtp-sender", fmt.Sprintf("it refuses mail from %s: %s", e.From, failed.Reply()), failed.Hint)
	default:
		e.tell("smtp", Error, "smtp-failed", err.Error(), "")
	}
}

// talk is a conversation that only looks: greeting, EHLO, STARTTLS, QUIT. The
// certificate is not checked, so that it can be told what is wrong with it; no
// secret is said.
type talk struct {
	config   mail.Config
	conn     net.Conn
	text     *textproto.Conn
	greeting string
	offers   []string             // the lines of the reply to EHLO, the server's name first
	state    *tls.ConnectionState // nil: in clear
	refused  error                // why TLS did not begin
}

func (t *talk) address() string {
	return net.JoinHostPort(t.config.Host, strconv.Itoa(cmp.Or(t.config.Port, 587)))
}

func (t *talk) run(ctx context.Context) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", t.address())
	if err != nil {
		return err
	}
	t.conn = &mail.Bounded{Conn: conn, Left: mail.MaxDialogue}
	defer func() { t.conn.Close() }()
	defer context.AfterFunc(ctx, func() { t.conn.SetDeadline(time.Unix(1, 0)) })()
	if t.config.Policy() == mail.TLSImplicit {
		if err := t.encrypt(ctx); err != nil {
			return err
		}
	}
	t.text = textproto.NewConn(t.conn)
	if _, t.greeting, err = t.text.ReadResponse(220); err != nil {
		return err
	}
	if err := t.hello(); err != nil {
		return err
	}
	if t.offer("STARTTLS") && t.state == nil && t.config.Policy() != mail.TLSNone {
		if err := t.startTLS(ctx); err != nil {
			t.refused = err
			return nil
		}
	}
	if _, err := t.text.Cmd("QUIT"); err != nil {
		return nil // it said all that is wanted
	}
	_, _, _ = t.text.ReadResponse(221)
	return nil
}

func (t *talk) hello() error {
	name := t.config.Hello
	if name == "" {
		ip := t.conn.LocalAddr().(*net.TCPAddr).IP
		name = "[" + ip.String() + "]"
		if ip.To4() == nil {
			name = "[IPv6:" + ip.String() + "]"
		}
	}
	if _, err := t.text.Cmd("EHLO %s", name); err != nil {
		return err
	}
	_, lines, err := t.text.ReadResponse(250)
	t.offers = strings.Split(lines, "\n")
	return err
}

func (t *talk) startTLS(ctx context.Context) error {
	if _, err := t.text.Cmd("STARTTLS"); err != nil {
		return err
	}
	if _, _, err := t.text.ReadResponse(220); err != nil {
		return err
	}
	if err := t.encrypt(ctx); err != nil {
		return err
	}
	t.text = textproto.NewConn(t.conn)
	return t.hello()
}

func (t *talk) encrypt(ctx context.Context) error {
	c := tls.Client(t.conn, &tls.Config{ServerName: t.config.Host, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true})
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	state := c.ConnectionState()
	t.conn, t.state = c, &state
	return nil
}

// offer reports whether EHLO's reply has an extension.
func (t *talk) offer(extension string) bool {
	for _, line := range t.offers[1:] {
		if word, _, _ := strings.Cut(line, " "); strings.EqualFold(word, extension) {
			return true
		}
	}
	return false
}

func (t *talk) name() string {
	name, _, _ := strings.Cut(t.offers[0], " ")
	return mail.OneLine(name)
}

func (t *talk) explain(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		return "no answer in time"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the port does not begin with TLS"
	}
	if inner, ok := errors.AsType[*os.SyscallError](err); ok {
		return inner.Err.Error()
	}
	if inner, ok := errors.AsType[*net.DNSError](err); ok {
		return "no address for " + mail.OneLine(inner.Name)
	}
	return mail.OneLine(err.Error())
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// readGreeting takes the time from the greeting of servers that tell it after the
// last semicolon, as Sendmail and Exim do: "220 mx ESMTP Sendmail 8.17; Mon, 2 …".
func (e *Exam) readGreeting(greeting string) {
	text := greeting[strings.LastIndexByte(greeting, ';')+1:]
	if i := strings.Index(text, ", "); i >= 3 {
		text = text[i-3:] // from the day of the week
	}
	if date, err := netmail.ParseDate(strings.TrimSpace(text)); err == nil {
		e.clock = &clockReading{"the relay", date, e.Now()}
	}
}
