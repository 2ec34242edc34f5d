package bounce

import (
	"cmp"
	"html"
	"regexp"
	"strings"
)

var (
	serverName    = regexp.MustCompile(`(?i)(mailer-?daemon|postmaster|mail delivery (sub)?system|mail administrator|microsoft exchange|system administrator)`)
	bounceSubject = regexp.MustCompile(`(?i)(undeliver(able|ed)|delivery (status notification|failure|failed|has failed|problem|report)|mail delivery failed|failure notice|returned mail|returned to sender|mail system error|could ?n[o']t be delivered|message (delayed|not delivered)|nicht zustellbar|unzustellbar|non remis|non distribuable|no se puede entregar|mancato recapito|delayed|не доставлено|недоставлен|退信|配信不能)`)

	// copyBreak begins the message that came back.
	copyBreak = regexp.MustCompile(`(?im)^[ \t]*(?:-{2,} ?(?:below this line is a copy|this is a copy of|original message|the header of the original|the body of the message|returned message|included is a copy|message header follows|begin of original)|original message (?:follows|headers?:)|return-path:|received: )`)

	// alone is a line that holds an address and nothing else, "<user@example.org>:".
	alone = regexp.MustCompile(`(?m)^[ \t>*-]*<?(?:mailto:)?(` + bare + `)>?[ \t]*:?[ \t]*$`)

	// within is an address in a sentence that says that it did not work.
	within = regexp.MustCompile(`(?i)(?:your message (?:to|for)|delivery to|deliver (?:your )?(?:message )?to|delivered to:?|recipients?:?|rcpt to:?|could not (?:send|deliver)[a-z ]* to|address(?:es)?:?|^|\n)\s*<?(?:mailto:)?(` + bare + `)>?(?:\s+(?:on [0-9]|couldn't|could not|because|was not|has not|failed|\.\.\.)|:)`)

	saidLine = regexp.MustCompile(`(?m)^.*(?:\b[45][0-5][0-9][ \t:-]|#?[45]\.[0-9]{1,3}\.[0-9]{1,3}\b).*$`)
	failed   = wording(`permanent(ly)? (error|fatal|failure)`, `failed permanently`, `could ?n[o']t be (delivered|reached)`, `not (be )?delivered`, `unable to deliver`, `undeliver`, `delivery .{0,40}fail`, `did not reach`, `cannot be delivered`, `was not delivered`, `wasn't delivered`, `returned to sender`, `nicht zugestellt`, `n'a pas (pu )?[êe]tre`, `no se (ha podido|pudo) entregar`, `не (может быть |было )?доставлен`)
)

// isFromServer reports whether a mail server wrote the mail, by what it says.
func (m *message) isFromServer() bool {
	return m.header.get("x-failed-recipients") != "" || serverName.MatchString(decodeWords(m.header.get("from")))
}

// maxText is how much of a text for people is looked at, in octets: what came back
// stands behind it.
const maxText = 64 << 10

// body is the mail's first text: what is for people. HTML is stripped of tags.
func (m *message) body() string {
	for _, kind := range []string{"text/plain", "text/html", "text"} {
		for _, p := range m.parts {
			if p.inside == 0 && p.kind == kind && len(strings.TrimSpace(string(p.body))) > 0 {
				text := p.text()
				if kind == "text/html" {
					text = html.UnescapeString(tags.ReplaceAllString(text, "\n"))
				}
				return text[:min(len(text), maxText)]
			}
		}
	}
	return ""
}

var tags = regexp.MustCompile(`(?s)<(?:[a-zA-Z/!][^>@]*|[a-zA-Z]+\s[^>]*)>`)

// plain reads a report that is a text for people.
func (m *message) plain() []Verdict {
	text, returned := m.body(), ""
	if at := copyBreak.FindStringIndex(text); at != nil {
		text, returned = text[:at[0]], text[at[0]:]
	}
	delays := saysDelayed.MatchString(text)
	if !m.tellsFailure(text, delays) {
		return nil
	}
	about := Verdict{Reporter: m.author(), MessageID: m.returnedID(returned)}
	addresses := m.failedAddresses(text)
	whole := saidAbout(text)
	verdicts := make([]Verdict, 0, len(addresses))
	for i, a := range addresses {
		v := about
		v.Address = a.address
		end := len(text)
		if i+1 < len(addresses) && addresses[i+1].end > a.end {
			end = addresses[i+1].end
		}
		end = min(end, a.end+maxSaid)
		verdicts = append(verdicts, judge(v, whole, saidAbout(text[a.end:end]), delays))
	}
	if len(verdicts) == 0 {
		verdicts = append(verdicts, judge(about, whole, "", delays))
	}
	return verdicts
}

// tellsFailure reports whether a text is a server's about a mail that was not
// delivered, or not yet, and not a person's letter or an automatic answer.
func (m *message) tellsFailure(text string, delays bool) bool {
	listed := m.header.get("x-failed-recipients") != ""
	subject := decodeWords(m.header.get("subject"))
	if !listed && (autoSubject.MatchString(subject) || !delays && !failed.MatchString(text)) {
		return false
	}
	if m.isFromServer() {
		return true
	}
	bounced := strings.TrimSpace(m.header.get("return-path")) == "<>" // RFC 5321, 4.5.5; vacations have it, too
	return bounceSubject.MatchString(subject) && (bounced || saidLine.MatchString(text))
}

// maxSaid is how much after an address is looked at for what was said of it.
const maxSaid = 4 << 10

// judge makes the verdict on one address of a text: by what is said after it, else in
// the whole.
func judge(v Verdict, whole, after string, delayed bool) Verdict {
	if delayed {
		v.Kind = Delayed
		return v
	}
	v.Diagnostic = cmp.Or(after, whole)
	v.Code, v.Reply = statusCodes("", v.Diagnostic)
	v.Kind = failure(v)
	return v
}

// saidAbout finds what a server said: the line with a code and the one after it, else
// the one with words that mean something.
func saidAbout(text string) string {
	if at := saidLine.FindStringIndex(text); at != nil {
		more, _, _ := strings.Cut(strings.TrimPrefix(text[at[1]:], "\n"), "\n")
		return text[at[0]:at[1]] + " " + more
	}
	for line := range strings.Lines(text) {
		if saysFull.MatchString(line) || saysUnknown.MatchString(line) || saysBlocked.MatchString(line) || saysGaveUp.MatchString(line) {
			return line
		}
	}
	return ""
}

// found is an address in a text, and where what is said of it begins.
type found struct {
	address string
	end     int
}

// failedAddresses finds whom a text is about.
func (m *message) failedAddresses(text string) []found {
	var list []found
	seen := map[string]bool{}
	add := func(address string, end int) {
		if address = findAddress(address); address != "" && !seen[address] && len(list) < maxRecipients && !m.isOurs(address) {
			seen[address] = true
			list = append(list, found{address, end})
		}
	}
	for _, value := range m.header.all("x-failed-recipients") {
		for _, address := range strings.SplitN(value, ",", maxRecipients) {
			address = strings.TrimSpace(address)
			add(address, max(strings.Index(text, address), 0))
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, pattern := range []*regexp.Regexp{alone, within} {
		for _, at := range pattern.FindAllStringSubmatchIndex(text, maxRecipients) {
			add(text[at[2]:at[3]], at[3])
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// isOurs reports whether an address is the one that bounces come to, which reports
// name, too.
func (m *message) isOurs(address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(m.options.Address), "@")
	address = strings.ToLower(address)
	return local != "" && strings.HasPrefix(address, local) && strings.HasSuffix(address, "@"+domain)
}

var messageIDLine = regexp.MustCompile(`(?im)^message-id:[ \t]*(<[^>\s]+>)`)

func (m *message) returnedID(copied string) string {
	if id := messageID(m.returned(0).get("message-id")); id != "" {
		return id
	}
	if found := messageIDLine.FindStringSubmatch(copied); found != nil {
		return messageID(found[1])
	}
	return ""
}

// qmail reads QSBMF, the qmail-send bounce message format: paragraphs that begin with
// "<address>:" between "Hi. This is the" and a line of hyphens.
func (m *message) qmail() []Verdict {
	text := m.body()
	if !strings.HasPrefix(strings.TrimLeft(text, "\n "), "Hi. This is the") {
		return nil
	}
	var verdicts []Verdict
	paragraphs := strings.Split(strings.TrimSpace(text), "\n\n")
	for i, p := range paragraphs {
		if strings.HasPrefix(p, "-") {
			for v := range verdicts {
				verdicts[v].MessageID = m.returnedID(strings.Join(paragraphs[i:], "\n"))
			}
			break
		}
		address, said, ok := strings.Cut(p, ">:\n")
		if !ok || !strings.HasPrefix(address, "<") || len(verdicts) == maxRecipients {
			continue
		}
		v := Verdict{Address: findAddress(address), Diagnostic: said, Reporter: m.author()}
		v.Code, v.Reply = statusCodes("", said)
		if v.Kind = failure(v); saysGaveUp.MatchString(said) && !saysUnknown.MatchString(said) {
			v.Kind = Soft
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}
