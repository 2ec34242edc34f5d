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
		if strings.ContainsAny(address, " \r\n<>\x00") || strings.ContainsAny(name, "\r\n\x00\u009b\u202e\u2066") {
			t.Errorf("address %q, name %q", address, name)
		}
	})
}

// TestParseAddressLong: a domain of a megabyte, which anybody can post, is refused
// before it is looked at. To encode it would take hours.
func TestParseAddressLong(t *testing.T) {
	var domain strings.Builder
	for i := range 300_000 {
		domain.WriteRune(rune(0x4e00 + i*7919%20000))
	}
	for _, s := range []string{"a@" + domain.String() + ".example", strings.Repeat("a", 1<<20) + "@example.org", "a@" + strings.Repeat("a.", 1<<19) + "example"} {
		if address, _, err := ParseAddress(s); err == nil || len(err.Error()) > 400 {
			t.Errorf("%.20s…: %.60q, error %.400v", s, address, err)
		}
	}
}

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"Jane\r\nBcc: x@example.org":           "Jane Bcc: x@example.org",
		"Jane \u202egro.elpmaxe@enaj\u202c":    "Jane gro.elpmaxe@enaj",
		"\u2066Jane\u2069\u200f\u061c":         "Jane",
		"Jane\u2028Doe\u0085\x00":              "Jane Doe",
		"شیرین\u200cبانو 👩\u200d🔬":             "شیرین\u200cبانو 👩\u200d🔬", // joiners are letters' parts
		strings.Repeat("\u202e", 300) + "Jane": "Jane",
	} {
		if got, err := CleanName(name); got != want || err != nil {
			t.Errorf("%q is %q, %v, want %q", name, got, err, want)
		}
	}
}
