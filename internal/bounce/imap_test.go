package bounce

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestIMAP(t *testing.T) {
	t.Parallel()
	const n = 5
	d := startDovecot(t, n)
	b := d.mailbox()

	l := &list{fail: errSink, failAt: 2}
	if tally, err := b.Read(t.Context(), Options{}, l); !errors.Is(err, errSink) || tally.Mails != 2 {
		t.Fatalf("a sink that fails: %+v, %v", tally, err)
	}
	if seen := d.in(t, ":2,S", "cur"); seen != 2 {
		t.Errorf("%d mails are seen, want those whose verdicts were taken, 2", seen)
	}
	l.fail = nil
	if tally, err := b.Read(t.Context(), Options{Keep: true}, l); err != nil || tally.Mails != 3 {
		t.Errorf("keeping: %+v, %v", tally, err)
	}
	if tally, err := b.Read(t.Context(), Options{}, l); err != nil || tally.Mails != 3 {
		t.Errorf("the rest: %+v, %v", tally, err)
	}
	if tally, err := b.Read(t.Context(), Options{}, l); err != nil || tally.Mails != 0 {
		t.Errorf("nothing new: %+v, %v", tally, err)
	}
	if len(l.verdicts) != n || l.repeated != 3 || d.in(t, "S", "cur") != n {
		t.Errorf("%d verdicts, %d repeated, %d seen", len(l.verdicts), l.repeated, d.in(t, "S", "cur"))
	}
	for i, v := range l.verdicts {
		if want := fmt.Sprintf("u%d@mail.example", i); v.Kind != Hard || v.Address != want || v.ID != Parse(bounced(i), Options{})[0].ID {
			t.Errorf("verdict %d: %+v", i, v)
		}
	}
}

// TestCheck looks into a mailbox and changes nothing.
func TestCheck(t *testing.T) {
	t.Parallel()
	d := startDovecot(t, 3)
	for _, tt := range []struct {
		change func(*IMAP)
		want   string
	}{
		{func(*IMAP) {}, ""},
		{func(b *IMAP) { b.MoveTo = "Done" }, ""},
		{func(b *IMAP) { b.MoveTo = "Nowhere" }, "looking for folder Nowhere"},
		{func(b *IMAP) { b.Folder = "Nowhere" }, "Nowhere"},
		{func(b *IMAP) { b.Password = "wrong" }, "logging in"},
		{func(b *IMAP) { b.Host = "127.0.0.1:1" }, "refused"},
	} {
		b := d.mailbox()
		tt.change(&b)
		n, err := b.Check(t.Context())
		if tt.want == "" && (n != 3 || err != nil) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%d mails, %v; want %q", n, err, tt.want)
		}
	}
	if seen := d.in(t, "S", "cur"); seen != 0 {
		t.Errorf("%d mails are marked", seen)
	}
}

func TestIMAPMove(t *testing.T) {
	t.Parallel()
	d := startDovecot(t, 3)
	b := d.mailbox()
	b.MoveTo = "Nowhere"
	l := new(list)
	if _, err := b.Read(t.Context(), Options{}, l); err == nil || !strings.Contains(err.Error(), "marking mail 1") {
		t.Errorf("a folder that is not there: %v", err)
	}
	b.MoveTo = "Done"
	if _, err := b.Read(t.Context(), Options{}, l); err != nil {
		t.Fatal(err)
	}
	if len(l.verdicts) != 3 || l.repeated != 1 || d.in(t, "", ".Done/cur", ".Done/new") != 3 || d.in(t, "", "cur", "new") != 0 {
		t.Errorf("%d verdicts, %d repeated", len(l.verdicts), l.repeated)
	}
}

// TestIMAPValidity holds that a mail whose verdict was taken and which was not marked is
// marked over the next connection, and its verdict taken again only if the folder's
// UIDs have become others.
func TestIMAPValidity(t *testing.T) {
	t.Parallel()
	d := startDovecot(t, 3)
	l := new(list)
	r := &imapReader{IMAP: d.mailbox(), options: Options{Keep: true}, sink: l}
	session := func(repeated int) {
		t.Helper()
		if err := r.session(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(l.verdicts) != 3 || l.repeated != repeated {
			t.Errorf("%d verdicts, %d repeated, want 3, %d", len(l.verdicts), l.repeated, repeated)
		}
	}
	session(0)
	r.validity++
	session(3)
	r.options.Keep = false
	session(3)
	if d.in(t, "S", "cur") != 3 {
		t.Error("not all are marked")
	}
}

// TestIMAPRefused holds that what the server will always refuse is not tried again,
// and that no error has the password.
func TestIMAPRefused(t *testing.T) {
	t.Parallel()
	d := startDovecot(t, 1)
	for name, change := range map[string]func(*IMAP){
		"password":    func(b *IMAP) { b.Password = "wrong-password" },
		"folder":      func(b *IMAP) { b.Folder = "Nowhere" },
		"certificate": func(b *IMAP) { b.TLS = &tls.Config{RootCAs: x509.NewCertPool()} },
	} {
		b := d.mailbox()
		change(&b)
		b.Sleep = func(context.Context, time.Duration) error { t.Errorf("%s: tried again", name); return nil }
		_, err := b.Read(t.Context(), Options{}, new(list))
		if err == nil || strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIMAPLost holds that connections that break lose no mail and repeat none.
func TestIMAPLost(t *testing.T) {
	t.Parallel()
	const n = 6
	d := startDovecot(t, n)
	b := d.mailbox()
	var cuts atomic.Int32
	b.Host = cuttingProxy(t, d.address, &cuts)
	l := new(list)
	tally, err := b.Read(t.Context(), Options{}, l)
	if err != nil {
		t.Fatal(err)
	}
	if tally.Mails != n || len(l.verdicts) != n || l.repeated != 0 || d.in(t, "S", "cur") != n || cuts.Load() == 0 {
		t.Errorf("%+v, %d verdicts, %d repeated, %d cuts", tally, len(l.verdicts), l.repeated, cuts.Load())
	}
	b.Host = freeAddress(t)
	waits := 0
	b.Sleep = func(context.Context, time.Duration) error { waits++; return nil }
	if _, err := b.Read(t.Context(), Options{}, l); err == nil || waits != maxTries-1 {
		t.Errorf("no server: %d waits, %v", waits, err)
	}
}

// cuttingProxy passes connections on, and breaks each of the first twelve after a few
// more octets from the server than the last.
func cuttingProxy(t *testing.T, to string, cuts *atomic.Int32) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for i := int64(0); ; i++ {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			go func() { io.Copy(server, client); server.Close() }()
			go func() {
				defer client.Close()
				defer server.Close()
				if i >= 3 {
					io.Copy(client, server)
					return
				}
				io.CopyN(client, server, 3000+500*i)
				cuts.Add(1)
			}()
		}
	}()
	return l.Addr().String()
}
