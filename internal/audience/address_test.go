package audience

import (
	"net/mail"
	"strings"
	"testing"
)

// FuzzParseAddress checks that what is taken can stand in a message and an SMTP
// command, and that it stays as it is when it is read again.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"jane@example.org", "Jane <jane@bücher.example>", `"Doe, J" <j@x.org>`, "a@b", "a\r\nb@c.d", "<@>", "ＪＡＮＥ@example.org"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, name, err := ParseAddress(s)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		if again, _, err := ParseAddress(address); err != nil || again != address {
			t.Errorf("%q is %q when it is read again, error %v", address, again, err)
		}
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address || a.Name != "" {
			t.Errorf("net/mail reads %q as %v, error %v", address, a, err)
		}
		if strings.ContainsAny(address, " \r\n<>\x00") || strings.ContainsAny(name, "\r\n\x00") {
			t.Errorf("address %q, name %q", address, name)
		}
	})
}
