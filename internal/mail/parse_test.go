package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
)

// parsed is a message as the standard library's parsers, which nothing here
// writes with, read it.
type parsed struct {
	*mail.Message
	t          testing.TB
	text, html string
	inline     []Inline
	widest     int // columns of the longest line with an encoded word, or of the body
}

// parse reads a message and checks what each line must keep.
func parse(t testing.TB, data []byte) *parsed {
	t.Helper()
	p := &parsed{t: t}
	header := true
	for line := range strings.SplitSeq(string(data), "\r\n") {
		header = header && line != ""
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") || strings.HasPrefix(line, ".") || strings.HasPrefix(line, "From ") {
			t.Fatalf("line %q", line)
		}
		if strings.IndexFunc(line, func(r rune) bool { return r > 0x7e }) >= 0 {
			t.Fatalf("line is not ASCII: %q", line)
		}
		if !header || strings.Contains(line, "=?") {
			p.widest = max(p.widest, len(line))
		}
	}
	if p.widest > 76 {
		t.Fatalf("a line has %d columns", p.widest)
	}
	var err error
	if p.Message, err = mail.ReadMessage(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	parts := p.multipart("multipart/alternative", p.Header.Get("Content-Type"), p.Body)
	if len(parts) != 2 || parts[0].kind != "text/plain" {
		t.Fatalf("parts %v", parts)
	}
	p.text = parts[0].content
	if parts[1].kind == "multipart/related" {
		parts = p.multipart("multipart/related", parts[1].contentType, strings.NewReader(parts[1].content))
		for _, file := range parts[1:] {
			content, err := base64.StdEncoding.DecodeString(file.content)
			if err != nil {
				t.Fatal(err)
			}
			p.inline = append(p.inline, Inline{file.id, file.kind, content})
		}
		parts = parts[:1]
	}
	if last := parts[len(parts)-1]; last.kind != "text/html" {
		t.Fatalf("last part %v", last)
	}
	p.html = parts[len(parts)-1].content
	return p
}

type part struct{ kind, contentType, id, content string }

func (p *parsed) multipart(want, contentType string, r io.Reader) (parts []part) {
	p.t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != want {
		p.t.Fatalf("Content-Type %q, error %v", contentType, err)
	}
	for reader := multipart.NewReader(r, params["boundary"]); ; {
		next, err := reader.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return parts
		}
		if err != nil {
			p.t.Fatal(err)
		}
		content, err := io.ReadAll(next)
		if err != nil {
			p.t.Fatal(err)
		}
		contentType := next.Header.Get("Content-Type")
		kind, _, err := mime.ParseMediaType(contentType)
		if err != nil {
			p.t.Fatal(err)
		}
		parts = append(parts, part{kind, contentType, strings.Trim(next.Header.Get("Content-Id"), "<>"), string(content)})
	}
}

func (p *parsed) decoded(name string) string {
	var words mime.WordDecoder
	text, err := words.DecodeHeader(p.Header.Get(name))
	if err != nil {
		p.t.Errorf("%s: %v", name, err)
	}
	return text
}

func (p *parsed) wantParts(text, html string) {
	p.t.Helper()
	if p.text != text {
		p.t.Errorf("the text part is %q\nwant %q", p.text, text)
	}
	if p.html != html {
		p.t.Errorf("the HTML part is %q\nwant %q", p.html, html)
	}
}
