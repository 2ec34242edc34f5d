package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes a certificate with a serial number, and its key.
func writeCertificate(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"news.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
}

// A certificate that is renewed is used for new connections; one that cannot be
// read leaves the old one.
func TestCertificate(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	certificate, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(certificate.Expires()); left <= 0 || left > time.Hour {
		t.Errorf("it expires in %v", left)
	}
	s, err := NewServer(ServerOptions{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l, certificate) }()
	serial := func() int64 {
		t.Helper()
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got := c.ConnectionState().NegotiatedProtocol; got != "h2" {
			t.Errorf("the protocol is %q, want h2", got)
		}
		return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("certificate %d, want 1", got)
	}
	writeCertificate(t, dir, 2)
	if err := certificate.Load(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")); err != nil || serial() != 2 {
		t.Errorf("certificate %d, want 2: %v", serial(), err)
	}
	write(t, dir, "cert.pem", "nothing")
	if err := certificate.Load(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")); err == nil || serial() != 2 {
		t.Errorf("certificate %d, want the old one: %v", serial(), err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A client that sends its request and at once the end is answered: with both in
// one packet, crypto/tls reads them as one in TLS 1.2.
func TestTLSHalfClosed(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	certificate, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	v := serveOutputTLS(t, ServerOptions{}, certificate).loaded(t)
	lower := &corked{Conn: v.dial(t)}
	c := tls.Client(lower, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	lower.put()
	io.WriteString(c, "GET /feeds.opml HTTP/1.1\r\nHost: a\r\n\r\n")
	c.CloseWrite()
	lower.SetDeadline(time.Now().Add(20 * time.Second)) // CloseWrite lets nothing more through
	if err := lower.pull(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(c); err != nil || !strings.HasSuffix(string(answer), "<opml/>") {
		t.Errorf("the answer is %q, %v", answer, err)
	}
}

// Over TLS the same is answered: by a conversation, by net/http after it, by
// HTTP/2; and who speaks no TLS is told so.
func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	certificate, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []ServerOptions{{}, {Access: slog.New(slog.DiscardHandler)}} {
		v := serveOutputTLS(t, o, certificate)
		large := strings.Repeat("<p>Rural clinics.</p>\n", 30_000)
		write(t, v.dir, "large.txt", large)
		v.loaded(t)
		for _, protocol := range []string{"http/1.1", "h2", ""} {
			transport := &http.Transport{
				TLSClientConfig:   &tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}},
				ForceAttemptHTTP2: protocol == "h2",
				MaxConnsPerHost:   1,
			}
			if protocol == "" { // no ALPN at all
				transport.TLSClientConfig.NextProtos = nil
				transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
			}
			client := &http.Client{Transport: transport}
			for _, test := range []struct{ path, requested, want string }{
				{"/feeds.opml", "", "<opml/>"}, {"/large.txt", "", large}, {"/large.txt", "", large},
				{"/large.txt", "bytes=0-10", large[:11]}, {"/feeds.opml", "", "<opml/>"},
			} {
				r, err := http.NewRequest("GET", "https://"+v.address+test.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if test.requested != "" {
					r.Header.Set("Range", test.requested)
				}
				response, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || string(body) != test.want || (protocol == "h2") != (response.ProtoMajor == 2) {
					t.Errorf("%s by %s: %s, %d bytes, %v", test.path, protocol, response.Proto, len(body), err)
				}
			}
			client.CloseIdleConnections()
		}
		if answer := v.raw(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(answer, "HTTP/1.0 400 ") {
			t.Errorf("a client without TLS gets %.80q", answer)
		}
		if o.Access == nil { // net/http would wait five seconds for it
			defer func(silent net.Conn) { // in the midst of its handshake
				if _, err := silent.Read(make([]byte, 1)); err == nil {
					t.Error("a silent client is answered")
				}
			}(v.dial(t))
		}
		v.stop()
		if err := <-v.ended; err != nil {
			t.Error(err)
		}
	}
}
