package web

import (
	"bytes"
	"net/mail"
	"strings"
)

// headerField is a field of the message's header with what it is for.
type headerField struct{ Name, Value, Why string }

// headerWhy tells editors what a field is for.
var headerWhy = map[string]string{
	"From":                      "The sender that readers see. Its domain is what DKIM and DMARC vouch for.",
	"Reply-To":                  "Where answers go.",
	"To":                        "The reader: everybody gets a message of their own.",
	"Subject":                   "The line that decides whether the mail is opened.",
	"Date":                      "When the edition was frozen; all its messages have it.",
	"Message-ID":                "The same whenever this edition is sent to this reader, so that no one is sent it twice unseen.",
	"List-Unsubscribe":          "Where mail programs send somebody who wants to leave (RFC 2369). Gmail and Yahoo demand it.",
	"List-Unsubscribe-Post":     "Leaving takes one click and no further question (RFC 8058).",
	"List-ID":                   "Names the list for filters and folders (RFC 2919).",
	"Archived-At":               "The edition as a web page (RFC 5064).",
	"Feedback-ID":               "By it Gmail's Postmaster Tools count complaints.",
	"Auto-Submitted":            "Keeps holiday answers away (RFC 3834).",
	"Precedence":                "The same, for older servers.",
	"Content-Language":          "What screen readers and translators take the language from.",
	"MIME-Version":              "That the message has parts.",
	"Content-Type":              "A text part and an HTML part that say the same.",
	"Content-Transfer-Encoding": "How the parts are written in ASCII.",
	"DKIM-Signature":            "The sender's signature over header and body (RFC 6376).",
}

// readHeader takes from the message what the page shows of its header. A
// message that cannot be read is shown without.
func readHeader(eml []byte) (fields []headerField, from, date string) {
	message, err := mail.ReadMessage(bytes.NewReader(eml))
	if err != nil {
		return nil, "", ""
	}
	header, _, _ := strings.Cut(strings.ReplaceAll(string(eml), "\r\n", "\n"), "\n\n")
	for line := range strings.Lines(header) {
		line = strings.TrimSuffix(line, "\n")
		if n := len(fields); strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			if n > 0 {
				fields[n-1].Value += "\n" + line
			}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		fields = append(fields, headerField{name, strings.TrimSpace(value), why(name)})
	}
	if sender, err := mail.ParseAddress(message.Header.Get("From")); err == nil {
		from = sender.Name
		if from == "" {
			from = sender.Address
		}
	}
	if at, err := message.Header.Date(); err == nil {
		date = at.Format("2 Jan")
	}
	return fields, from, date
}

func why(name string) string {
	for known, text := range headerWhy {
		if strings.EqualFold(known, name) {
			return text
		}
	}
	return ""
}
