package bounce

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// The standard library's readers of mail and MIME stop at the first thing that is
// wrong. Reports are wrong often, and cut off: these read on.

// header is a mail's header, in its order; values are unfolded.
type header []field

type field struct{ name, value string } // name in lower case

func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all gives the values of all fields of these names.
func (h header) all(names ...string) []string {
	var values []string
	for _, name := range names {
		for _, f := range h {
			if f.name == name {
				values = append(values, f.value)
			}
		}
	}
	return values
}

const (
	maxFields = 1000 // of one header
	maxParts  = 100  // of one mail, the nested ones included
	maxDepth  = 10
)

// splitHeader divides a mail, or a part, into header and body. A line that is no
// field is left out, such as mbox' "From ". Lines end in LF.
func splitHeader(raw []byte) (header, []byte) {
	var h header
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		if len(line) == 0 {
			return h, rest
		}
		raw = rest
		if line[0] == ' ' || line[0] == '\t' {
			if len(h) > 0 && len(h[len(h)-1].value) < 4<<10 {
				h[len(h)-1].value += " " + strings.TrimSpace(text(line, ""))
			}
			continue
		}
		name, value, ok := strings.Cut(text(line, ""), ":")
		if name = strings.TrimSpace(name); ok && !strings.Contains(name, " ") && len(h) < maxFields {
			h = append(h, field{strings.ToLower(name), strings.TrimSpace(value)})
		}
	}
	return h, nil
}

// part is a leaf of a mail, a multipart (without body) or a message in it.
type part struct {
	header header
	kind   string            // media type in lower case
	params map[string]string // of the media type
	body   []byte            // without transfer encoding
	inside int               // messages that it is in, the outermost not counted
}

func (p part) text() string { return text(p.body, p.params["charset"]) }

// partsOf gives a mail's parts, depth first. The first is the mail itself.
func partsOf(mail []byte) []part {
	var w walker
	w.walk(mail, 0, 0, "text/plain")
	return w.parts
}

type walker struct{ parts []part }

func (w *walker) walk(raw []byte, inside, depth int, fallback string) {
	if len(w.parts) >= maxParts {
		return
	}
	h, body := splitHeader(raw)
	kind, params := mediaType(h.get("content-type"), fallback)
	p := part{header: h, kind: kind, params: params, inside: inside}
	boundary := params["boundary"]
	if strings.HasPrefix(kind, "multipart/") && boundary != "" && depth < maxDepth {
		w.parts = append(w.parts, p)
		inner := "text/plain"
		if kind == "multipart/digest" {
			inner = "message/rfc822"
		}
		for _, sub := range splitParts(body, boundary) {
			w.walk(sub, inside, depth+1, inner)
		}
		return
	}
	p.body = decodeTransfer(body, h.get("content-transfer-encoding"))
	w.parts = append(w.parts, p)
	if (kind == "message/rfc822" || kind == "message/global") && depth < maxDepth {
		w.walk(p.body, inside+1, depth+1, "text/plain")
	}
}

var looseParam = regexp.MustCompile(`(?i);\s*([a-z-]+)\s*=\s*(?:"([^"]*)"?|([^\s;"]+))`)

// mediaType reads a Content-Type, also a wrong one.
func mediaType(value, fallback string) (string, map[string]string) {
	if value == "" {
		return fallback, nil
	}
	if kind, params, err := mime.ParseMediaType(value); err == nil && strings.Contains(kind, "/") {
		return kind, params
	}
	kind, _, _ := strings.Cut(value, ";")
	params := map[string]string{}
	for _, m := range looseParam.FindAllStringSubmatch(value, 20) {
		if name := strings.ToLower(m[1]); params[name] == "" {
			params[name] = m[2] + m[3]
		}
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}

// splitParts divides a multipart's body. What comes before the first boundary is no
// part; the last part may lack its end.
func splitParts(body []byte, boundary string) [][]byte {
	var parts [][]byte
	start, mark := -1, []byte("--"+boundary)
	for at := 0; at < len(body); {
		end := bytes.IndexByte(body[at:], '\n') + at + 1
		if end == at {
			end = len(body)
		}
		if line := bytes.TrimRight(body[at:end], " \t\n"); bytes.HasPrefix(line, mark) {
			rest := string(line[len(mark):])
			if rest == "" || rest == "--" {
				if start >= 0 {
					parts = append(parts, body[start:at])
				}
				if start = end; rest == "--" {
					return parts
				}
			}
		}
		at = end
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts
}

// decodeTransfer undoes a Content-Transfer-Encoding. Of what is wrong it gives what
// came before.
func decodeTransfer(body []byte, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		letters := bytes.Map(func(r rune) rune {
			if r < utf8.RuneSelf && (r == '+' || r == '/' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
				return r
			}
			return -1
		}, body)
		decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
		n, _ := base64.RawStdEncoding.Decode(decoded, letters)
		return bytes.ReplaceAll(decoded[:n], []byte("\r\n"), []byte("\n"))
	case "quoted-printable":
		decoded, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		return bytes.ReplaceAll(decoded, []byte("\r\n"), []byte("\n"))
	}
	return body
}

// text gives octets as UTF-8: as their charset says, if that can be; as they are, if
// they are UTF-8; else as Windows-1252, in which every text can be read.
func text(data []byte, charset string) string {
	if charset = strings.ToLower(charset); charset != "" && charset != "utf-8" && charset != "us-ascii" {
		if e, err := htmlindex.Get(charset); err == nil {
			if decoded, err := e.NewDecoder().Bytes(data); err == nil {
				return string(decoded)
			}
		}
	}
	if utf8.Valid(data) {
		return string(data)
	}
	decoded, _ := charmap.Windows1252.NewDecoder().Bytes(data)
	return string(decoded)
}

var words = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(r), nil
}}

// decodeWords decodes the encoded words (RFC 2047) of a field.
func decodeWords(value string) string {
	if decoded, err := words.DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}
