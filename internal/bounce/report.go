package bounce

import (
	"regexp"
	"strconv"
	"strings"
)

// maxRecipients is how many recipients of one report get a verdict.
const maxRecipients = 1000

// report reads a delivery report (RFC 3464).
func (m *message) report() []Verdict {
	status, text := m.status()
	if status == nil {
		return nil
	}
	about, recipients := statusFields(text)
	returned := m.returned(status.inside)
	common := Verdict{
		Reporter:  reporter(about.get("reporting-mta")),
		MessageID: messageID(returned.get("message-id")),
	}
	var verdicts []Verdict
	for _, r := range recipients {
		v := common
		v.Address = reported(r, returned)
		v.Diagnostic = cleanDiagnostic(r.get("diagnostic-code"))
		v.Code, v.Reply = statusCodes(r.get("status"), r.get("diagnostic-code"))
		v.Kind = actionKind(r.get("action"), v)
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// reported gives the address that a report's fields are about.
func reported(r, returned header) string {
	for _, field := range []string{"original-recipient", "final-recipient", "x-actual-recipient"} {
		if address := typedAddress(r.get(field)); address != "" {
			return address
		}
	}
	return findAddress(returned.get("to"))
}

var (
	statusLine  = regexp.MustCompile(`(?im)^final-recipient[ \t]*:`)
	statusStart = regexp.MustCompile(`(?im)^(reporting-mta|original-envelope-id|original-recipient|final-recipient)[ \t]*:`)
	actionLine  = regexp.MustCompile(`(?im)^(action|status)[ \t]*:`)
)

// status finds the fields of a report: in the part that has their media type and is
// in the fewest messages, else in a text that has them all the same.
func (m *message) status() (found *part, fields string) {
	for i, p := range m.parts {
		if (p.kind == "message/delivery-status" || p.kind == "message/global-delivery-status") && (found == nil || p.inside < found.inside) {
			found = &m.parts[i]
		}
	}
	if found != nil && len(found.body) > 0 {
		return found, found.text()
	}
	for i, p := range m.parts {
		if !strings.HasPrefix(p.kind, "text/") && p.kind != "message/delivery-status" || p.inside > 0 {
			continue
		}
		if text := p.text(); statusLine.MatchString(text) && actionLine.MatchString(text) {
			return &m.parts[i], text[statusStart.FindStringIndex(text)[0]:]
		}
	}
	return nil, ""
}

// statusFields divides the fields of a report into those about it and those about
// each recipient. Blank lines divide them (RFC 3464, 2.1); where they are missing, the
// second field that names one begins the next.
func statusFields(text string) (about header, recipients []header) {
	rest := []byte(strings.ReplaceAll(text, "\r\n", "\n"))
	for len(rest) > 0 && len(recipients) < maxRecipients {
		var group header
		group, rest = splitHeader(rest)
		start := 0
		for i, f := range group {
			if (f.name == "final-recipient" || f.name == "original-recipient") && group[start:i].get(f.name) != "" {
				recipients = append(recipients, group[start:i])
				start = i
			}
		}
		switch group = group[start:]; {
		case group.get("final-recipient") != "" || group.get("original-recipient") != "" && group.get("action") != "":
			recipients = append(recipients, group)
		case len(about) == 0:
			about = group
		}
	}
	if len(recipients) > 0 && len(about) == 0 {
		about = recipients[0]
	}
	return about, recipients
}

var hexPoint = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{2,6})\}`)

// typedAddress reads "rfc822; user@example.org", and the "utf-8" type of RFC 6533
// whose characters may be written \x{E9}.
func typedAddress(value string) string {
	kind, address, ok := strings.Cut(value, ";")
	if !ok {
		kind, address = "rfc822", value
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "utf-8" {
		address = hexPoint.ReplaceAllStringFunc(address, func(s string) string {
			n, err := strconv.ParseUint(s[3:len(s)-1], 16, 32)
			if err != nil || n < 0x21 {
				return s
			}
			return string(rune(n))
		})
	} else if kind != "rfc822" && kind != "smtp" && kind != "unknown" {
		return ""
	}
	return findAddress(decodeWords(address))
}

func reporter(value string) string {
	_, name, ok := strings.Cut(value, ";")
	if !ok {
		name = value
	}
	return oneLine(name)
}

// cleanDiagnostic takes the type off a Diagnostic-Code: "smtp; 550 5.1.1 …".
func cleanDiagnostic(value string) string {
	if kind, said, ok := strings.Cut(value, ";"); ok && !strings.Contains(strings.TrimSpace(kind), " ") {
		value = said
	}
	return decodeWords(value)
}

// actionKind is what a recipient's Action (RFC 3464, 2.3.3) means.
func actionKind(action string, v Verdict) Kind {
	action, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(action)), " ")
	switch strings.Trim(action, "()\";") {
	case "delayed":
		return Delayed
	case "delivered", "relayed", "expanded":
		return Delivered
	case "failed", "failure", "undeliverable":
		return failure(v)
	case "":
		if strings.HasPrefix(v.Code, "2.") {
			return Delivered
		}
		return failure(v)
	}
	return Unknown
}

// receipt knows the receipts that people's programs send (RFC 8098).
func (m *message) receipt() []Verdict {
	for _, p := range m.parts {
		if p.kind == "message/disposition-notification" && p.inside == 0 {
			return []Verdict{{Kind: AutoReply, Address: m.author()}}
		}
	}
	return nil
}
