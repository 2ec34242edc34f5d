package bounce

import (
	"regexp"
	"strings"
)

// autoSubject begins the subject of automatic replies that say so nowhere else.
var autoSubject = regexp.MustCompile(`(?i)^\s*(?:(?:re|aw|sv|tr)\s*:\s*)?(?:auto(?:matic)?[ -]?(?:reply|response|antwort)|autoreply|auto\s*:|out[ -]of[ -](?:the[ -])?office|ooo\b|away from|on vacation|vacation|abwesenheit|automatische (?:antwort|abwesenheit)|r[ée]ponse automatique|absence du bureau|respuesta autom[aá]tica|fuera de la oficina|risposta automatica|resposta autom[aá]tica|automatisch antwoord|autosvar|odpowied[zź] automatyczna|автоответ|自动回复|自動回覆|自動応答)`)

// autoReply knows what a machine answers for a person (RFC 3834).
func (m *message) autoReply() []Verdict {
	if !m.isAutomatic() {
		return nil
	}
	return []Verdict{{Kind: AutoReply, Address: m.author(), Diagnostic: decodeWords(m.header.get("subject"))}}
}

func (m *message) isAutomatic() bool {
	submitted, _, _ := strings.Cut(strings.ToLower(m.header.get("auto-submitted")), ";")
	if submitted = strings.TrimSpace(submitted); submitted != "" && submitted != "no" {
		return true
	}
	for _, name := range []string{"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-vacation"} {
		if v := strings.ToLower(m.header.get(name)); v != "" && v != "no" {
			return true
		}
	}
	switch strings.ToLower(m.header.get("precedence")) {
	case "auto_reply", "auto-reply", "autoreply":
		return true
	}
	return autoSubject.MatchString(decodeWords(m.header.get("subject")))
}

var unsubscribeSubject = regexp.MustCompile(`(?i)^\s*(?:(?:re|fwd?|aw|wg)\s*:\s*)*unsubscribe\s+([A-Za-z0-9_-]{16,128})\s*$`)

// unsubscribe knows the mails to the address that takes them. The token is in the
// address, signed by Keys, or in the subject, "unsubscribe TOKEN", which the sink
// verifies. Without one it is a request by whoever From names, if that is true.
func (m *message) unsubscribe() []Verdict {
	base := m.options.Unsubscribe
	at := strings.LastIndexByte(base, '@')
	if at <= 0 {
		return nil
	}
	to := strings.ToLower(m.recipients())
	local, domain := strings.ToLower(base[:at]), strings.ToLower(base[at:])
	token, claimed, err := m.options.Keys.find(ForUnsubscribe, base, to)
	if err == nil {
		return []Verdict{{Kind: Unsubscribe, Address: m.author(), Subscriber: token.Subscriber, Edition: token.Edition}}
	}
	if !isTo(to, local+domain) && !(claimed && strings.Contains(to, domain)) {
		return nil
	}
	if found := unsubscribeSubject.FindStringSubmatch(decodeWords(m.header.get("subject"))); found != nil {
		return []Verdict{{Kind: Unsubscribe, Address: m.author(), Link: found[1]}}
	}
	switch {
	case claimed:
		return refuse([]Verdict{{Address: m.author()}}, err)
	case m.isAutomatic() || m.isFromServer():
		return nil
	}
	return []Verdict{{Kind: Unsubscribe, Address: m.author()}}
}

func isTo(recipients, address string) bool {
	for _, found := range looseAddress.FindAllString(recipients, 100) {
		if strings.TrimRight(found, ".") == address {
			return true
		}
	}
	return false
}
