package mail

import (
	"bytes"
	"io"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// issue is a template whose messages have about 60 KB, as those of a usual
// digest.
func issue(b *testing.B, signers ...*Signer) *Template {
	m := sample()
	m.Text = bytes.Repeat([]byte("A story about hospitals that were attacked while nobody looked.\nhttps://www.medigy.example/news/\n\n"), 100)
	m.Text = append(m.Text, "leave: "+markLeave+"\nview: "+markView+"\n"...)
	m.HTML = append([]byte("<a href=\""+markView+"\">view</a>"), bytes.Repeat([]byte("<td style=\"padding: 8px\">story &amp; “more”</td>\n"), 780)...)
	m.HTML = append(m.HTML, "<a href=\""+markLeave+"\">leave</a>\n"...)
	m.DKIM = signers
	if n := len(compose(b, m, reader())); n < 60_000 || n > 70_000 {
		b.Fatalf("the message has %d bytes", n)
	}
	return m
}

// BenchmarkEncode is what an issue costs once.
func BenchmarkEncode(b *testing.B) {
	m := issue(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend is what a message of 60 KB costs: at most 10 µs by issue 5
// unsigned. A mere copy of its bytes and go-msgauth are for comparison.
func BenchmarkAppend(b *testing.B) {
	for _, bb := range []struct {
		name    string
		signers []*Signer
	}{
		{"unsigned", nil},
		{"ed25519", []*Signer{edSigner(b)}},
		{"rsa2048", []*Signer{rsaSigner(b)}},
		{"both", []*Signer{rsaSigner(b), edSigner(b)}},
	} {
		b.Run(bb.name, func(b *testing.B) { benchmarkAppend(b, issue(b, bb.signers...)) })
	}
	b.Run("copy", func(b *testing.B) {
		message := compose(b, issue(b), reader())
		var buffer []byte
		for b.Loop() {
			buffer = append(buffer[:0], message...)
		}
	})
	b.Run("ed25519 by go-msgauth", func(b *testing.B) { benchmarkMsgauth(b, edSigner(b)) })
}

func benchmarkAppend(b *testing.B, m *Template) {
	e, err := m.Encode()
	if err != nil {
		b.Fatal(err)
	}
	r := reader()
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		if buffer, err = e.Append(buffer[:0], r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendTogether is the same by as many goroutines as there are cores.
func BenchmarkAppendTogether(b *testing.B) {
	for name, s := range map[string]*Signer{"ed25519": edSigner(b), "rsa2048": rsaSigner(b)} {
		b.Run(name, func(b *testing.B) {
			e, err := issue(b, s).Encode()
			if err != nil {
				b.Fatal(err)
			}
			b.RunParallel(func(pb *testing.PB) {
				r := reader()
				var buffer []byte
				var err error
				for pb.Next() {
					if buffer, err = e.Append(buffer[:0], r); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func benchmarkMsgauth(b *testing.B, s *Signer) {
	message := compose(b, issue(b), reader())
	b.ReportAllocs()
	for b.Loop() {
		err := dkim.Sign(io.Discard, bytes.NewReader(message), &dkim.SignOptions{
			Domain: s.domain, Selector: s.selector, Signer: s.key,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
