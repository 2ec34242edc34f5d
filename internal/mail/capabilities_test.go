package mail

import (
	"strings"
	"testing"
)

// TestStreamCapabilities: what a server does not offer is not used, and what
// can't do without it is refused here, for good and before a command.
func TestStreamCapabilities(t *testing.T) {
	plain, foreign := []byte("Subject: x\r\n\r\nx\r\n"), []byte("Subject: Röntgen\r\n\r\nx\r\n")
	tests := []struct {
		capabilities string
		to           string
		message      []byte
		want         string // the MAIL command after the sender, or
		refusal      string
	}{
		{"", "a@example.org", plain, "", ""},
		{"SIZE", "a@example.org", plain, " SIZE=17", ""},
		{"SIZE 0", "a@example.org", plain, " SIZE=17", ""},
		{"SIZE 17", "a@example.org", plain, " SIZE=17", ""},
		{"SIZE 16", "a@example.org", plain, "", "mail: the message has 17 octets, the server takes 16 (send fewer"},
		{"8BITMIME", "a@example.org", plain, "", ""}, // go-mail declares 8bit whatever the encoding
		{"8BITMIME, SIZE", "a@example.org", foreign, " SIZE=24 BODY=8BITMIME", ""},
		{"", "a@example.org", foreign, "", "data: the message is not ASCII and the server does not know 8BITMIME"},
		{"8BITMIME, SMTPUTF8", "a@example.org", plain, "", ""},
		{"8BITMIME, SMTPUTF8", "zoë@exämple.org", plain, " SMTPUTF8", ""},
		{"8BITMIME", "zoë@exämple.org", plain, "", "rcpt: the address is not ASCII and the server does not know SMTPUTF8"},
		{"PIPELINING", "a b@example.org", plain, "", "rcpt: the recipient is no address"},
		{"PIPELINING", "a@example.org>\r\nRCPT TO:<b@example.org", plain, "", "rcpt: the recipient is no address"},
		{"PIPELINING", "\xff@example.org", plain, "", "rcpt: the recipient is no address"},
		{"PIPELINING", "a@example.org", []byte("x\r\n.\nMAIL FROM:<x@y>\r\n"), "", "data: the message has a line that does not end in CRLF"},
		{"PIPELINING", "a@example.org", []byte("x\r\n\r.\r\n"), "", "does not end in CRLF"},
		{"PIPELINING", "a@example.org", []byte("x\r\nx"), "", "does not end in CRLF"},
		{"PIPELINING", "a@example.org", nil, "", "does not end in CRLF"},
	}
	for _, tt := range tests {
		var offers []string
		if tt.capabilities != "" {
			offers = strings.Split(tt.capabilities, ", ")
		}
		server, c := faulty(t, offers)
		h := newList(tt.to)
		h.message = func(string) []byte { return tt.message }
		if err := dial(t, c).Stream(t.Context(), h); err != nil {
			t.Errorf("%s: %v", tt.capabilities, err)
		}
		mail := ""
		for _, line := range server.Commands() {
			if strings.HasPrefix(line, "MAIL") {
				mail = strings.TrimPrefix(line, "MAIL FROM:<"+from+">")
			}
		}
		err := h.outcomes[tt.to]
		if tt.refusal == "" {
			if err != nil || mail != tt.want {
				t.Errorf("%s: %v, MAIL FROM:<…>%s", tt.capabilities, err, mail)
			}
			continue
		}
		e := h.refusal(t, tt.to)
		if !strings.Contains(e.Error(), tt.refusal) || e.Temporary || e.Lost || e.Code != 0 || len(server.Commands()) != 1 {
			t.Errorf("%s: %+v after %q", tt.capabilities, *e, server.Commands())
		}
	}
}
