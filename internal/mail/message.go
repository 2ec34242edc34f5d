package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail to one recipient. Its header has, besides what the
// fields say, MIME-Version and "Precedence: bulk", which keeps holiday answers
// away from servers that do not know List-Id. It has no Auto-Submitted: that is
// for mail that no human wrote (RFC 3834, 5), and people choose what is in a
// digest.
type Message struct {
	From, To  mail.Address // names in any script; addresses in ASCII
	Subject   string       // one line, in any script
	Date      time.Time    // written with its own zone's offset
	MessageID string       // without angle brackets; see MessageID
	ListID    string       // domain-like name of the list (RFC 2919), without angle brackets; or ""
	Language  string       // BCP 47, for Content-Language; or ""

	// ListUnsubscribe are https: and mailto: URLs, the preferred first
	// (RFC 2369, 3.2). OneClick says that the https one ends the subscription
	// at a POST without another question (RFC 8058).
	ListUnsubscribe []string
	OneClick        bool

	Text, HTML []byte // the two parts, UTF-8
}

// Bytes gives the message as RFC 5322 wants it: multipart/alternative with the
// text part first, quoted-printable, ASCII only, lines that end in CRLF and are
// at most 998 octets long. Equal messages give equal bytes. A field that would
// break the header, such as a subject with a line break, is an error.
func (m *Message) Bytes() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(m.boundary()))
	setAddress(msg, gomail.HeaderFrom, m.From)
	setAddress(msg, gomail.HeaderTo, m.To)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(m.Date)
	for _, h := range m.header() {
		msg.SetGenHeader(gomail.Header(h.name), h.value)
	}
	// Writers, not strings: go-mail would copy each part twice.
	msg.SetBodyWriter(gomail.TypeTextPlain, bodyWriter(m.Text))
	msg.AddAlternativeWriter(gomail.TypeTextHTML, bodyWriter(m.HTML))

	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), checkLines(b.Bytes())
}

// setAddress writes one address. A name in which a backslash stands beside
// what has to be encoded is encoded here, in base64: net/mail leaves the
// backslash as it is in its encoded word, where RFC 2047, 5 (3) does not allow
// it, and nobody can read the field then.
func setAddress(msg *gomail.Msg, h gomail.AddrHeader, a mail.Address) {
	word := mime.BEncoding.Encode("utf-8", a.Name)
	if word == a.Name || !strings.Contains(a.Name, `\`) {
		msg.SetAddrHeaderFromMailAddress(h, &a)
		return
	}
	msg.SetGenHeader(gomail.Header(h), word+" <"+a.Address+">")
}

type field struct{ name, value string }

// header gives the fields that are neither addresses, date nor Message-ID.
func (m *Message) header() []field {
	all := []field{{"Subject", m.Subject}, {"Precedence", "bulk"}}
	if m.Language != "" {
		all = append(all, field{"Content-Language", m.Language})
	}
	if m.ListID != "" {
		all = append(all, field{"List-Id", "<" + m.ListID + ">"})
	}
	if len(m.ListUnsubscribe) > 0 {
		// go-mail's own setter keeps these two in a map and so writes them in
		// an order that differs from call to call.
		all = append(all, field{"List-Unsubscribe", "<" + strings.Join(m.ListUnsubscribe, ">, <") + ">"})
	}
	if m.OneClick {
		all = append(all, field{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
	}
	return all
}

// boundary is made from the content, which therefore can't contain it.
func (m *Message) boundary() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n", len(m.Text))
	h.Write(m.Text)
	h.Write(m.HTML)
	return "newsdesk-" + hex.EncodeToString(h.Sum(nil)[:16])
}

func bodyWriter(part []byte) func(io.Writer) (int64, error) {
	return func(w io.Writer) (int64, error) {
		n, err := w.Write(part)
		return int64(n), err
	}
}

// check refuses what could end one header field and begin another, and what
// has no place in a field.
func (m *Message) check() error {
	for _, f := range []field{
		{"From", m.From.Name}, {"To", m.To.Name}, {"Subject", m.Subject}, {"Content-Language", m.Language},
	} {
		if strings.ContainsAny(f.value, "\r\n\x00") {
			return fmt.Errorf("%s: %q has a line break", f.name, f.value)
		}
	}
	for _, f := range []field{
		{"From", m.From.Address}, {"To", m.To.Address}, {"Message-ID", m.MessageID}, {"List-Id", m.ListID + "@"},
	} {
		if !isASCIIWord(f.value) || !strings.Contains(f.value, "@") {
			return fmt.Errorf("%s: %q: want name@example.org in ASCII", f.name, f.value)
		}
	}
	for _, url := range m.ListUnsubscribe {
		if !isASCIIWord(url) || !strings.HasPrefix(url, "https:") && !strings.HasPrefix(url, "http:") && !strings.HasPrefix(url, "mailto:") {
			return fmt.Errorf("List-Unsubscribe: %q: want an https: or mailto: URL", url)
		}
	}
	if m.OneClick && !slices.ContainsFunc(m.ListUnsubscribe, isHTTPS) {
		return errors.New("one click needs an https: URL in List-Unsubscribe (RFC 8058, 3.1)")
	}
	if m.Date.IsZero() {
		return errors.New("no Date")
	}
	return nil
}

func isHTTPS(url string) bool { return strings.HasPrefix(url, "https:") }

// isASCIIWord reports whether s is visible ASCII that can stand in angle
// brackets, in a header field or an SMTP command.
func isASCIIWord(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return s != ""
}

// checkLines is the last look at a message: RFC 5322, 2.1.1 and 2.3, which
// servers enforce by cutting or refusing.
func checkLines(message []byte) error {
	for line := range bytes.Lines(message) {
		if len(line) > 998+len("\r\n") {
			return fmt.Errorf("line of %d octets, 998 are allowed: %.40s…", len(line)-2, line)
		}
		if i := bytes.IndexFunc(line, func(r rune) bool { return r >= 0x7f }); i >= 0 {
			return fmt.Errorf("line is not ASCII: %.40q", line)
		}
	}
	return nil
}
