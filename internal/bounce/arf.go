package bounce

import "strings"

// complaint reads an abuse report (ARF, RFC 5965), and those of Microsoft's JMRP,
// which are a mail with the message that was complained about in it.
func (m *message) complaint() []Verdict {
	for _, p := range m.parts {
		if p.kind == "message/feedback-report" && p.inside == 0 {
			fields, _ := splitHeader([]byte(strings.TrimLeft(p.text(), "\r\n")))
			return []Verdict{m.feedback(fields)}
		}
	}
	subject := strings.ToLower(m.header.get("subject"))
	if strings.HasPrefix(subject, "complaint about message from") && m.returned(0) != nil {
		return []Verdict{m.feedback(header{{"feedback-type", "abuse"}})}
	}
	return nil
}

func (m *message) feedback(fields header) Verdict {
	returned := m.returned(0)
	v := Verdict{
		Kind:      Complaint,
		Feedback:  oneLine(strings.ToLower(fields.get("feedback-type"))),
		Reporter:  reporter(fields.get("user-agent")),
		MessageID: messageID(returned.get("message-id")),
	}
	// Providers redact whom they can: the fields that name the recipient, from the
	// most exact on.
	for _, value := range append(append(fields.all("original-rcpt-to", "removal-recipient"),
		returned.all("x-hmxmroriginalrecipient", "delivered-to", "x-original-to")...), returned.all("to")...) {
		if v.Address = typedAddress(strings.ReplaceAll(value, ";", " ")); v.Address != "" {
			break
		}
	}
	switch v.Feedback {
	case "not-spam", "auth-failure", "dkim", "dmarc": // RFC 6430, RFC 6591: nobody complains
		v.Kind = Unknown
	case "opt-out", "opt-out-list":
		v.Kind = Complaint // RFC 5965 knows no milder answer than to stop
	}
	return v
}
