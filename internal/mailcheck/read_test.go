package mailcheck

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	const message = `From: N <n@example.org>
Subject: =?utf-8?q?Zo=C3=AB?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=
=C3=9Fe
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGRpdiBzdHlsZT0iZGlzcGxheTpub25lIj5TaG9ydCAmIzgxOTk7PC9kaXY+
--r
Content-Type: image/png

x
--r--
--a--
--m
Content-Type: text/plain
Content-Disposition: attachment; filename=a.txt

no
--m--
`
	m, err := Read([]byte(strings.ReplaceAll(message, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Zoë" || string(m.Text) != "Grüße" || !strings.Contains(string(m.HTML), "display:none") || m.Preheader != "Short" {
		t.Errorf("%q %q %q %q", m.Subject, m.Text, m.HTML, m.Preheader)
	}
	if want := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n"; !strings.HasSuffix(string(m.Header), want) {
		t.Errorf("header %q", m.Header)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--"))
	f.Fuzz(func(t *testing.T, message []byte) {
		if m, err := Read(message); err == nil {
			Check(m)
		}
	})
}
