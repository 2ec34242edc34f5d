package bounce

import "testing"

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		code           int
		enhanced, text string
		want           Kind
	}{
		{550, "5.1.1", "The email account that you tried to reach does not exist.", Hard},
		{550, "5.1.1", "no such mailbox", Hard},
		{550, "5.1.2", "Host not found", Hard},
		{550, "5.1.6", "has moved", Hard},
		{556, "5.1.10", "Domain of address example.org does not accept mail (nullMX)", Hard},
		{550, "5.2.1", "mailbox disabled", Hard},
		{550, "", "No such user here", Hard},
		{550, "5.4.1", "Recipient address rejected: user unknown", Hard},
		{552, "5.2.2", "over quota", Soft},
		{552, "", "Mailbox full", Soft},
		{450, "4.1.1", "user unknown", Unknown}, // it will be tried again
		{450, "4.2.2", "mailbox full", Unknown},
		{554, "5.7.1", "Relay access denied", Unknown},
		{550, "", "relay not permitted", Unknown},
		{550, "5.7.1", "blocked by our policy", Unknown},
		{550, "5.1.1", "message rejected: your IP has a bad reputation", Unknown},
		{550, "5.1.8", "sender's domain does not exist", Unknown},
		{550, "5.7.26", "unauthenticated mail: DMARC", Unknown},
		{550, "", "", Unknown},
	} {
		if got := Refusal(tt.code, tt.enhanced, tt.text); got != tt.want {
			t.Errorf("%d %s %s: %s, want %s", tt.code, tt.enhanced, tt.text, got, tt.want)
		}
	}
}

func TestBlocked(t *testing.T) {
	for _, tt := range []struct {
		v    Verdict
		want bool
	}{
		{Verdict{Kind: Soft, Code: "5.7.1", Diagnostic: "550 5.7.1 no"}, true},
		{Verdict{Kind: Soft, Code: "4.7.28"}, true},
		{Verdict{Kind: Soft, Diagnostic: "554 blocked by Spamhaus"}, true},
		{Verdict{Kind: Soft, Code: "5.2.2", Diagnostic: "mailbox full"}, false},
		{Verdict{Kind: Soft, Diagnostic: "quota exceeded, message rejected"}, false},
		{Verdict{Kind: Soft, Code: "4.4.7", Diagnostic: "delivery expired"}, false},
		{Verdict{Kind: Hard, Code: "5.7.1", Diagnostic: "user unknown"}, false},
	} {
		if got := tt.v.Blocked(); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.v, got, tt.want)
		}
	}
}
