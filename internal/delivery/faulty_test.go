package delivery

import (
	"slices"
	"testing"

	"github.com/medigy/newsdesk/internal/mail"
	"github.com/medigy/newsdesk/internal/mail/mailtest"
)

// TestSendFaulty: whatever a server says for a while, at every step of the dialogue, a
// worker goes on until everybody has one message.
func TestSendFaulty(t *testing.T) {
	storm := func(at, reply string, tries int) []mailtest.Fault {
		return []mailtest.Fault{{At: at, Reply: reply, Tries: tries}}
	}
	for _, test := range []struct {
		name   string
		faults []mailtest.Fault
	}{
		{"421 to every connection", storm("CONNECT", "421 4.7.0 too many connections", 5)},
		{"421 to EHLO", storm("EHLO", "421 4.3.2 overloaded", 4)},
		{"450 to EHLO", storm("EHLO", "450 4.3.2 busy", 4)},
		{"454 to the login", storm("AUTH", "454 4.7.0 temporary authentication failure", 4)},
		{"421 to the login", storm("AUTH", "421 4.7.0 later", 4)},
		{"421 to MAIL", storm("MAIL", "421 4.7.0 too fast", 6)},
		{"451 to MAIL", storm("MAIL", "451 4.7.0 too fast", 6)},
		{"452 to MAIL", storm("MAIL", "452 4.3.1 disk full", 6)},
		{"greylisting", storm("RCPT", "450 4.2.0 greylisted", 2)},
		{"too many recipients", storm("RCPT", "452 4.5.3 too many recipients", 1)},
		{"421 to RCPT", storm("RCPT", "421 4.7.0 too fast", 2)},
		{"451 to DATA", storm("DATA", "451 4.3.0 later", 2)},
		{"451 to the dot", storm(".", "451 4.7.1 rate limit", 2)},
		{"452 to the dot", storm(".", "452 4.3.1 disk full", 1)},
		{"dropped at RCPT", []mailtest.Fault{{At: "RCPT", Drop: true, Tries: 1}}},
		{"421 to RSET", append(storm("RSET", "421 4.3.2 bye", 3), storm("RCPT", "450 4.2.0 greylisted", 1)...)},
		{"one octet at a time", []mailtest.Fault{{At: "RCPT", Split: true}, {At: ".", Split: true}, {At: "EHLO", Split: true}}},
	} {
		for _, capabilities := range [][]string{{"AUTH PLAIN"}, {"AUTH PLAIN", "PIPELINING", "SIZE 1000000", "8BITMIME"}} {
			if again && len(capabilities) == 1 {
				continue // what is written is the same
			}
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				server := (&mailtest.Faulty{Capabilities: capabilities, Faults: slices.Clone(test.faults)}).Start(t)
				d := newDesk(t, 8, &mailtest.Server{})
				d.options.SMTP = mail.Config{Host: server.Host, Port: server.Port, Username: "news", Password: "secret"}
				d.options.Connections, d.options.Stay = 2, true
				if s, err := d.send(); err != nil || counted(s) != "8: 8 accepted" {
					t.Errorf("%s, error %v", counted(s), err)
				}
				copies := map[string]int{}
				for _, m := range server.Messages() {
					copies[m.To]++
				}
				for i := range 8 {
					if copies[reader(i)] != 1 {
						t.Errorf("%s has %d copies", reader(i), copies[reader(i)])
					}
				}
			})
		}
	}
}
