package mailcheck

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// maxParts bounds how many parts of a message are looked at, and how deep they
// are nested.
const maxParts, maxNested = 100, 10

// Read takes a message apart as a mail client does: the header, and the first
// text and the first HTML part that are not attachments. Line ends become \n.
// The preheader is what the HTML hides at its top.
func Read(message []byte) (Mail, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return Mail{}, fmt.Errorf("the message can't be read: %w", err)
	}
	header, _, _ := bytes.Cut(bytes.ReplaceAll(message, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	m := Mail{Header: bytes.ReplaceAll(append(header, '\n'), []byte("\n"), []byte("\r\n"))}
	words := new(mime.WordDecoder)
	if m.Subject, err = words.DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		m.Subject = parsed.Header.Get("Subject")
	}
	r := partReader{mail: &m}
	if err := r.read(part{parsed.Header.Get, parsed.Body}, 0); err != nil {
		return m, err
	}
	if m.HTML != nil {
		m.Preheader = hiddenTop(m.HTML)
	}
	return m, nil
}

type part struct {
	header func(name string) string
	body   io.Reader
}

type partReader struct {
	mail  *Mail
	parts int
}

func (r *partReader) read(p part, depth int) error {
	if r.parts++; r.parts > maxParts || depth > maxNested {
		return errors.New("the message has too many parts")
	}
	kind, parameters, err := mime.ParseMediaType(p.header("Content-Type"))
	if err != nil {
		kind = "text/plain" // RFC 2045, 5.2
	}
	if strings.HasPrefix(kind, "multipart/") {
		return r.readParts(multipart.NewReader(p.body, parameters["boundary"]), depth)
	}
	if disposition, _, _ := strings.Cut(p.header("Content-Disposition"), ";"); strings.EqualFold(strings.TrimSpace(disposition), "attachment") {
		return nil
	}
	var to *[]byte
	switch {
	case kind == "text/html" && r.mail.HTML == nil:
		to = &r.mail.HTML
	case kind == "text/plain" && r.mail.Text == nil:
		to = &r.mail.Text
	default:
		return nil
	}
	body, err := io.ReadAll(decoded(p))
	if err != nil {
		return fmt.Errorf("the %s part can't be read: %w", kind, err)
	}
	*to = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	return nil
}

func (r *partReader) readParts(parts *multipart.Reader, depth int) error {
	for {
		// RawPart, for NextPart takes off an encoding that decoded wants to see.
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the message's parts can't be read: %w", err)
		}
		if err := r.read(part{p.Header.Get, p}, depth+1); err != nil {
			return err
		}
	}
}

func decoded(p part) io.Reader {
	switch strings.ToLower(strings.TrimSpace(p.header("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		return quotedprintable.NewReader(p.body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p.body)
	}
	return p.body
}

// hiddenTop gives what the first element says that is not displayed, without the
// blanks that keep inboxes from showing what follows.
func hiddenTop(source []byte) string {
	for n := range parseHTML(source).elements() {
		for _, d := range n.style {
			if d.property == "display" && d.value == "none" {
				return strings.Trim(n.words(), " \u00a0\u2007\u034f\u200c\u200b\u00ad")
			}
		}
	}
	return ""
}
