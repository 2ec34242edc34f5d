package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strings"
)

// seal is a Signer that is prepared for a template.
//
// The signing is our own: go-msgauth's Sign writes the time of day into each
// signature, so that a message made again would be another one; it reads the
// message through a pipe and brings body and header into their relaxed form for
// every recipient and every key anew. Its verifier, which is not ours, is what
// the tests hold the signatures against. go-mail's own signing folds inside of
// the names in h=.
type seal struct {
	signer *Signer
	field  []byte // DKIM-Signature up to its body hash
	header []byte // the template's fields, relaxed
	body   hash.Cloner
}

// oversigned are the fields that a signature names once more than they are
// there: who adds another From or Subject, to have it shown in place of ours,
// breaks the signature (RFC 6376, 5.4 and 8.15). Nobody on the way has reason to
// add one of them.
var oversigned = []string{"from", "to", "cc", "subject", "date", "reply-to", "content-type"}

// seal prepares what is the same in every message: the fields of the template,
// all of which are signed, and the hash of the body's first piece.
//
// A body of Encode is its own relaxed form: see quoted.
func (s *Signer) seal(e *Encoded) seal {
	header := appendRelaxed(appendRelaxed(nil, e.top), e.bottom)
	names := append(fieldNames(header), "to", "message-id", "list-unsubscribe")
	names = append(names, oversigned...)
	field := appendField(nil, "DKIM-Signature", append([]string{
		"v=1;", "a=" + s.algorithm + ";", "c=relaxed/relaxed;", "d=" + s.domain + ";", "s=" + s.selector + ";",
	}, signedNames(names)...)...)
	field = append(field, " bh="...)

	body := sha256.New().(hash.Cloner)
	body.Write(e.pieces[0])
	return seal{s, field, header, body}
}

// signedNames gives h= in words that are not too long for a line.
func signedNames(names []string) []string {
	words := []string{"h="}
	for i, name := range names {
		end := ":"
		if i+1 == len(names) {
			end = ";"
		}
		last := len(words) - 1
		if len(words[last])+len(name)+len(end) >= lineColumns {
			words = append(words, "")
			last++
		}
		words[last] += name + end
	}
	return words
}

// fieldNames gives the names of relaxed fields, in their order.
func fieldNames(header []byte) []string {
	var names []string
	for line := range strings.Lines(string(header)) {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	return names
}

// sign gives the DKIM-Signature fields of a message: fields are the recipient's
// own, body is the whole body.
func (e *Encoded) sign(fields, body []byte) ([]byte, error) {
	h, err := e.seals[0].body.Clone()
	if err != nil {
		return nil, err
	}
	h.Write(body[len(e.pieces[0]):])
	var sum [sha256.Size]byte
	bodyHash := base64.StdEncoding.EncodeToString(h.Sum(sum[:0]))

	var signatures []byte
	for i := range e.seals {
		if signatures, err = e.seals[i].appendSignature(signatures, fields, bodyHash); err != nil {
			return nil, err
		}
	}
	return signatures, nil
}

// appendSignature appends the whole field.
func (s *seal) appendSignature(b, fields []byte, bodyHash string) ([]byte, error) {
	start := len(b)
	b = append(append(append(b, s.field...), bodyHash...), ";\r\n b="...)

	signed := append(make([]byte, 0, 4096), s.header...)
	signed = appendRelaxed(signed, fields)
	signed = appendRelaxed(signed, b[start:]) // with nothing after b=
	sum := sha256.Sum256(signed[:len(signed)-len("\r\n")])
	signature, err := s.signer.key.Sign(nil, sum[:], s.signer.hash)
	if err != nil {
		return nil, err
	}
	text := base64.StdEncoding.EncodeToString(signature)
	for len(text) > 72 {
		b = append(append(b, text[:72]...), "\r\n "...)
		text = text[72:]
	}
	return append(append(b, text...), "\r\n"...), nil
}

// appendRelaxed appends header fields in their relaxed form (RFC 6376, 3.4.2):
// names in lower case, each value on one line, with single spaces.
func appendRelaxed(b, fields []byte) []byte {
	for len(fields) > 0 {
		end := endOfField(fields)
		colon := bytes.IndexByte(fields, ':')
		for _, c := range fields[:colon+1] {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
		}
		begun, space := false, false
		for _, c := range fields[colon+1 : end] {
			if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
				space = begun
				continue
			}
			if space {
				b = append(b, ' ')
			}
			b = append(b, c)
			begun, space = true, false
		}
		b = append(b, "\r\n"...)
		fields = fields[end:]
	}
	return b
}

// endOfField gives the length of the first field, its last line break included.
func endOfField(fields []byte) int {
	for i := range fields {
		if fields[i] == '\n' && (i+1 == len(fields) || fields[i+1] != ' ') {
			return i + 1
		}
	}
	return len(fields)
}
