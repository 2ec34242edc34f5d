package mail

import (
	"strings"
	"testing"
)

func TestSplitReply(t *testing.T) {
	tests := []struct{ msg, enhanced, text string }{
		{"5.1.1 no such mailbox", "5.1.1", "no such mailbox"},
		{"5.1.1 The account does\n5.1.1 not exist.", "5.1.1", "The account does not exist."},
		{"smells\n5.7.1 of spam", "5.7.1", "smells of spam"},
		{"no such mailbox", "", "no such mailbox"},
		{"4.2 is a number", "", "4.2 is a number"},
		{"5.1.1", "5.1.1", ""},
		{"550.1.1 odd", "", "550.1.1 odd"},
		{"3.1.1 is no class", "", "3.1.1 is no class"},
		{"5x1.1.1 is none", "", "5x1.1.1 is none"},
		{"5.1.1.1 is an address", "", "5.1.1.1 is an address"},
		{"5.111. ends early", "", "5.111. ends early"},
		{"5.1.x is none", "", "5.1.x is none"},
		{"5.111.1111 is too long", "", "5.111.1111 is too long"},
		{"5.1 is too short", "", "5.1 is too short"},
		{"red \x1b[31m\r\n\tand\xff more", "", "red [31m and? more"},
		{"5.1.1 \u009b31mred\u009d0;title\u2066 \u202enuf", "5.1.1", "31mred 0;title nuf"},
		{"", "", ""},
		{"5.0.0 x" + strings.Repeat("é", 200), "5.0.0", "x" + strings.Repeat("é", 149) + "…"},
	}
	for _, tt := range tests {
		if enhanced, text := splitReply(tt.msg); enhanced != tt.enhanced || text != tt.text {
			t.Errorf("splitReply(%q) = %q, %q; want %q, %q", tt.msg, enhanced, text, tt.enhanced, tt.text)
		}
	}
}
