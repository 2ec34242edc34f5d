package mail

import (
	"bytes"
	"errors"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

func testKey(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "dkim", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func signer(t testing.TB, selector, file string) *Signer {
	t.Helper()
	s, err := NewSigner("medigy.example", selector, testKey(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rsaSigner(t testing.TB) *Signer { return signer(t, "r2026", "rsa2048.pem") }
func edSigner(t testing.TB) *Signer  { return signer(t, "e2026", "ed25519.pem") }

// verify gives the signatures of a message as go-msgauth's verifier sees them,
// with the records that the signers ask for.
func verify(t testing.TB, message []byte, signers ...*Signer) []*dkim.Verification {
	t.Helper()
	got, err := dkim.VerifyWithOptions(bytes.NewReader(message), &dkim.VerifyOptions{
		LookupTXT: func(domain string) ([]string, error) {
			for _, s := range signers {
				if name, text := s.Record(); name == domain {
					return []string{text}, nil
				}
			}
			return nil, errors.New("no record " + domain)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDKIM(t *testing.T) {
	r, e, small := rsaSigner(t), edSigner(t), signer(t, "R1024", "rsa1024.pem")
	for _, signers := range [][]*Signer{{r}, {e}, {small}, {r, e}, {e, r, small}} {
		for name, change := range map[string]func(*Template, *Recipient){
			"usual":           func(*Template, *Recipient) {},
			"nothing special": func(m *Template, r *Recipient) { m.Marks, r.Text, r.HTML = nil, nil, nil },
			"spaces": func(m *Template, r *Recipient) {
				m.Text = []byte(" a  b\t\tc \n\n \n" + markLeave + "  \n  " + markLeave + " \n\n\n")
				m.Subject, r.To.Name = "  a   b ", "a  b"
			},
			"empty": func(m *Template, _ *Recipient) { m.Text, m.HTML = nil, nil },
			"long": func(m *Template, r *Recipient) {
				m.Subject, r.To.Name = strings.Repeat("é", 9000), strings.Repeat("x", 9000)
			},
			"space value": func(_ *Template, r *Recipient) { r.Text[0], r.HTML[0] = "  a  ", "" },
		} {
			m, r := sample(), reader()
			change(m, r)
			m.DKIM = signers
			message := compose(t, m, r)
			parse(t, message)
			got := verify(t, message, signers...)
			if len(got) != len(signers) {
				t.Errorf("%s: %d signatures, want %d", name, len(got), len(signers))
			}
			for i, v := range got {
				if v.Err != nil || v.Domain != "medigy.example" {
					t.Errorf("%s: signature %d of %s: %v", name, i, v.Domain, v.Err)
				}
			}
		}
	}
}

// TestDKIMCovers: what is changed or added on the way breaks the signature, but
// for white space and what relays write at the top.
func TestDKIMCovers(t *testing.T) {
	s := edSigner(t)
	m := sample()
	m.DKIM = []*Signer{s}
	message := string(compose(t, m, reader()))
	tests := []struct {
		old, new string
		valid    bool
	}{
		{"DKIM-Signature:", "Received: by mx.example.org\r\nDKIM-Signature:", true},
		{"List-Id: ", "List-Id:   ", true},
		{"Date: ", "From: Evil <evil@example.org>\r\nDate: ", false},
		{"Date: ", "Subject: Win\r\nDate: ", false},
		{"Date: ", "Reply-To: evil@example.org\r\nDate: ", false},
		{"Date: ", "Cc: evil@example.org\r\nDate: ", false},
		{"Date: ", "Content-Type: text/html\r\nDate: ", false},
		{"List-Unsubscribe: <https://news", "List-Unsubscribe: <https://evil", false},
		{"=One-Click", "=Two-Clicks", false},
		{"List-Id: \"Medigy", "List-Id: \"Medical", false},
		{"Feedback-ID: 2021", "Feedback-ID: 2022", false},
		{"Auto-Submitted: auto-generated", "Auto-Submitted: no", false},
		{"zoe@example.org", "joe@example.org", false},
		{"MIME-Version: 1.0", "MIME-Version: 1.1", false},
		{"X-ray", "x-ray", false},
		{"leave:=20https://news", "leave:=20https://mews", false},
	}
	for _, tt := range tests {
		changed := strings.Replace(message, tt.old, tt.new, 1)
		if changed == message {
			t.Errorf("%q is not in the message", tt.old)
		}
		if got := verify(t, []byte(changed), s); (got[0].Err == nil) != tt.valid {
			t.Errorf("%q for %q: %v", tt.new, tt.old, got[0].Err)
		}
	}
}

// TestDKIMTogether: many goroutines sign with one key.
func TestDKIMTogether(t *testing.T) {
	m := sample()
	m.DKIM = []*Signer{rsaSigner(t), edSigner(t)}
	e, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Append(nil, reader())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 5 {
				other := reader()
				other.To.Name += string(rune('a' + i))
				if _, err := e.Append(nil, other); err != nil {
					t.Error(err)
				}
				if got, err := e.Append(nil, reader()); err != nil || !bytes.Equal(got, want) {
					t.Errorf("error %v:\n%s", err, got)
				}
			}
		})
	}
	all.Wait()
}

func TestNewSigner(t *testing.T) {
	tests := []struct {
		domain, selector, file string
		weak                   bool
		record                 string
		want                   string // error
	}{
		{"medigy.example", "m2026", "rsa2048.pem", false, "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB", ""},
		{"medigy.example", "m2026", "rsa1024.pem", true, "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB", ""},
		{"Medigy.example", "M2026", "ed25519.pem", false, "v=DKIM1; k=ed25519; p=", ""},
		{"medigy.example", "m2026", "rsa512.pem", false, "", "the RSA key has 512 bits"},
		{"medigy.example", "m2026", "encrypted.pem", false, "", "the key is encrypted"},
		{"medigy.example", "m2026", "ecdsa.pem", false, "", "neither RSA nor Ed25519"},
		{"medigy.example", "m2026", "public.pem", false, "", "has a PUBLIC KEY (want a PRIVATE KEY"},
		{"medigy.example", "m2026", "../message.eml", false, "", "is no PEM file"},
		{"medigy example", "m2026", "rsa2048.pem", false, "", `"medigy example" is no name in the DNS`},
		{"medigy.example", "m;2026", "rsa2048.pem", false, "", `"m;2026" is no name in the DNS`},
		{"medigy.example", "", "rsa2048.pem", false, "", `"" is no name in the DNS`},
	}
	for _, tt := range tests {
		s, err := NewSigner(tt.domain, tt.selector, testKey(t, tt.file))
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: error %v, want %q", tt.file, err, tt.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		if name, text := s.Record(); name != "m2026._domainkey.medigy.example" || !strings.HasPrefix(text, tt.record) {
			t.Errorf("%s: record %s %s", tt.file, name, text)
		}
		if s.Weak() != tt.weak {
			t.Errorf("%s: weak %v", tt.file, s.Weak())
		}
	}
	damaged := bytes.Replace(testKey(t, "rsa2048.pem"), []byte("M"), []byte("N"), 1)
	if _, err := NewSigner("medigy.example", "m2026", damaged); err == nil || strings.Contains(err.Error(), "N") {
		t.Errorf("a damaged key: %v", err)
	}
}

// FuzzDKIM checks that the signature of a message with any texts holds.
func FuzzDKIM(f *testing.F) {
	s := edSigner(f)
	f.Add("News", "Zoë", "text", "https://example.org/")
	f.Add("  a  b ", " a  b\t", " \t \n"+markLeave+" \n \n", " a ")
	f.Fuzz(func(t *testing.T, subject, name, text, value string) {
		m, r := sample(), reader()
		m.Subject, m.Text, m.HTML = subject, []byte(text), []byte(text)
		m.DKIM = []*Signer{s}
		r.To = mail.Address{Name: name, Address: r.To.Address}
		r.Text, r.HTML = []string{value, "v"}, []string{"h", value}
		if got := verify(t, compose(t, m, r), s); len(got) != 1 || got[0].Err != nil {
			t.Errorf("%+v", got[0])
		}
	})
}
