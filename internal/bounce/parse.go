package bounce

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Parse tells what a mail means: one verdict, or of a report on several recipients
// that carries no token one for each. It looks at the first Options.Limit octets and
// never fails: what it does not know is Unknown.
func Parse(mail []byte, o Options) []Verdict {
	if len(mail) > o.limit() {
		mail = mail[:o.limit()]
	}
	raw := bytes.ReplaceAll(mail, []byte("\r\n"), []byte("\n"))
	m := &message{parts: partsOf(raw), options: o}
	m.header = m.parts[0].header
	verdicts := m.verdicts()
	token, err := m.token(ForBounce, o.Address)
	for i := range verdicts {
		v := &verdicts[i]
		if v.Kind != Unsubscribe { // which has a token of its own
			v.Subscriber, v.Edition = token.Subscriber, token.Edition
		}
		if v.Link == "" {
			v.Link = m.link()
		}
		v.Diagnostic = oneLine(v.Diagnostic)
	}
	switch {
	case err != nil:
		verdicts = refuse(verdicts, err)
	case token != Token{}:
		verdicts = mildest(verdicts)
	}
	sum := sha256.Sum256(raw)
	for i := range verdicts {
		verdicts[i].ID = fmt.Sprintf("%s.%d", hex.EncodeToString(sum[:16]), i)
	}
	return verdicts
}

// refuse makes of verdicts one that nothing is done for.
func refuse(verdicts []Verdict, err error) []Verdict {
	v := verdicts[0]
	return []Verdict{{Kind: Refused, Address: v.Address, MessageID: v.MessageID, Reporter: v.Reporter, Diagnostic: err.Error()}}
}

// mildest gives the verdict on the one subscriber that several are about.
func mildest(verdicts []Verdict) []Verdict {
	order := []Kind{Delivered, Delayed, Soft, Hard}
	v := slices.MinFunc(verdicts, func(a, b Verdict) int {
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	return []Verdict{v}
}

// message is a mail taken apart.
type message struct {
	header  header
	parts   []part
	options Options
}

// verdicts asks each reader in turn. The order counts: reports are automatic
// replies, too, and quote everything.
func (m *message) verdicts() []Verdict {
	for _, read := range []func() []Verdict{m.complaint, m.report, m.receipt, m.unsubscribe, m.qmail, m.plain, m.autoReply} {
		if v := read(); len(v) > 0 {
			return v
		}
	}
	return []Verdict{{Kind: Unknown, Address: m.author(), Diagnostic: decodeWords(m.header.get("subject"))}}
}

// author is the address in From.
func (m *message) author() string { return findAddress(m.header.get("from")) }

// recipients are where the mail came to, by the fields in which servers tell.
func (m *message) recipients() string {
	return strings.Join(m.header.all("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "original-recipient", "to", "cc"), "\n")
}

// token finds the token of the message that this mail is about. The error is that
// the mail came to an address with a token that is not ours.
func (m *message) token(p Purpose, base string) (Token, error) {
	t, claimed, err := m.options.Keys.find(p, base, m.recipients())
	if err == nil || claimed {
		return t, err
	}
	for _, part := range m.parts {
		for _, text := range append(values(part.header), string(part.body)) {
			if t, _, err := m.options.Keys.find(p, base, text); err == nil {
				return t, nil
			}
		}
	}
	return Token{}, nil
}

func values(h header) []string {
	list := make([]string, 0, len(h)+1)
	for _, f := range h {
		list = append(list, f.value)
	}
	return list
}

// returned gives the header of the message that came back in a report, which is
// inside so many messages; nil if none did.
func (m *message) returned(inside int) header {
	for _, p := range m.parts {
		switch {
		case p.inside == inside+1:
			return p.header
		case p.inside == inside && (strings.HasSuffix(p.kind, "/rfc822-headers") || p.kind == "message/global-headers"):
			h, _ := splitHeader(p.body)
			return h
		}
	}
	return nil
}

var linkToken = regexp.MustCompile(`(?:unsubscribe/|subject=unsubscribe(?:%20|\+| ))([A-Za-z0-9_-]{16,128})`)

// link finds the token of the link to unsubscribe in the message that came back.
func (m *message) link() string {
	for _, p := range m.parts {
		headers := p.header
		if strings.HasSuffix(p.kind, "-headers") {
			headers, _ = splitHeader(p.body)
		}
		for _, value := range headers.all("list-unsubscribe") {
			if found := linkToken.FindStringSubmatch(value); found != nil {
				return found[1]
			}
		}
	}
	return ""
}

var spaces = regexp.MustCompile(`[\s\p{Cc}\p{Cf}]+`)

// oneLine makes of what a server said a line of at most 500 octets that is safe to
// print.
func oneLine(text string) string {
	text = strings.TrimSpace(spaces.ReplaceAllString(strings.ToValidUTF8(text, ""), " "))
	if len(text) > 500 {
		text = strings.ToValidUTF8(text[:497], "") + "…"
	}
	return text
}

// bare is an address as it stands in a text: what is around it is no part of it, and
// nothing that a terminal would obey.
const bare = `[^\s\p{C}<>()\[\]:;,"'@\\]{1,64}@[^\s\p{C}<>()\[\]:;,"'@\\]{1,255}`

var looseAddress = regexp.MustCompile(bare)

const maxAddress = 320 // octets: RFC 5321, 4.5.3.1

// findAddress gives the first address in a text, its domain in lower case, or "".
func findAddress(text string) string {
	address := strings.TrimRight(looseAddress.FindString(text), ".")
	local, domain, ok := strings.Cut(address, "@")
	address = local + "@" + strings.ToLower(domain)
	if !ok || domain == "" || len(address) > maxAddress {
		return ""
	}
	return address
}

// messageID takes the angle brackets off; of what is no Message-ID it gives "".
func messageID(value string) string {
	_, rest, _ := strings.Cut(value, "<")
	id, _, ok := strings.Cut(rest, ">")
	if !ok || len(id) > 250 {
		return ""
	}
	return oneLine(id)
}
