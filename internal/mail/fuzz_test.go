package mail

import (
	"net/mail"
	"strings"
	"testing"
)

// FuzzAppend checks that no subject, name, text or value breaks a message: it
// reads back with its header fields, its one recipient, and two parts that are
// what filling the marks before encoding would have given.
func FuzzAppend(f *testing.F) {
	f.Add("News", "Zoë", "text", "https://example.org/")
	f.Add("=?utf-8?q?x?=", `a "b" <c>`, "--boundary\r\n.\r\n", "")
	f.Add("News", `Zoë \ Müller`, "a backslash beside what is encoded", ".")
	f.Add("News", "\\\a", "and beside a control character", "From ")
	f.Add(strings.Repeat("Röntgen ", 40), strings.Repeat("Zoë ", 40), strings.Repeat("é", 500), strings.Repeat("x", 300))
	f.Add("marks", "at ends", markLeave, "a b")
	f.Add("marks", "side by side", "x  "+markLeave+markView+"  y\n"+markView+"\r\n"+markView+"\r", "=3D\r\n.\t")
	f.Add("marks", "cut", strings.Repeat("long ", 14)+markLeave+"From \n .\nFrom "+markLeave+".", "")
	f.Add("endless words", "x", strings.Repeat("x", 36000)+markLeave+strings.Repeat("é", 36000), strings.Repeat("v", 36000))
	f.Add("mark in a value", "x", strings.Repeat("y", 74)+markLeave, markView)
	f.Fuzz(func(t *testing.T, subject, name, text, value string) {
		m, r := sample(), reader()
		m.Subject, m.Text, m.HTML, r.To.Name = subject, []byte(text), []byte("<"+text+">"), name
		r.Text, r.HTML = []string{value, "v"}, []string{"h", value}
		message := parse(t, compose(t, m, r))
		if len(message.Header) != 16 {
			t.Fatalf("header %v", message.Header)
		}
		if got, want := message.decoded("Subject"), clean(subject); got != want {
			t.Errorf("Subject %q, want %q", got, want)
		}
		want := mail.Address{Name: strings.TrimSpace(clean(name)), Address: r.To.Address}
		if to, err := message.Header.AddressList("To"); err != nil || len(to) != 1 || *to[0] != want {
			t.Errorf("To = %v, error %v, in %s", to, err, message.Header.Get("To"))
		}
		message.wantParts(filled([]byte(text), m.Marks, r.Text), filled(m.HTML, m.Marks, r.HTML))
	})
}
